import { expect, test } from 'vitest';
import { refusal, testEc2, twoSubnets } from './test-ec2.ts';

test('a VPC comes with a main table, an ACL, a group and DHCP options', async () => {
  const { api } = testEc2();
  const { Vpc } = await api.CreateVpc({
    CidrBlock: '100.68.0.18/18',
    TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'jobs' }] }],
  });
  expect(Vpc).toMatchObject({
    VpcId: expect.stringMatching(/^vpc-[0-9a-f]{17}$/),
    CidrBlock: '100.68.0.0/18',
    State: 'pending',
    IsDefault: false,
    OwnerId: '123456789012',
    Tags: [{ Key: 'Name', Value: 'jobs' }],
  });
  const Filters = [{ Name: 'vpc-id', Values: [Vpc?.VpcId ?? ''] }];
  expect((await api.DescribeVpcs({})).Vpcs).toMatchObject([{ State: 'available' }]);
  expect((await api.DescribeRouteTables({ Filters })).RouteTables).toMatchObject([
    {
      Associations: [{ Main: true, AssociationState: { State: 'associated' } }],
      Routes: [{ DestinationCidrBlock: '100.68.0.0/18', GatewayId: 'local', Origin: 'CreateRouteTable' }],
    },
  ]);
  const all = { CidrBlock: '0.0.0.0/0', Protocol: '-1' };
  expect((await api.DescribeNetworkAcls({ Filters })).NetworkAcls).toMatchObject([
    {
      IsDefault: true,
      Associations: [],
      Entries: [
        { RuleNumber: 100, Egress: true, RuleAction: 'allow', ...all },
        { RuleNumber: 100, Egress: false, RuleAction: 'allow', ...all },
        { RuleNumber: 32767, Egress: true, RuleAction: 'deny', ...all },
        { RuleNumber: 32767, Egress: false, RuleAction: 'deny', ...all },
      ],
    },
  ]);
  const { SecurityGroups } = await api.DescribeSecurityGroups({ Filters });
  expect(SecurityGroups).toMatchObject([
    {
      GroupName: 'default',
      Description: 'default VPC security group',
      IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: SecurityGroups?.[0]?.GroupId }] }],
      IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    },
  ]);
  const { DhcpOptions } = await api.DescribeDhcpOptions({ DhcpOptionsIds: [Vpc?.DhcpOptionsId ?? ''] });
  expect(DhcpOptions?.[0]?.DhcpConfigurations).toEqual([
    { Key: 'domain-name', Values: [{ Value: 'ec2.internal' }] },
    { Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] },
  ]);
});

test('DNS support is on and host names are off, until they are changed', async () => {
  const { api, internal } = testEc2('eu-west-1');
  const VpcId = (await api.CreateVpc({ CidrBlock: '10.0.0.0/16' })).Vpc?.VpcId ?? '';
  const dns = () =>
    internal
      .topology()
      .vpcs.map(({ dnsSupport, dnsHostnames, dhcp }) => ({ dnsSupport, dnsHostnames, dhcp }));
  const dhcp = { domainNames: ['eu-west-1.compute.internal'], nameServers: ['AmazonProvidedDNS'] };
  expect(dns()).toEqual([{ dnsSupport: true, dnsHostnames: false, dhcp }]);
  await api.ModifyVpcAttribute({ VpcId, EnableDnsHostnames: { Value: true } });
  expect(await api.DescribeVpcAttribute({ VpcId, Attribute: 'enableDnsHostnames' })).toEqual({
    VpcId,
    EnableDnsHostnames: { Value: true },
  });
  await api.AssociateDhcpOptions({ VpcId, DhcpOptionsId: 'default' });
  expect(dns()).toEqual([
    { dnsSupport: true, dnsHostnames: true, dhcp: { domainNames: [], nameServers: [] } },
  ]);
});

