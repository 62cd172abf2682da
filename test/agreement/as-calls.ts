import type { Apis } from '../../src/region/region.ts';
import {
  defaultAclOf,
  defaultGroupOf,
  type Design,
  type DesignedRule,
  gatewayOf,
  mainTableOf,
} from './design.ts';

/** Logical id → the region's id. */
export type Ids = ReadonlyMap<string, string>;

/** Makes the design by calls of EC2's API; what is named `of` lives in one namespace of its own. */
export async function asCalls(
  ec2: Apis['ec2'],
  design: Design,
  of: (interfaceId: string) => string,
): Promise<Ids> {
  const ids = new Map<string, string>();
  const id = (logical: string): string => {
    const known = ids.get(logical);
    if (known === undefined) throw new Error(`${logical} is not made yet`);
    return known;
  };
  const made = (logical: string, real: string | undefined) => void ids.set(logical, real ?? '');
  const only = (vpcId: string) => [{ Name: 'vpc-id', Values: [vpcId] }];

  for (const vpc of design.vpcs) {
    const VpcId = (await ec2.CreateVpc({ CidrBlock: vpc.cidr })).Vpc?.VpcId ?? '';
    made(vpc.id, VpcId);
    const [groups, acls, tables] = await Promise.all([
      ec2.DescribeSecurityGroups({ Filters: only(VpcId) }),
      ec2.DescribeNetworkAcls({ Filters: only(VpcId) }),
      ec2.DescribeRouteTables({ Filters: only(VpcId) }),
    ]);
    made(defaultGroupOf(vpc.id), groups.SecurityGroups?.[0]?.GroupId);
    made(defaultAclOf(vpc.id), acls.NetworkAcls?.[0]?.NetworkAclId);
    made(mainTableOf(vpc.id), tables.RouteTables?.[0]?.RouteTableId);
    if (!vpc.gateway) continue;
    made(gatewayOf(vpc.id), (await ec2.CreateInternetGateway({})).InternetGateway?.InternetGatewayId);
    await ec2.AttachInternetGateway({ VpcId, InternetGatewayId: id(gatewayOf(vpc.id)) });
  }
  for (const { id: logical, vpcId, cidr } of design.subnets)
    made(logical, (await ec2.CreateSubnet({ VpcId: id(vpcId), CidrBlock: cidr })).Subnet?.SubnetId);
  for (const nat of design.nats) {
    const address = nat.isPrivate ? undefined : (await ec2.AllocateAddress({ Domain: 'vpc' })).AllocationId;
    const { NatGateway } = await ec2.CreateNatGateway({
      SubnetId: id(nat.subnetId),
      ...(address === undefined ? { ConnectivityType: 'private' } : { AllocationId: address }),
    });
    made(nat.id, NatGateway?.NatGatewayId);
  }
  for (const table of design.tables) {
    made(table.id, (await ec2.CreateRouteTable({ VpcId: id(table.vpcId) })).RouteTable?.RouteTableId);
    for (const { destination, target } of table.routes)
      await ec2.CreateRoute({
        RouteTableId: id(table.id),
        DestinationCidrBlock: destination,
        [target.kind === 'nat-gateway' ? 'NatGatewayId' : 'GatewayId']: id(target.id),
      });
  }
  for (const acl of design.acls) {
    if (!ids.has(acl.id))
      made(acl.id, (await ec2.CreateNetworkAcl({ VpcId: id(acl.vpcId) })).NetworkAcl?.NetworkAclId);
    for (const { number, egress, action, protocol, cidr, ports } of acl.entries)
      await ec2.CreateNetworkAclEntry({
        NetworkAclId: id(acl.id),
        RuleNumber: number,
        Egress: egress,
        RuleAction: action,
        Protocol: protocol,
        CidrBlock: cidr,
        ...(protocol === '6' || protocol === '17' ? { PortRange: { From: ports.from, To: ports.to } } : {}),
        ...(protocol === '1' ? { IcmpTypeCode: { Type: -1, Code: -1 } } : {}),
      });
  }
  for (const { id: subnetId, tableId, aclId } of design.subnets) {
    if (tableId) await ec2.AssociateRouteTable({ RouteTableId: id(tableId), SubnetId: id(subnetId) });
    if (!aclId) continue;
    const Filters = [{ Name: 'association.subnet-id', Values: [id(subnetId)] }];
    const association = (await ec2.DescribeNetworkAcls({ Filters })).NetworkAcls?.[0]?.Associations?.find(
      ({ SubnetId }) => SubnetId === id(subnetId),
    );
    await ec2.ReplaceNetworkAclAssociation({
      AssociationId: association?.NetworkAclAssociationId ?? '',
      NetworkAclId: id(aclId),
    });
  }
  for (const { id: logical, vpcId, isDefault } of design.groups)
    if (!isDefault)
      made(
        logical,
        (await ec2.CreateSecurityGroup({ GroupName: logical, Description: logical, VpcId: id(vpcId) }))
          .GroupId,
      );
  for (const { id: logical, ingress, egress } of design.groups) {
    const GroupId = id(logical);
    const permissions = (rules: readonly DesignedRule[]) => rules.map((rule) => permissionOf(rule, id));
    if (ingress.length > 0)
      await ec2.AuthorizeSecurityGroupIngress({ GroupId, IpPermissions: permissions(ingress) });
    if (egress.length === 0) continue;
    const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    await ec2.RevokeSecurityGroupEgress({ GroupId, IpPermissions });
    await ec2.AuthorizeSecurityGroupEgress({ GroupId, IpPermissions: permissions(egress) });
  }
  for (const { id: logical, subnetId, address, groupIds, elastic } of design.interfaces) {
    const { NetworkInterface } = await ec2.CreateNetworkInterface({
      SubnetId: id(subnetId),
      PrivateIpAddress: address,
      Description: of(logical),
      Groups: groupIds.map(id),
    });
    made(logical, NetworkInterface?.NetworkInterfaceId);
    if (!elastic) continue;
    const { AllocationId = '' } = await ec2.AllocateAddress({ Domain: 'vpc' });
    await ec2.AssociateAddress({ AllocationId, NetworkInterfaceId: id(logical) });
  }
  for (const { id: logical } of design.nats) await natGatewaySettled(ec2, id(logical));
  return ids;
}

async function natGatewaySettled(ec2: Apis['ec2'], id: string): Promise<void> {
  for (;;) {
    const [gateway] = (await ec2.DescribeNatGateways({ NatGatewayIds: [id] })).NatGateways ?? [];
    if (gateway?.State === 'available') return;
    if (gateway?.State !== 'pending')
      throw new Error(`${id} is ${gateway?.State}: ${gateway?.FailureMessage}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function permissionOf({ protocol, ports, peer }: DesignedRule, id: (logical: string) => string) {
  return {
    IpProtocol: protocol,
    ...(['tcp', 'udp', 'icmp', '6', '17'].includes(protocol)
      ? { FromPort: ports.from, ToPort: ports.to }
      : {}),
    ...(peer.kind === 'cidr'
      ? { IpRanges: [{ CidrIp: peer.cidr }] }
      : { UserIdGroupPairs: [{ GroupId: id(peer.groupId) }] }),
  };
}
