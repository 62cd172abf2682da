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

/** Instances as ends of paths. */
export function instanceParties(system: System): readonly Party[] {
  return instancesOf(system).map(({ id, subnetIds, groupIds }) => ({
    kind: 'service',
    id,
    name: id,
    ports: [],
    placements: subnetIds.flatMap((subnetId) => {
      const vpcId = system.subnets.find((subnet) => subnet.id === subnetId)?.vpcId;
      return vpcId === undefined ? [] : [{ name: id, partyId: id, vpcId, subnetId, groupIds }];
    }),
  }));
}