test('host names need the resolver', async () => {
  const { api } = testEc2();
  const VpcId = (await api.CreateVpc({ CidrBlock: '10.0.0.0/16' })).Vpc?.VpcId ?? '';
  await api.ModifyVpcAttribute({ VpcId, EnableDnsSupport: { Value: false } });
  const call = api.ModifyVpcAttribute({ VpcId, EnableDnsHostnames: { Value: true } });
  expect(await refusal(call)).toMatch(/^InvalidParameterValue: .*enableDnsSupport/);
});

test('a subnet gives eleven addresses of a /28, and fewer with each interface', async () => {
  const { api } = testEc2();
  const { vpcId } = await twoSubnets({ api });
  const { Subnet } = await api.CreateSubnet({
    VpcId: vpcId,
    CidrBlock: '10.0.9.17/28',
    AvailabilityZoneId: 'use1-az3',
  });
  expect(Subnet).toMatchObject({
    SubnetId: expect.stringMatching(/^subnet-[0-9a-f]{17}$/),
    CidrBlock: '10.0.9.16/28',
    AvailabilityZone: 'us-east-1c',
    AvailableIpAddressCount: 11,
    MapPublicIpOnLaunch: false,
    DefaultForAz: false,
  });
  const SubnetId = Subnet?.SubnetId ?? '';
  const addresses: (string | undefined)[] = [];
  for (let count = 0; count < 11; count += 1)
    addresses.push((await api.CreateNetworkInterface({ SubnetId })).NetworkInterface?.PrivateIpAddress);
  expect(addresses[0]).toBe('10.0.9.20');
  expect(addresses.at(-1)).toBe('10.0.9.30');
  expect((await api.DescribeSubnets({ SubnetIds: [SubnetId] })).Subnets?.[0]?.AvailableIpAddressCount).toBe(
    0,
  );
  expect(await refusal(api.CreateNetworkInterface({ SubnetId }))).toBe(
    'InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses to satisfy the request.',
  );
});

test('another table becomes the main one by its association', async () => {
  const { api, internal } = testEc2();
  const { vpcId } = await twoSubnets({ api });
  const { RouteTables } = await api.DescribeRouteTables({});
  const AssociationId = RouteTables?.[0]?.Associations?.[0]?.RouteTableAssociationId ?? '';
  const RouteTableId = (await api.CreateRouteTable({ VpcId: vpcId })).RouteTable?.RouteTableId ?? '';
  const { NewAssociationId } = await api.ReplaceRouteTableAssociation({ AssociationId, RouteTableId });
  expect(NewAssociationId).not.toBe(AssociationId);
  expect(internal.topology().subnets.map((subnet) => subnet.routeTableId)).toEqual([
    RouteTableId,
    RouteTableId,
  ]);
  await api.DeleteRouteTable({ RouteTableId: RouteTables?.[0]?.RouteTableId ?? '' });
});

test('a route whose target is gone is a black hole', async () => {
  const { api, internal } = testEc2();
  const { vpcId, subnetB } = await twoSubnets({ api });
  const RouteTableId = internal.topology().routeTables[0]?.id ?? '';
  const igw = (await api.CreateInternetGateway({})).InternetGateway?.InternetGatewayId ?? '';
  await api.AttachInternetGateway({ InternetGatewayId: igw, VpcId: vpcId });
  await api.CreateRoute({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: igw });
  const eni =
    (await api.CreateNetworkInterface({ SubnetId: subnetB })).NetworkInterface?.NetworkInterfaceId ?? '';
  await api.CreateRoute({ RouteTableId, DestinationCidrBlock: '192.168.0.7/16', NetworkInterfaceId: eni });
  const states = () =>
    internal.topology().routeTables[0]?.routes.map(({ destination, state }) => [destination, state]);
  expect(states()).toEqual([
    ['10.0.0.0/16', 'active'],
    ['0.0.0.0/0', 'active'],
    ['192.168.0.0/16', 'active'],
  ]);
  await api.DetachInternetGateway({ InternetGatewayId: igw, VpcId: vpcId });
  await api.DeleteNetworkInterface({ NetworkInterfaceId: eni });
  expect(states()?.slice(1)).toEqual([
    ['0.0.0.0/0', 'blackhole'],
    ['192.168.0.0/16', 'blackhole'],
  ]);
});

