import type { Mount, Service } from './app.ts';
import type { OtherVolume } from './declared.ts';
import { type Findings, wrong } from './read.ts';
import type { ReadService } from './service/service.ts';

/** What a service is once the others are known: who waits for its end, whose volumes and names it has. */
export function finish(
  found: Findings,
  active: readonly ReadService[],
  others: ReadonlyMap<string, OtherVolume>,
): Service[] {
  const byName = new Map(active.map((service) => [service.name, service]));
  const aliases = allAliases(found, active);
  return active.map((read) => {
    const { profiles, volumesFrom, endless, unrestarted, dependsOn, links, ...service } = read;
    void [profiles, volumesFrom, endless, unrestarted];
    const mounts = [...read.mounts, ...borrowed(found, read, byName)];
    return {
      ...service,
      links: links.map(({ value, position }) => ({ value, position })),
      dependsOn: dependsOn
        .filter((dependency) => byName.has(dependency.service))
        .map(({ service: target, condition, position }) => ({ service: target, condition, position })),
      aliases: aliases.get(read.name) ?? [],
      lifetime: lifetimeOf(found, read, active),
      networks: (read.sidecarOf && byName.get(read.sidecarOf.value)?.networks) ?? read.networks,
      mounts: mounts.map((mount) => resolved(mount, others)),
    };
  });
}

/** A service that serves is one, whatever Docker does when it fails; one whose end is waited for is none. */
function lifetimeOf(found: Findings, read: ReadService, active: readonly ReadService[]): Service['lifetime'] {
  const { name, endless, unrestarted, ports, settings } = read;
  if (isWaitedFor(name, active)) return endless ? read.lifetime : 'once';
  if (!unrestarted || (ports.length === 0 && settings.public)) return read.lifetime;
  found.notices.push({
    code: 'compose-not-enacted',
    message: `services.${name}.restart: no is not enacted: it has ports, so it is a service, and ECS replaces every task that stops`,
    position: unrestarted,
  });
  return 'service';
}

/** A service whose end another one waits for has one: Compose starts nothing again without `restart`. */
const isWaitedFor = (name: string, active: readonly ReadService[]) =>
  active.some(({ dependsOn }) =>
    dependsOn.some(
      ({ service, condition }) => service === name && condition === 'service_completed_successfully',
    ),
  );

function resolved(mount: Mount, others: ReadonlyMap<string, OtherVolume>): Mount {
  const other = mount.kind === 'volume' && mount.volume !== undefined ? others.get(mount.volume) : undefined;
  if (!other || mount.kind !== 'volume') return mount;
  const { target, readonly, position } = mount;
  if (other.kind === 'bind') return { kind: 'bind', source: other.source, target, readonly, position };
  return { ...other, target, position };
}

/** `volumes_from: [other, other:ro]`: https://docs.docker.com/reference/compose-file/services/#volumes_from */
function borrowed(
  found: Findings,
  { name, mounts: own, volumesFrom }: ReadService,
  byName: ReadonlyMap<string, ReadService>,
): Mount[] {
  return volumesFrom.flatMap(({ value, position }) => {
    const [from = '', mode] = value.split(':');
    const other = byName.get(from);
    if (!other || other.name === name) {
      const message = `volumes_from names ${value}, and there is no such service`;
      wrong(found, position, message, `the services are ${[...byName.keys()].join(', ')}`);
      return [];
    }
    return other.mounts.flatMap((mount): Mount[] => {
      if (mount.kind === 'tmpfs' || own.some(({ target }) => target === mount.target)) return [];
      if (mount.kind === 'volume' && mount.volume === undefined) {
        const message = `${name} takes the volume at ${mount.target} from ${from}, where it has no name`;
        wrong(found, mount.position, message, `write NAME:${mount.target} there, and \`volumes: {NAME: }\``);
        return [];
      }
      return [{ ...mount, readonly: mount.readonly || mode === 'ro', position }];
    });
  });
}

/** Names of the containers, hosts, networks and links; one that stands for two services would be either's. */
function allAliases(found: Findings, active: readonly ReadService[]): Map<string, string[]> {
  const owners = new Map<string, string>(active.map(({ name }) => [name.toLowerCase(), name]));
  const aliases = new Map<string, string[]>();
  const given = [
    ...active.flatMap(({ name, aliases: own, position }) => own.map((alias) => ({ alias, name, position }))),
    ...active.flatMap(({ links }) =>
      links.flatMap(({ value, alias, position }) =>
        alias === undefined ? [] : [{ alias, name: value, position }],
      ),
    ),
  ];
  for (const { alias, name, position } of given) {
    const owner = owners.get(alias.toLowerCase());
    if (owner !== undefined && owner !== name)
      wrong(
        found,
        position,
        `the name ${alias} stands for ${name} and for ${owner}`,
        'give one of them another name: the project has one DNS zone',
        'compose-alias-taken',
      );
    else if (owner === undefined) {
      owners.set(alias.toLowerCase(), name);
      aliases.set(name, [...(aliases.get(name) ?? []), alias].sort());
    }
  }
  return aliases;
}
