import type { Position } from '../../common/problem.ts';
import type { ExposedPort, PublishedPort } from '../app.ts';
import { type Field, field, type Findings, integer, list, text, texts, wrong } from '../read.ts';

/** `published` are listeners of the load balancer; `peers` are open to the project's own services only. */
export interface Ports {
  readonly published: readonly PublishedPort[];
  readonly peers: readonly ExposedPort[];
}

interface Written {
  readonly hostAddress: string;
  readonly published: string;
  readonly target: string;
  readonly protocol: string;
  readonly position: Position;
}

const LONG_FORM = "write 'PUBLISHED:PORT', for example '80:3000'";

/** Reads `ports`: https://docs.docker.com/reference/compose-file/services/#ports */
export function readPorts(found: Findings, at: Field | undefined, isPublic: boolean): Ports {
  const published: PublishedPort[] = [];
  const peers: ExposedPort[] = [];
  for (const [index, tree] of list(found, at).entries()) {
    const item: Field = { tree, name: `${at?.name}[${index}]` };
    const written = tree.kind === 'map' ? longForm(found, item) : shortForm(found, item);
    if (!written) continue;
    const { position, hostAddress } = written;
    if (written.protocol !== 'tcp') {
      const message = `${at?.name} publishes ${written.target}/${written.protocol}`;
      wrong(
        found,
        position,
        message,
        'remove it: the load balancer serves HTTP over tcp',
        'compose-port-protocol',
      );
      continue;
    }
    const targets = range(written.target);
    const hosts = written.published === '' ? undefined : range(written.published);
    if (!targets || (written.published !== '' && hosts?.length !== targets.length)) {
      const said = written.published ? `${written.published}:${written.target}` : written.target;
      wrong(found, position, `${JSON.stringify(said)} is no port of ${at?.name}`, LONG_FORM);
      continue;
    }
    const loopback = /^(127\.|localhost$|\[?::1)/.test(hostAddress);
    if (loopback)
      found.notices.push({
        code: 'compose-loopback-port',
        message: `port ${written.target} is published on ${hostAddress} only: it is open to the project's services, not to the load balancer`,
        position,
      });
    else if (!/^$|^0\.0\.0\.0$|^\[?::\]?$/.test(hostAddress))
      wrong(
        found,
        position,
        `the port is published on the address ${hostAddress} of this machine`,
        `write it without the address: '${written.published}:${written.target}'`,
      );
    for (const [offset, target] of targets.entries()) {
      const host = hosts?.[offset];
      if (loopback || !isPublic) peers.push({ port: target, protocol: 'tcp', position });
      else
        published.push({
          target,
          protocol: 'tcp',
          loopback: false,
          ...(host === undefined ? {} : { published: host }),
          position,
        });
    }
  }
  return { published, peers };
}

function shortForm(found: Findings, item: Field): Written | undefined {
  const value = text(found, item);
  if (!value) return undefined;
  const match =
    /^(?:(?:(\[[\da-fA-F:]+\]|[\d.]+|localhost):)?([\d-]*):)?([\d-]+)(?:\/(\w+))?$/.exec(value.value) ??
    undefined;
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
    wrong(
      found,
      item.tree.position,
      `${item.name} has no target`,
      'write `target: PORT`, the port of the container',
    );
    return undefined;
  }
  return {
    target: target.value,
    published: text(found, field(item, 'published'))?.value ?? '',
    protocol: text(found, field(item, 'protocol'))?.value ?? 'tcp',
    hostAddress: text(found, field(item, 'host_ip'))?.value ?? '',
    position: item.tree.position,
  };
}

/** `8000` or `8000-8002`, within 1 to 65535. */
function range(written: string): number[] | undefined {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(written) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || from < 1 || to > 65_535 || to < from || to - from > 100) return undefined;
  return Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
}

/** Reads `expose`. */
export function readExpose(found: Findings, at: Field | undefined): ExposedPort[] {
  return texts(found, at).flatMap(({ value, position }) => {
    const [, ports = '', protocol = 'tcp'] = /^([\d-]+)(?:\/(tcp|udp))?$/.exec(value) ?? [];
    const numbers = range(ports);
    if (!numbers)
      wrong(
        found,
        position,
        `${JSON.stringify(value)} is no port of ${at?.name}`,
        "write a port, for example '5000'",
      );
    if (protocol !== 'tcp') {
      const message = `${at?.name} exposes ${value}, and only tcp is let from service to service`;
      wrong(found, position, message, 'write a tcp port, or remove it', 'compose-port-protocol');
      return [];
    }
    return (numbers ?? []).map((port) => ({ port, protocol: 'tcp', position }) as const);
  });
}

/** A port number. */
export const readPort = (found: Findings, at: Field | undefined) => integer(found, at, 1, 65_535);