test('an ACL is replaced by association, and goes when no subnet has it', async () => {
  const { api, internal } = testEc2();
  const { vpcId, subnetA } = await twoSubnets({ api });
  const NetworkAclId = (await api.CreateNetworkAcl({ VpcId: vpcId })).NetworkAcl?.NetworkAclId ?? '';
  const Filters = [{ Name: 'association.subnet-id', Values: [subnetA] }];
  const [before] = (await api.DescribeNetworkAcls({ Filters })).NetworkAcls ?? [];
  const own = before?.Associations?.find(({ SubnetId }) => SubnetId === subnetA);
  const { NewAssociationId: AssociationId } = await api.ReplaceNetworkAclAssociation({
    AssociationId: own?.NetworkAclAssociationId,
    NetworkAclId,
  });
  const entry = { NetworkAclId, RuleAction: 'allow', CidrBlock: '10.0.0.1/8', Egress: false } as const;
  await api.CreateNetworkAclEntry({
    ...entry,
    RuleNumber: 200,
    Protocol: '6',
    PortRange: { From: 80, To: 80 },
  });
  await api.CreateNetworkAclEntry({
    ...entry,
    RuleNumber: 100,
    Protocol: '1',
    IcmpTypeCode: { Type: 3, Code: -1 },
  });
  await api.ReplaceNetworkAclEntry({
    ...entry,
    RuleNumber: 200,
    Protocol: '17',
    PortRange: { From: 53, To: 54 },
  });
  const { subnets, networkAcls } = internal.topology();
  expect(subnets.map(({ networkAclId }) => networkAclId === NetworkAclId)).toEqual([true, false]);
  expect(networkAcls.find(({ id }) => id === NetworkAclId)).toEqual({
    id: NetworkAclId,
    vpcId,
    egress: [],
    ingress: [
      { number: 100, action: 'allow', protocol: 'icmp', cidr: '10.0.0.0/8', ports: { from: 3, to: -1 } },
      { number: 200, action: 'allow', protocol: 'udp', cidr: '10.0.0.0/8', ports: { from: 53, to: 54 } },
    ],
  });
  expect(await refusal(api.DeleteNetworkAcl({ NetworkAclId }))).toMatch(/^DependencyViolation/);
  await api.ReplaceNetworkAclAssociation({ AssociationId, NetworkAclId: before?.NetworkAclId ?? '' });
  await api.DeleteNetworkAcl({ NetworkAclId });
});

test('the default VPC is made once, with a public subnet in every zone', async () => {
  const { api, internal } = testEc2();
  expect((await api.DescribeVpcs({})).Vpcs).toEqual([]);
  const { Vpc } = await api.CreateDefaultVpc({});
  expect(Vpc).toMatchObject({ CidrBlock: '172.31.0.0/16', IsDefault: true });
  const { Subnets = [] } = await api.DescribeSubnets({
    Filters: [{ Name: 'default-for-az', Values: ['true'] }],
  });
  expect(Subnets.map(({ CidrBlock, MapPublicIpOnLaunch }) => [CidrBlock, MapPublicIpOnLaunch])).toEqual(
    [0, 16, 32, 48, 64, 80].map((third) => [`172.31.${third}.0/20`, true]),
  );
  expect(internal.topology().routeTables[0]?.routes[1]).toMatchObject({
    destination: '0.0.0.0/0',
    state: 'active',
  });
  expect(internal.topology().vpcs[0]?.dnsHostnames).toBe(true);
  expect(await refusal(api.CreateDefaultVpc({}))).toMatch(/^DefaultVpcAlreadyExists/);
  const { GroupId } = await api.CreateSecurityGroup({ GroupName: 'x', Description: 'x' });
  const revoked = await api.RevokeSecurityGroupIngress({
    GroupId,
    IpProtocol: 'tcp',
    FromPort: 1,
    ToPort: 1,
    CidrIp: '0.0.0.0/0',
  });
  expect(revoked.UnknownIpPermissions).toMatchObject([{ IpProtocol: 'tcp', FromPort: 1 }]);
});
