import type { RegistryEntry } from './registries-conf.ts';
import { entryFor, relocate } from './registries-conf.ts';
import { inRange, isLoopback } from './proxy.ts';

/** Where a repository is asked for. */
export interface Endpoint {
  /** As references name it: the key of credentials. */
  readonly registry: string;
  readonly repository: string;
  /** Schemes and hosts, the first that answers. */
  readonly origins: readonly string[];
  /** False: whatever certificate is shown is taken. */
  readonly verify: boolean;
  readonly mirror?: 'all' | 'digest-only' | 'tag-only';
}

export interface Places {
  readonly entries: readonly RegistryEntry[];
  /** docker's `registry-mirrors`: https://docs.docker.com/docker-hub/image-library/mirror/ */
  readonly hubMirrors: readonly string[];
  /** docker's `insecure-registries`: hosts, and ranges of addresses. */
  readonly insecure: readonly string[];
}
export const noPlaces: Places = { entries: [], hubMirrors: [], insecure: [] };

/** The registry's location was forbidden by the machine's configuration. */
export class RegistryBlocked extends Error {
  override readonly name = 'RegistryBlocked';
}

/** Mirrors in their order, the registry itself last. */
export function endpointsFor(places: Places, registry: string, repository: string): readonly Endpoint[] {
  const entry = entryFor(places.entries, registry, repository);
  if (entry?.blocked)
    throw new RegistryBlocked(`registry ${registry} is blocked in registries.conf (prefix ${entry.prefix})`);
  const mirrors = (entry?.mirrors ?? []).map((mirror) => ({
    ...at(places, relocate(entry!, mirror.location, registry, repository), mirror.insecure),
    mirror: mirror.pull,
  }));
  const hub =
    registry === 'docker.io'
      ? places.hubMirrors.map((text) => {
          const { protocol, host, pathname } = new URL(text);
          const place = `${host}${pathname.replace(/\/+$/, '')}/${repository}`;
          const found = at(places, place, false);
          return { ...found, origins: [`${protocol}//${host}`], mirror: 'all' as const };
        })
      : [];
  const home = entry
    ? at(places, relocate(entry, entry.location, registry, repository), entry.insecure)
    : at(places, `${registry}/${repository}`, false);
  return [...mirrors, ...hub, home];
}

function at(places: Places, location: string, insecure: boolean): Endpoint {
  const slash = location.indexOf('/');
  const registry = location.slice(0, slash);
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  const name = host.replace(/:\d+$/, '');
  // A loopback registry is no more exposed than the process that asks it: docker and podman take it as it is, too.
  const loopback = isLoopback(name);
  const unsafe =
    insecure || places.insecure.some((one) => one === registry || one === name || inRange(name, one));
  return {
    registry,
    repository: location.slice(slash + 1),
    origins: loopback
      ? [`http://${host}`]
      : unsafe
        ? [`https://${host}`, `http://${host}`]
        : [`https://${host}`],
    verify: !unsafe,
  };
}
