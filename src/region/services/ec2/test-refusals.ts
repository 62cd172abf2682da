import { expect, test } from 'vitest';
import type { Apis } from '../../region.ts';
import { refusal, testEc2, twoSubnets, type TestEc2 } from './test-ec2.ts';

/** What a case may name: a region with a VPC, and some of everything in it. */
export async function furnished(ec2: TestEc2) {
  const { api } = ec2;
  const { vpcId, subnetA, subnetB } = await twoSubnets(ec2);
  const otherVpc = (await api.CreateVpc({ CidrBlock: '10.1.0.0/16' })).Vpc?.VpcId ?? '';
  const group = async (GroupName: string, VpcId = vpcId) =>
    (await api.CreateSecurityGroup({ VpcId, GroupName, Description: GroupName })).GroupId ?? '';
  const web = await group('web');
  const api_ = await group('api');
  const foreign = await group('foreign', otherVpc);
  const tcp80 = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80 };
  await api.AuthorizeSecurityGroupIngress({ GroupId: web, ...tcp80, CidrIp: '0.0.0.0/0' });
  await api.AuthorizeSecurityGroupIngress({
    GroupId: api_,
    IpPermissions: [{ ...tcp80, UserIdGroupPairs: [{ GroupId: web }] }],
  });
  const igw = (await api.CreateInternetGateway({})).InternetGateway?.InternetGatewayId ?? '';
  await api.AttachInternetGateway({ InternetGatewayId: igw, VpcId: vpcId });
  const spareIgw = (await api.CreateInternetGateway({})).InternetGateway?.InternetGatewayId ?? '';
  const table = (await api.CreateRouteTable({ VpcId: vpcId })).RouteTable?.RouteTableId ?? '';
  const { AssociationId: association } = await api.AssociateRouteTable({
    RouteTableId: table,
    SubnetId: subnetA,
  });
  await api.CreateRoute({ RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: igw });
  const { RouteTables = [] } = await api.DescribeRouteTables({
    Filters: [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'association.main', Values: ['true'] },
    ],
  });
  const acl = (await api.CreateNetworkAcl({ VpcId: vpcId })).NetworkAcl?.NetworkAclId ?? '';
  const { NetworkAcls = [] } = await api.DescribeNetworkAcls({
    Filters: [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'default', Values: ['true'] },
    ],
  });
  const { SecurityGroups = [] } = await api.DescribeSecurityGroups({
    Filters: [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'group-name', Values: ['default'] },
    ],
  });
  const eni =
    (await api.CreateNetworkInterface({ SubnetId: subnetB, Groups: [api_] })).NetworkInterface
      ?.NetworkInterfaceId ?? '';
  const managed = ec2.internal.createRequesterInterface({
    subnetId: subnetB,
    groupIds: [api_],
    description: 'ELB app/x/1',
    requester: 'elasticloadbalancing',
  }).id;
  const eip = (await api.AllocateAddress({})).AllocationId ?? '';
  await api.AssociateAddress({ AllocationId: eip, NetworkInterfaceId: eni });
  const { VpcEndpoint } = await api.CreateVpcEndpoint({
    VpcId: vpcId,
    ServiceName: 'com.amazonaws.us-east-1.s3',
    RouteTableIds: [table],
  });
  return {
    vpcId,
    subnetA,
    subnetB,
    otherVpc,
    web,
    api: api_,
    foreign,
    igw,
    spareIgw,
    table,
    eni,
    managed,
    eip,
    association: association ?? '',
    acl,
    mainTable: RouteTables[0]?.RouteTableId ?? '',
    mainAssociation: RouteTables[0]?.Associations?.[0]?.RouteTableAssociationId ?? '',
    defaultAcl: NetworkAcls[0]?.NetworkAclId ?? '',
    defaultGroup: SecurityGroups[0]?.GroupId ?? '',
    dhcp: (await api.DescribeVpcs({ VpcIds: [vpcId] })).Vpcs?.[0]?.DhcpOptionsId ?? '',
    endpoint: VpcEndpoint?.VpcEndpointId ?? '',
  };
}
export type Names = Awaited<ReturnType<typeof furnished>>;
export type Case = readonly [
  title: string,
  call: (api: Apis['ec2'], it: Names) => Promise<unknown>,
  refusal: string | ((it: Names) => string),
];

/** Each call is refused in AWS's words, and changes nothing. */
export function testRefusals(cases: readonly Case[]): void {
  test.each(cases)('refuses %s', async (_title, call, expected) => {
    const ec2 = testEc2();
    const it = await furnished(ec2);
    const before = ec2.internal.topology();
    const told = await refusal(call(ec2.api, it));
    expect(told).toBe(typeof expected === 'string' ? expected : expected(it));
    expect(ec2.internal.topology()).toBe(before);
  });
}
