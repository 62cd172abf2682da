import type { Position } from '../../common/problem.ts';
import type { ExposedPort, PublishedPort } from '../app.ts';
import { type Field, field, type Findings, list, text, texts, wrong } from '../read.ts';
import { isNull } from '../tree.ts';

/** `published` are for what is outside; `peers` are open to the project's own services only. */
export interface Ports {
  readonly published: readonly PublishedPort[];
  readonly peers: readonly ExposedPort[];
}

interface Written {
  readonly hostAddress: string;
  readonly published: string;
  readonly target: string;
  readonly protocol: string;
  readonly appProtocol?: string;
  readonly position: Position;
}

const LONG_FORM = "write 'PUBLISHED:PORT', for example '80:3000'";
/** Of one range; a service of more ports is a mistake or needs another design. */
const MOST_PORTS = 100;

/** Reads `ports`: https://docs.docker.com/reference/compose-file/services/#ports */
export function readPorts(found: Findings, at: Field | undefined, isPublic: boolean): Ports {
  const all = list(found, at).flatMap((tree, index) => {
    if (isNull(tree)) return [];
    const item: Field = { tree, name: `${at?.name}[${index}]` };
    const written = tree.kind === 'map' ? longForm(found, item) : shortForm(found, item);
    return written ? unfolded(found, written, at?.name ?? '') : [];
  });
  // `0.0.0.0:80:80` beside `[::]:80:80` is one port.
  const published = all.filter((port, index) => all.findIndex((other) => same(other, port)) === index);
  if (isPublic) return { published, peers: [] };
  const peers = published.map(({ target, protocol, position }) => ({ port: target, protocol, position }));
  return { published: [], peers };
}

const same = (a: PublishedPort, b: PublishedPort) =>
  a.target === b.target &&
  a.published === b.published &&
  a.protocol === b.protocol &&
  a.loopback === b.loopback;

function unfolded(found: Findings, written: Written, name: string): PublishedPort[] {
  const { position, protocol, hostAddress, appProtocol } = written;
  const said = written.published ? `${written.published}:${written.target}` : written.target;
  if (protocol !== 'tcp' && protocol !== 'udp') {
    const message = `${name} publishes ${written.target}/${protocol}`;
    wrong(found, position, message, 'write tcp or udp', 'compose-port-protocol');
    return [];
  }
  const targets = range(written.target);
  // Docker takes the first free one of a range that is published for one port.
  const hosts = written.published === '' ? undefined : range(written.published, targets?.length === 1);
  if (!targets || (written.published !== '' && hosts?.length !== targets.length)) {
    wrong(found, position, `${JSON.stringify(said)} is no port of ${name}`, LONG_FORM);
    return [];
  }
  const loopback = /^(127\.|localhost$|\[?::1\]?$)/.test(hostAddress);
  if (!loopback && !/^$|^0\.0\.0\.0$|^\[?::\]?$/.test(hostAddress)) {
    const message = `the port is published on the address ${hostAddress} of this machine`;
    wrong(found, position, message, `write it without the address: '${said}'`);
    return [];
  }
  return targets.map((target, offset) => {
    const host = hosts?.[offset];
    return {
      target,
      protocol,
      loopback,
      ...(host === undefined ? {} : { published: host }),
      ...(appProtocol === undefined ? {} : { appProtocol }),
      position,
    };
  });
}

function shortForm(found: Findings, item: Field): Written | undefined {
  const value = text(found, item);
  if (!value) return undefined;
  const match = /^(?:(?:(\[[\da-fA-F:.]+\]|::1?|[\d.]+|localhost):)?([\d-]*):)?([\d-]+)(?:\/(\w+))?$/.exec(
    value.value.trim(),
  );
  if (!match) {
    wrong(found, value.position, `${JSON.stringify(value.value)} is no port of ${item.name}`, LONG_FORM);
    return undefined;
  }
  const [, hostAddress = '', published = '', target = '', protocol = 'tcp'] = match;
  return { hostAddress, published, target, protocol: protocol.toLowerCase(), position: value.position };
}

function longForm(found: Findings, item: Field): Written | undefined {
  const target = text(found, field(item, 'target'));
  if (!target) {
    const fix = 'write `target: PORT`, the port of the container';
    wrong(found, item.tree.position, `${item.name} has no target`, fix);
    return undefined;
  }
  const own = text(found, field(item, 'x-aws-protocol'))?.value;
  const appProtocol = own ?? text(found, field(item, 'app_protocol'))?.value;
  return {
    target: target.value,
    published: text(found, field(item, 'published'))?.value ?? '',
    protocol: text(found, field(item, 'protocol'))?.value.toLowerCase() ?? 'tcp',
    hostAddress: text(found, field(item, 'host_ip'))?.value ?? '',
    ...(appProtocol === undefined ? {} : { appProtocol: appProtocol.toLowerCase() }),
    position: item.tree.position,
  };
}

/** `8000` or `8000-8002`, within 1 to 65535; the first alone where one is as good as another. */
function range(written: string, first = false): number[] | undefined {
  const [, low, high = low] = /^(\d+)(?:-(\d+))?$/.exec(written) ?? [];
  const [from, to] = [Number(low), Number(high)];
  if (low === undefined || from < 1 || to > 65_535 || to < from) return undefined;
  if (first) return [from];
  if (to - from >= MOST_PORTS) return undefined;
  return Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
}

/** Reads `expose`. */
export function readExpose(found: Findings, at: Field | undefined): ExposedPort[] {
  return texts(found, at).flatMap(({ value, position }) => {
    const [, ports = '', protocol = 'tcp'] = /^([\d-]+)(?:\/(tcp|udp))?$/.exec(value.trim()) ?? [];
    const numbers = range(ports);
    if (!numbers) {
      const message = `${JSON.stringify(value)} is no port of ${at?.name}`;
      wrong(found, position, message, "write a port, for example '5000' or '5000/udp'");
    }
    return (numbers ?? []).map((port) => ({
      port,
      protocol: protocol === 'udp' ? ('udp' as const) : ('tcp' as const),
      position,
    }));
  });
}
