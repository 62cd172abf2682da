import type { Located } from '../app.ts';
import { type Field, field, type Findings, mapping, text, texts, wrong } from '../read.ts';

/** Reads `networks`; a service without is in the default one. */
export function networkNames(found: Findings, at: Field): string[] {
  const names = [...(mapping(found, field(at, 'networks'))?.entries.keys() ?? [])].sort();
  return names.length > 0 ? names : ['default'];
}

/** Names that resolve to the service beside its own: of the container, the host and the networks. */
export function readAliases(found: Findings, at: Field): string[] {
  const networks = field(at, 'networks');
  const aliases = [...(mapping(found, networks)?.entries.keys() ?? [])].flatMap((name) =>
    texts(found, field(field(networks, name), 'aliases')),
  );
  const own = [text(found, field(at, 'container_name')), text(found, field(at, 'hostname'))];
  return [...new Set([...aliases, ...own].flatMap((alias) => (alias?.value ? [alias.value] : [])))].sort();
}

/** A link: the service, and the name by which it is called. */
export interface Link extends Located<string> {
  readonly alias?: string;
}

/** Reads `links`: https://docs.docker.com/reference/compose-file/services/#links */
export function readLinks(found: Findings, at: Field | undefined): Link[] {
  return texts(found, at).flatMap(({ value, position }) => {
    const [service = '', alias = service, ...more] = value.split(':');
    if (service && alias && more.length === 0)
      return [{ value: service, position, ...(alias === service ? {} : { alias }) }];
    wrong(found, position, `${JSON.stringify(value)} is no link`, 'write SERVICE or SERVICE:NAME');
    return [];
  });
}

/**
 * Reads `network_mode`; the service whose task this container joins, where it names one.
 * https://docs.docker.com/reference/compose-file/services/#network_mode
 */
export function readNetworkMode(found: Findings, at: Field): Located<string> | undefined {
  const mode = text(found, field(at, 'network_mode'));
  if (!mode) return undefined;
  const { value, position } = mode;
  const joined = /^service:(.+)$/.exec(value)?.[1];
  if (joined !== undefined) {
    for (const key of ['networks', 'ports', 'links'])
      if (field(at, key))
        wrong(
          found,
          field(at, key)?.tree.position ?? position,
          `${at.name} is in the task of ${joined} and has ${key} of its own`,
          `write its ${key} at ${joined}, or remove network_mode`,
        );
    return { value: joined, position };
  }
  if (value === 'bridge' || value === 'default') return undefined;
  const [reason, fix] = REFUSED.get(value.split(':')[0] ?? '') ?? [
    'is not known',
    `write \`networks: [${value}]\`, or remove it`,
  ];
  wrong(found, position, `${at.name}.network_mode ${value} ${reason}`, fix, 'compose-refused');
  return undefined;
}

const REFUSED: ReadonlyMap<string, readonly [reason: string, fix: string]> = new Map(
  Object.entries({
    host: [
      'is refused: a Fargate task has a network interface of its own and no host to share',
      'remove it, and publish what is reached from outside under `ports`',
    ],
    none: [
      'is refused: a Fargate task has a network interface always',
      'remove it; without `ports`, `expose` and calls nothing connects to it',
    ],
    container: [
      'is refused: a container of another project cannot be joined',
      'write `network_mode: service:NAME` with a service of this project',
    ],
  } as const),
);
