import { type EcsService, isUnknown, known, type System } from '../topology/system.ts';
import type { Party } from './ends.ts';

/** Where the instances are that a service's tasks may run on: their interfaces carry bridge and host tasks, pulls and logs. */
export function instancePlacements(
  system: System,
  { clusterId, name }: EcsService,
): Pick<Party, 'placements' | 'why'> {
  if (isUnknown(clusterId)) return { placements: [], why: clusterId.unknown };
  const fleets = system.capacity.filter((fleet) => known(fleet.clusterId) === clusterId);
  if (fleets.length === 0)
    return { placements: [], why: `the instances of the cluster ${clusterId} are not declared here` };
  const open = fleets.flatMap(({ subnetIds, groupIds }) => [subnetIds, groupIds]).find(isUnknown);
  if (open) return { placements: [], why: open.unknown };
  return {
    placements: fleets.flatMap(({ id, subnetIds, groupIds }) =>
      (known(subnetIds) ?? []).map((subnetId) => {
        const vpcId = system.subnets.find((subnet) => subnet.id === subnetId)?.vpcId ?? '(unknown VPC)';
        const groups = known(groupIds) ?? [];
        const hasPublicAddress = publicAddress(system, id, subnetId);
        return {
          name: `${name} on ${id}`,
          partyId: id,
          vpcId,
          subnetId,
          groupIds: groups.length > 0 ? groups : [`${vpcId}.DefaultSecurityGroup`],
          ...(hasPublicAddress === undefined ? {} : { hasPublicAddress }),
        };
      }),
    ),
  };
}

/** The launch setting overrides the subnet's: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html */
function publicAddress({ resources }: System, instanceId: string, subnetId: string): boolean | undefined {
  const own = resources.get(instanceId)?.properties;
  const launches = [...resources.values()].filter(
    ({ id, type }) =>
      /::(LaunchTemplate|LaunchConfiguration)$/.test(type) && JSON.stringify(own ?? {}).includes(`"${id}"`),
  );
  for (const properties of [own, ...launches.map((launch) => launch.properties)]) {
    const set = find(properties, 'AssociatePublicIpAddress');
    if (typeof set === 'boolean') return set;
    if (set !== undefined) return undefined;
  }
  const subnet = resources.get(subnetId);
  const mapped = subnet?.properties['MapPublicIpOnLaunch'] ?? false;
  return subnet && typeof mapped === 'boolean' ? mapped : undefined;
}

/** The first value of a key, at any depth. */
function find(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, key)) return (value as Record<string, unknown>)[key];
  for (const part of Object.values(value)) {
    const found = find(part, key);
    if (found !== undefined) return found;
  }
  return undefined;
}
