import type { Origin } from '../../../topology/model.ts';
import { known, type Value } from '../../../topology/system.ts';
import type { Check, Context, Report } from '../../model.ts';
import { registrations, targetGroupsOf } from '../../paths/balancing.ts';
import { found, under } from '../../report.ts';

export const groupInOtherVpc: Check = {
  id: 'group-in-other-vpc',
  title: 'Subnets, security groups and target groups that belong together are of one VPC',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-groups.html',
  why: 'AWS refuses to put a group of one VPC on an interface in another: “Security group … and subnet … belong to different networks”.',
  *find(context) {
    yield* groupsBesideSubnets(context);
    yield* targetGroups(context);
    yield* referencedGroups(context);
  },
};

/** What is put into subnets with groups, and where its groups are written. */
function* interfaces({ system }: Context): Iterable<{
  readonly id: string;
  readonly subnetIds: Value<readonly string[]> | undefined;
  readonly groupIds: Value<readonly string[]> | undefined;
  readonly at: Origin;
}> {
  for (const { id, origin, subnetIds, groupIds } of system.services)
    yield {
      id,
      subnetIds,
      groupIds,
      at: under(origin, ['NetworkConfiguration', 'AwsvpcConfiguration', 'SecurityGroups']),
    };
  for (const { id, origin, subnetIds, groupIds } of system.loadBalancers)
    yield { id, subnetIds, groupIds, at: under(origin, 'SecurityGroups') };
  for (const { id, origin, subnetIds, groupIds, kind } of system.databases)
    if (kind !== 'efs') yield { id, subnetIds, groupIds, at: origin };
  for (const { id, origin, subnetIds, groupIds } of system.endpoints)
    if (origin) yield { id, subnetIds, groupIds, at: under(origin, 'SecurityGroupIds') };
}

function* groupsBesideSubnets(context: Context): Iterable<Report> {
  const { graph, system } = context;
  for (const { id, subnetIds, groupIds, at } of interfaces(context)) {
    const subnets = (known(subnetIds) ?? []).flatMap((one) => graph.subnets.get(one) ?? []);
    const first = subnets.find(({ vpcId }) => system.resources.has(vpcId));
    if (!first) continue;
    for (const group of (known(groupIds) ?? []).flatMap((one) => graph.groups.get(one) ?? [])) {
      if (group.vpcId === first.vpcId || !isTold(context, group.vpcId)) continue;
      const absent = group.vpcId === NO_VPC;
      yield found(id, absent && group.origin ? group.origin : at, {
        message: `${group.id} is a security group of ${vpcName(group.vpcId)}, and ${id} stands in ${first.id} of ${first.vpcId}`,
        fix:
          absent && group.origin
            ? {
                says: `write VpcId: !Ref ${first.vpcId} for ${group.id}`,
                edits: [
                  {
                    kind: 'set',
                    path: [...group.origin.path, 'Properties', 'VpcId'],
                    value: { Ref: first.vpcId },
                  },
                ],
              }
            : { says: `use a security group of ${first.vpcId}`, edits: [] },
      });
    }
    const other = subnets.find(({ vpcId }) => vpcId !== first.vpcId && system.resources.has(vpcId));
    if (other)
      yield found(id, at, {
        message: `${id} names ${first.id} of ${first.vpcId} and ${other.id} of ${other.vpcId}: all its subnets must be of one VPC`,
      });
  }
}

/** A group without a VPC is one of the default VPC: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroup.html */
const NO_VPC = '(default VPC)';
const isTold = ({ system }: Context, vpcId: string): boolean =>
  vpcId === NO_VPC || system.resources.has(vpcId);
const vpcName = (vpcId: string): string => (vpcId === NO_VPC ? 'the default VPC (it has no VpcId)' : vpcId);

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html */
function* targetGroups({ graph, system }: Context): Iterable<Report> {
  const bound = registrations(system.services);
  const vpcOf = (subnetIds: Value<readonly string[]>) =>
    (known(subnetIds) ?? [])
      .flatMap((id) => graph.subnets.get(id)?.vpcId ?? [])
      .find((id) => system.resources.has(id));
  for (const group of system.targetGroups) {
    const own = known(group.vpcId);
    if (own === undefined || !system.resources.has(own)) continue;
    const balancers = system.listeners
      .filter((listener) => targetGroupsOf(listener).includes(group.id))
      .flatMap(({ loadBalancerId }) => system.loadBalancers.filter(({ id }) => id === known(loadBalancerId)));
    const users = [...balancers, ...(bound.get(group.id) ?? []).map(({ service }) => service)];
    const other = users.find(({ subnetIds }) => (vpcOf(subnetIds) ?? own) !== own);
    const vpcId = other && vpcOf(other.subnetIds);
    if (!other || vpcId === undefined) continue;
    yield found(group.id, under(group.origin, 'VpcId'), {
      message: `${group.id} is a target group of ${own}, and ${other.id} stands in ${vpcId}`,
      fix: {
        says: `write VpcId: !Ref ${vpcId}`,
        edits: [{ kind: 'set', path: [...group.origin.path, 'Properties', 'VpcId'], value: { Ref: vpcId } }],
      },
    });
  }
}

/** https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html */
function* referencedGroups(context: Context): Iterable<Report> {
  const { graph, system } = context;
  for (const group of system.securityGroups)
    for (const { peer, origin } of [...group.ingress, ...group.egress]) {
      const other = peer.kind === 'group' ? graph.groups.get(peer.groupId) : undefined;
      if (!other || !origin || other.vpcId === group.vpcId) continue;
      if (!system.resources.has(group.vpcId) || !system.resources.has(other.vpcId)) continue;
      const peered = (system.peerings ?? []).some(
        ({ vpcIds }) => vpcIds.includes(group.vpcId) && vpcIds.includes(other.vpcId),
      );
      if (peered) continue;
      yield found(String(origin.path[1]), origin, {
        message: `a rule of ${group.id} (${group.vpcId}) names ${other.id}, a group of ${other.vpcId}, and no peering joins the two VPCs`,
        fix: { says: `name a group of ${group.vpcId}, or the addresses`, edits: [] },
      });
    }
}
