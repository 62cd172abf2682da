import type { App } from '../../compose/app.ts';

/** The services that a host name stands for. */
export type NameLookup = (host: string) => readonly string[];

/**
 * By name, alias and full name, without regard to case (https://datatracker.ietf.org/doc/html/rfc4343). A service's own name goes before
 * the alias of another; an alias of several is all of them, as in Docker.
 */
export function hostNames({ services, settings }: Pick<App, 'services' | 'settings'>): NameLookup {
  const zone = `.${settings.namespace.value}`;
  const names = new Map<string, string[]>();
  for (const { name, aliases } of services)
    for (const alias of aliases) {
      const key = alias.toLowerCase();
      names.set(key, [...(names.get(key) ?? []), name]);
    }
  for (const { name } of services) names.set(name.toLowerCase(), [name]);
  return (host) => {
    const plain = host.toLowerCase();
    return names.get(plain.endsWith(zone) ? plain.slice(0, -zone.length) : plain) ?? [];
  };
}
