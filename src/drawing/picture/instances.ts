import { ofType } from '../../topology/from-template/declared.ts';
import { readerOf } from '../../topology/from-template/values.ts';
import { known, type System } from '../../topology/system.ts';
import type { Party } from '../../verify/ends.ts';

/** Instances that stand for themselves, and groups of instances. */
export interface Instance {
  readonly id: string;
  readonly type: string | undefined;
  readonly count: number | undefined;
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
}

export function instancesOf(system: System): readonly Instance[] {
  const fleets = system.capacity.map(({ id, instanceTypes, desired, subnetIds, groupIds }) => ({
    id,
    type: known(instanceTypes)?.join(', '),
    count: known(desired),
    subnetIds: known(subnetIds) ?? [],
    groupIds: known(groupIds) ?? [],
  }));
  const taken = new Set(fleets.map(({ id }) => id));
  const single = ofType(system.resources, 'AWS::EC2::Instance')
    .filter(({ id }) => !taken.has(id))
    .map((declared) => {
      const read = readerOf(declared);
      const network = read.items('NetworkInterfaces')[0];
      const subnet = known(read.id('SubnetId') ?? network?.id('SubnetId'));
      return {
        id: declared.id,
        type: known(read.text('InstanceType')),
        count: undefined,
        subnetIds: subnet === undefined ? [] : [subnet],
        groupIds: known(read.ids('SecurityGroupIds') ?? network?.ids('GroupSet')) ?? [],
      };
    });
  return [...fleets, ...single];
}

/** Instances as ends of paths. What runs on them is not known: they listen where their groups let one port in. */
export function instanceParties(system: System): readonly Party[] {
  const groups = new Map(system.securityGroups.map((group) => [group.id, group]));
  return instancesOf(system).map(({ id, subnetIds, groupIds }) => ({
    kind: 'service',
    id,
    name: id,
    ports: [
      ...new Set(
        groupIds.flatMap((group) =>
          (groups.get(group)?.ingress ?? []).flatMap(({ ports, protocol }) =>
            protocol === 'tcp' && ports && ports.from === ports.to ? [ports.from] : [],
          ),
        ),
      ),
    ],
    placements: subnetIds.flatMap((subnetId) => {
      const vpcId = system.subnets.find((subnet) => subnet.id === subnetId)?.vpcId;
      if (vpcId === undefined) return [];
      const hasPublicAddress = isPublic(system, id, subnetId);
      return [
        {
          name: id,
          partyId: id,
          vpcId,
          subnetId,
          groupIds,
          ...(hasPublicAddress ? { hasPublicAddress } : {}),
        },
      ];
    }),
  }));
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html#concepts-public-addresses */
function isPublic({ resources }: System, id: string, subnetId: string): boolean {
  const declared = resources.get(id);
  const own = declared && readerOf(declared).items('NetworkInterfaces')[0]?.flag('AssociatePublicIpAddress');
  return (known(own) ?? resources.get(subnetId)?.properties['MapPublicIpOnLaunch']) === true;
}
