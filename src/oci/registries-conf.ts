import { parse } from 'smol-toml';

/** One `[[registry]]`: https://github.com/containers/image/blob/main/docs/containers-registries.conf.5.md */
export interface RegistryEntry {
  /** What references begin with, `*.example.com` for every host below one. */
  readonly prefix: string;
  readonly location: string;
  readonly insecure: boolean;
  readonly blocked: boolean;
  readonly mirrors: readonly Mirror[];
}
export interface Mirror {
  readonly location: string;
  readonly insecure: boolean;
  readonly pull: 'all' | 'digest-only' | 'tag-only';
}

type Table = Readonly<Record<string, unknown>>;

/** Reads version 2 of the format; throws with what is wrong. */
export function readRegistriesConf(text: string): readonly RegistryEntry[] {
  const { registry = [] } = parse(text) as { registry?: unknown };
  if (!Array.isArray(registry)) throw new Error('registry is no list of tables ([[registry]])');
  return (registry as readonly Table[]).map((table) => {
    const location = textOf(table['location']) ?? textOf(table['prefix']);
    const prefix = textOf(table['prefix']) ?? location;
    if (location === undefined || prefix === undefined)
      throw new Error('a [[registry]] has neither a location nor a prefix');
    const digestOnly = table['mirror-by-digest-only'] === true;
    const mirrors = Array.isArray(table['mirror']) ? (table['mirror'] as readonly Table[]) : [];
    return {
      prefix,
      location,
      insecure: table['insecure'] === true,
      blocked: table['blocked'] === true,
      mirrors: mirrors.map((mirror) => {
        const pull = textOf(mirror['pull-from-mirror']);
        const mirrorLocation = textOf(mirror['location']);
        if (mirrorLocation === undefined) throw new Error(`a mirror of ${prefix} has no location`);
        return {
          location: mirrorLocation,
          insecure: mirror['insecure'] === true,
          pull: pull === 'digest-only' || pull === 'tag-only' ? pull : digestOnly ? 'digest-only' : 'all',
        };
      }),
    };
  });
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The entry whose prefix fits the longest part of `host/repository`. */
export function entryFor(
  entries: readonly RegistryEntry[],
  registry: string,
  repository: string,
): RegistryEntry | undefined {
  const name = `${registry}/${repository}`;
  return entries
    .filter(({ prefix }) =>
      prefix.startsWith('*.')
        ? registry.endsWith(prefix.slice(1))
        : name === prefix || name.startsWith(`${prefix}/`),
    )
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

/** `location` in the place of the prefix: `docker.io/library/redis` → `mirror.example.com/hub/library/redis`. */
export function relocate(
  entry: RegistryEntry,
  location: string,
  registry: string,
  repository: string,
): string {
  const name = `${registry}/${repository}`;
  if (!entry.prefix.startsWith('*.')) return `${location}${name.slice(entry.prefix.length)}`;
  return location.startsWith('*.') ? name : `${location}/${repository}`;
}
