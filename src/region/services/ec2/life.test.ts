import { expect, test } from 'vitest';
import { testEc2 } from './test-ec2.ts';

/** Every record of the region, by table. */
function everything(store: ReturnType<typeof testEc2>['store']) {
  const names = [
    'vpcs',
    'subnets',
    'route-tables',
    'route-table-associations',
    'internet-gateways',
    'nat-gateways',
    'addresses',
    'security-groups',
    'security-group-rules',
    'network-acls',
    'network-acl-associations',
    'network-interfaces',
    'vpc-endpoints',
    'dhcp-options',
  ];
  return Object.fromEntries(
    names.map((name) => [name, [...store.table<object>(`ec2/${name}`).values()]] as const),
  );
}

/** Ids as they appear first: `subnet-…` becomes `subnet-1`. */
function named(value: unknown): unknown {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  return JSON.parse(
    JSON.stringify(value).replaceAll(/\b([a-z]+)-0[0-9a-f]{16}\b/g, (id, prefix: string) => {
      const count = (counts.get(prefix) ?? 0) + (names.has(id) ? 0 : 1);
      counts.set(prefix, count);
      const name = names.get(id) ?? `${prefix}-${count}`;
      names.set(id, name);
      return name;
    }),
  );
}

test('a two-zone VPC lives, means what it should, and leaves nothing', async () => {
  const ec2 = testEc2();
  const { api, internal, clock } = ec2;
  ec2.start();
  const before = everything(ec2.store);

  const VpcId = (await api.CreateVpc({ CidrBlock: '10.0.0.0/16' })).Vpc?.VpcId ?? '';
  await api.ModifyVpcAttribute({ VpcId, EnableDnsHostnames: { Value: true } });
  const { DhcpOptions } = await api.CreateDhcpOptions({
    DhcpConfigurations: [
      { Key: 'domain-name', Values: ['local ec2.internal'] },
      { Key: 'domain-name-servers', Values: ['AmazonProvidedDNS'] },
    ],
  });
  const DhcpOptionsId = DhcpOptions?.DhcpOptionsId ?? '';
  await api.AssociateDhcpOptions({ VpcId, DhcpOptionsId });
  const subnet = async (CidrBlock: string, AvailabilityZone: string) =>
    (await api.CreateSubnet({ VpcId, CidrBlock, AvailabilityZone })).Subnet?.SubnetId ?? '';
  const publicA = await subnet('10.0.0.0/20', 'us-east-1a');
  const publicB = await subnet('10.0.16.0/20', 'us-east-1b');
  const privateA = await subnet('10.0.128.0/20', 'us-east-1a');
  const privateB = await subnet('10.0.144.0/20', 'us-east-1b');
  const InternetGatewayId = (await api.CreateInternetGateway({})).InternetGateway?.InternetGatewayId ?? '';
  await api.AttachInternetGateway({ InternetGatewayId, VpcId });
  const table = async () => (await api.CreateRouteTable({ VpcId })).RouteTable?.RouteTableId ?? '';
  const publicTable = await table();
  const privateTable = await table();
  const associations: string[] = [];
  for (const [RouteTableId, SubnetId] of [
    [publicTable, publicA],
    [publicTable, publicB],
    [privateTable, privateA],
    [privateTable, privateB],
  ] as const)
    associations.push((await api.AssociateRouteTable({ RouteTableId, SubnetId })).AssociationId ?? '');
  const DestinationCidrBlock = '0.0.0.0/0';
  await api.CreateRoute({ RouteTableId: publicTable, DestinationCidrBlock, GatewayId: InternetGatewayId });
  const AllocationId = (await api.AllocateAddress({ Domain: 'vpc' })).AllocationId ?? '';
  const { NatGateway } = await api.CreateNatGateway({ SubnetId: publicA, AllocationId });
  const NatGatewayId = NatGateway?.NatGatewayId ?? '';
  expect(NatGateway?.State).toBe('pending');
  await api.CreateRoute({ RouteTableId: privateTable, DestinationCidrBlock, NatGatewayId });
  await clock.advance(1);
  const states = await api.DescribeNatGateways({ NatGatewayIds: [NatGatewayId] });
  expect(states.NatGateways?.[0]?.State).toBe('available');
  const { VpcEndpoint } = await api.CreateVpcEndpoint({
    VpcId,
    ServiceName: 'com.amazonaws.us-east-1.dynamodb',
    RouteTableIds: [privateTable],
  });
  const group = async (GroupName: string) =>
    (await api.CreateSecurityGroup({ VpcId, GroupName, Description: GroupName })).GroupId ?? '';
  const web = await group('web');
  const redis = await group('redis');
  await api.AuthorizeSecurityGroupIngress({
    GroupId: web,
    IpProtocol: 'tcp',
    FromPort: 80,
    ToPort: 80,
    CidrIp: '0.0.0.0/0',
  });
  const fromWeb = {
    GroupId: redis,
    IpPermissions: [
      {
        IpProtocol: 'tcp',
        FromPort: 6379,
        ToPort: 6379,
        UserIdGroupPairs: [{ GroupId: web, Description: 'web to redis' }],
      },
    ],
  };
  await api.AuthorizeSecurityGroupIngress(fromWeb);
  const webTask = internal.createRequesterInterface({
    subnetId: publicB,
    groupIds: [web],
    description: 'arn:aws:ecs:us-east-1:123456789012:attachment/1',
    requester: 'ecs',
    assignPublicIp: true,
  });
  const redisTask = internal.createRequesterInterface({
    subnetId: privateA,
    groupIds: [redis],
    description: 'arn:aws:ecs:us-east-1:123456789012:attachment/2',
    requester: 'ecs',
  });
  await expect(JSON.stringify(named(internal.topology()), null, 2)).toMatchFileSnapshot('golden/life.json');

  internal.deleteRequesterInterface(webTask.id);
  internal.deleteRequesterInterface(redisTask.id);
  await api.DeleteNatGateway({ NatGatewayId });
  await clock.advance(1);
  await api.ReleaseAddress({ AllocationId });
  await api.DeleteVpcEndpoints({ VpcEndpointIds: [VpcEndpoint?.VpcEndpointId ?? ''] });
  await api.DeleteSecurityGroup({ GroupId: redis });
  await api.DeleteSecurityGroup({ GroupId: web });
  for (const AssociationId of associations) await api.DisassociateRouteTable({ AssociationId });
  await api.DeleteRouteTable({ RouteTableId: publicTable });
  await api.DeleteRouteTable({ RouteTableId: privateTable });
  for (const SubnetId of [publicA, publicB, privateA, privateB]) await api.DeleteSubnet({ SubnetId });
  await api.DetachInternetGateway({ InternetGatewayId, VpcId });
  await api.DeleteInternetGateway({ InternetGatewayId });
  await api.DeleteVpc({ VpcId });
  await api.DeleteDhcpOptions({ DhcpOptionsId });
  expect(internal.topology()).toMatchObject({ vpcs: [], subnets: [], interfaces: [], natGateways: [] });
  // A deleted NAT gateway is shown for an hour.
  expect(everything(ec2.store)['nat-gateways']).toMatchObject([{ state: 'deleted' }]);
  await clock.advance(60 * 60 * 1000);
  expect(everything(ec2.store)).toEqual(before);
  await ec2.stop();
});
