import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DescribeAnswers } from './answers.ts';
import { topologyFromDescribe } from './from-describe.ts';

const nothing: DescribeAnswers = {
  DescribeVpcs: [],
  DescribeVpcAttribute: [],
  DescribeDhcpOptions: [],
  DescribeSubnets: [],
  DescribeRouteTables: [],
  DescribeNetworkAcls: [],
  DescribeSecurityGroups: [],
  DescribeNetworkInterfaces: [],
  DescribeInternetGateways: [],
  DescribeNatGateways: [],
  DescribeVpcEndpoints: [],
  DescribePrefixLists: [],
};

/** As `aws ec2 describe-… > file.json` records them: from a VPC of two subnets, one with a table of its own. */
const recorded: DescribeAnswers = {
  ...nothing,
  DescribeVpcs: [
    {
      Vpcs: [
        {
          VpcId: 'vpc-1',
          CidrBlock: '10.0.0.0/16',
          DhcpOptionsId: 'dopt-1',
          CidrBlockAssociationSet: [
            { CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } },
            { CidrBlock: '100.64.0.0/16', CidrBlockState: { State: 'associated' } },
            { CidrBlock: '100.65.0.0/16', CidrBlockState: { State: 'disassociated' } },
          ],
          Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: '2001:db8::/56' }],
        },
      ],
    },
  ],
  DescribeVpcAttribute: [
    { VpcId: 'vpc-1', EnableDnsSupport: { Value: true } },
    { VpcId: 'vpc-1', EnableDnsHostnames: { Value: true } },
  ],
  DescribeDhcpOptions: [
    {
      DhcpOptions: [
        {
          DhcpOptionsId: 'dopt-1',
          DhcpConfigurations: [
            { Key: 'domain-name', Values: [{ Value: 'local ec2.internal' }] },
            { Key: 'domain-name-servers', Values: [{ Value: '10.0.0.9' }, { Value: 'AmazonProvidedDNS' }] },
            { Key: 'ntp-servers', Values: [{ Value: '10.0.0.9' }] },
          ],
        },
      ],
    },
  ],
  // Two pages.
  DescribeSubnets: [
    {
      Subnets: [
        { SubnetId: 'subnet-1', VpcId: 'vpc-1', CidrBlock: '10.0.0.0/24', AvailabilityZone: 'eu-west-1a' },
      ],
    },
    {
      Subnets: [
        { SubnetId: 'subnet-2', VpcId: 'vpc-1', CidrBlock: '10.0.1.0/24', AvailabilityZone: 'eu-west-1b' },
        { SubnetId: 'subnet-6', VpcId: 'vpc-1', Ipv6Native: true },
      ],
    },
  ],
  DescribeRouteTables: [
    {
      RouteTables: [
        {
          RouteTableId: 'rtb-main',
          VpcId: 'vpc-1',
          Associations: [{ Main: true }],
          Routes: [
            { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' },
            { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'blackhole' },
            { DestinationCidrBlock: '172.16.0.0/12', VpcPeeringConnectionId: 'pcx-1', State: 'active' },
            { DestinationCidrBlock: '192.168.0.0/16', TransitGatewayId: 'tgw-1', State: 'active' },
            { DestinationCidrBlock: '198.51.100.0/24', GatewayId: 'vgw-1', State: 'active' },
            {
              DestinationCidrBlock: '203.0.113.0/24',
              InstanceId: 'i-1',
              NetworkInterfaceId: 'eni-1',
              State: 'active',
            },
            { DestinationPrefixListId: 'pl-1', GatewayId: 'vpce-1', State: 'active' },
            { DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: 'eigw-1', State: 'active' },
          ],
        },
        {
          RouteTableId: 'rtb-own',
          VpcId: 'vpc-1',
          Associations: [{ Main: false, SubnetId: 'subnet-2' }],
          Routes: [{ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' }],
        },
      ],
    },
  ],
  DescribeNetworkAcls: [
    {
      NetworkAcls: [
        {
          NetworkAclId: 'acl-1',
          VpcId: 'vpc-1',
          Associations: [{ SubnetId: 'subnet-1' }, { SubnetId: 'subnet-2' }],
          Entries: [
            { RuleNumber: 32767, Protocol: '-1', RuleAction: 'deny', CidrBlock: '0.0.0.0/0', Egress: false },
            {
              RuleNumber: 200,
              Protocol: '50',
              RuleAction: 'allow',
              CidrBlock: '10.0.0.0/8',
              Egress: false,
              PortRange: { From: 1, To: 2 },
            },
            {
              RuleNumber: 100,
              Protocol: '6',
              RuleAction: 'deny',
              CidrBlock: '10.0.0.0/8',
              Egress: false,
              PortRange: { From: 22, To: 22 },
            },
            { RuleNumber: 101, Protocol: '-1', RuleAction: 'allow', Ipv6CidrBlock: '::/0', Egress: true },
          ],
        },
      ],
    },
  ],
  DescribeSecurityGroups: [
    {
      SecurityGroups: [
        {
          GroupId: 'sg-1',
          GroupName: 'web',
          VpcId: 'vpc-1',
          IpPermissions: [
            {
              IpProtocol: 'tcp',
              FromPort: 80,
              ToPort: 81,
              IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'office' }],
              UserIdGroupPairs: [{ GroupId: 'sg-1', UserId: '1' }],
              PrefixListIds: [{ PrefixListId: 'pl-1' }],
              Ipv6Ranges: [{ CidrIpv6: '::/0' }],
            },
            { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
          ],
          IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
        },
      ],
    },
  ],
  DescribeNetworkInterfaces: [
    {
      NetworkInterfaces: [
        {
          NetworkInterfaceId: 'eni-1',
          VpcId: 'vpc-1',
          SubnetId: 'subnet-1',
          AvailabilityZone: 'eu-west-1a',
          PrivateIpAddress: '10.0.0.7',
          PrivateIpAddresses: [
            { Primary: true, PrivateIpAddress: '10.0.0.7' },
            { Primary: false, PrivateIpAddress: '10.0.0.8' },
          ],
          Association: { PublicIp: '192.0.2.7' },
          Groups: [{ GroupId: 'sg-1', GroupName: 'web' }],
          Description: 'ELB app/x/1',
          SourceDestCheck: false,
        },
      ],
    },
  ],
  DescribeInternetGateways: [
    {
      InternetGateways: [
        { InternetGatewayId: 'igw-1', Attachments: [{ VpcId: 'vpc-1' }] },
        { InternetGatewayId: 'igw-2' },
      ],
    },
  ],
  DescribeNatGateways: [{ NatGateways: [{ NatGatewayId: 'nat-r', VpcId: 'vpc-1', State: 'available' }] }],
  DescribeVpcEndpoints: [
    {
      VpcEndpoints: [
        {
          VpcEndpointId: 'vpce-1',
          VpcId: 'vpc-1',
          VpcEndpointType: 'Gateway',
          ServiceName: 's3',
          RouteTableIds: ['rtb-main'],
        },
        { VpcEndpointId: 'vpce-2', VpcId: 'vpc-1', VpcEndpointType: 'GatewayLoadBalancer', ServiceName: 'x' },
      ],
    },
  ],
  DescribePrefixLists: [
    { PrefixLists: [{ PrefixListId: 'pl-1', PrefixListName: 's3', Cidrs: ['3.5.0.0/19', '2600::/16'] }] },
  ],
  DescribeManagedPrefixLists: [
    {
      PrefixLists: [
        { PrefixListId: 'pl-1', PrefixListName: 's3' },
        { PrefixListId: 'pl-2', PrefixListName: 'own' },
      ],
    },
  ],
};

test('an empty region is an empty graph', () => {
  const topology = topologyFromDescribe(nothing);
  expect(topology).not.toHaveProperty('notModelled');
  expect(Object.values(topology).flat()).toEqual([]);
});

test('what is recorded is what it means', () => {
  const { vpcs, subnets, routeTables, networkAcls, interfaces, prefixLists, internetGateways } =
    topologyFromDescribe(recorded);
  expect(vpcs).toEqual([
    {
      id: 'vpc-1',
      cidrs: ['10.0.0.0/16', '100.64.0.0/16'],
      dnsSupport: true,
      dnsHostnames: true,
      dhcp: { domainNames: ['local', 'ec2.internal'], nameServers: ['10.0.0.9', 'AmazonProvidedDNS'] },
    },
  ]);
  // The subnet without a table of its own has the main one.
  expect(subnets.map((subnet) => [subnet.id, subnet.routeTableId, subnet.networkAclId])).toEqual([
    ['subnet-1', 'rtb-main', 'acl-1'],
    ['subnet-2', 'rtb-own', 'acl-1'],
  ]);
  expect(
    routeTables[0]?.routes.map(({ target, state }) => [target.kind, 'id' in target ? target.id : '', state]),
  ).toEqual([
    ['local', '', 'active'],
    ['nat-gateway', 'nat-1', 'blackhole'],
    ['peering', 'pcx-1', 'active'],
    ['other', 'tgw-1', 'active'],
    ['other', 'vgw-1', 'active'],
    ['network-interface', 'eni-1', 'active'],
    ['gateway-endpoint', 'vpce-1', 'active'],
  ]);
  expect(networkAcls[0]?.ingress).toEqual([
    { number: 100, action: 'deny', protocol: 'tcp', cidr: '10.0.0.0/8', ports: { from: 22, to: 22 } },
    { number: 200, action: 'allow', protocol: '50', cidr: '10.0.0.0/8' },
  ]);
  expect(interfaces).toEqual([
    {
      id: 'eni-1',
      vpcId: 'vpc-1',
      subnetId: 'subnet-1',
      zone: 'eu-west-1a',
      privateAddress: '10.0.0.7',
      publicAddress: '192.0.2.7',
      groupIds: ['sg-1'],
      description: 'ELB app/x/1',
      sourceDestCheck: false,
    },
  ]);
  expect(prefixLists).toEqual([{ id: 'pl-1', name: 's3', cidrs: ['3.5.0.0/19'] }]);
  expect(internetGateways).toEqual([
    { id: 'igw-1', vpcIds: ['vpc-1'] },
    { id: 'igw-2', vpcIds: [] },
  ]);
});

test('what the graph cannot say is listed', () => {
  const { notModelled = [] } = topologyFromDescribe(recorded);
  expect(notModelled.map(({ id, what }) => `${id}: ${what}`).sort()).toEqual([
    'acl-1: entry 101 for ::/0 (IPv6)',
    'dopt-1: DHCP option ntp-servers',
    'eni-1: secondary address 10.0.0.8',
    'nat-r: regional NAT gateway',
    'pl-1: 1 IPv6 blocks',
    'pl-2: blocks of prefix list own',
    'rtb-main: route to ::/0 (IPv6)',
    'sg-1: rule for ::/0 (IPv6)',
    'subnet-6: subnet without an IPv4 block',
    'vpc-1: IPv6 block 2001:db8::/56',
    'vpce-2: endpoint of type GatewayLoadBalancer',
  ]);
});

test('a VPC whose attributes were not recorded is said to be a guess', () => {
  const { vpcs, notModelled = [] } = topologyFromDescribe({ ...recorded, DescribeVpcAttribute: [] });
  expect(vpcs[0]).toMatchObject({ dnsSupport: true, dnsHostnames: false });
  expect(notModelled.map(({ what }) => what)).toContain('enableDnsSupport (not recorded, taken as true)');
  expect(notModelled.map(({ what }) => what)).toContain('enableDnsHostnames (not recorded, taken as false)');
});

test('rules read from groups and rules by id mean the same', () => {
  const rule = { GroupId: 'sg-1', IsEgress: false, IpProtocol: 'tcp', FromPort: 80, ToPort: 81 };
  const DescribeSecurityGroupRules = [
    {
      SecurityGroupRules: [
        { ...rule, SecurityGroupRuleId: 'sgr-1', CidrIpv4: '10.0.0.0/8', Description: 'office' },
        { ...rule, SecurityGroupRuleId: 'sgr-2', ReferencedGroupInfo: { GroupId: 'sg-1' } },
        { ...rule, SecurityGroupRuleId: 'sgr-3', PrefixListId: 'pl-1' },
        {
          ...rule,
          SecurityGroupRuleId: 'sgr-4',
          IpProtocol: '1',
          FromPort: 8,
          ToPort: -1,
          CidrIpv4: '0.0.0.0/0',
        },
        { ...rule, SecurityGroupRuleId: 'sgr-5', CidrIpv6: '::/0' },
        {
          GroupId: 'sg-1',
          IsEgress: true,
          SecurityGroupRuleId: 'sgr-6',
          IpProtocol: '-1',
          FromPort: -1,
          ToPort: -1,
          CidrIpv4: '0.0.0.0/0',
        },
      ],
    },
  ];
  const [folded] = topologyFromDescribe(recorded).securityGroups;
  const [listed] = topologyFromDescribe({ ...recorded, DescribeSecurityGroupRules }).securityGroups;
  const bare = (rules: readonly object[] = []) => rules.map((each) => ({ ...each, id: undefined }));
  expect(listed?.ingress.map(({ id }) => id)).toEqual(['sgr-1', 'sgr-2', 'sgr-3', 'sgr-4']);
  expect(bare(listed?.ingress)).toEqual(bare(folded?.ingress));
  expect(bare(listed?.egress)).toEqual(bare(folded?.egress));
  expect(folded?.egress).toEqual([{ protocol: 'all', peer: { kind: 'cidr', cidr: '0.0.0.0/0' } }]);
});

test('how the answers are paged says nothing', () => {
  const all = recorded.DescribeRouteTables.flatMap((page) => page.RouteTables ?? []);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: all.length }), (cut) => {
      const DescribeRouteTables = [{ RouteTables: all.slice(0, cut) }, {}, { RouteTables: all.slice(cut) }];
      expect(topologyFromDescribe({ ...recorded, DescribeRouteTables })).toEqual(
        topologyFromDescribe(recorded),
      );
    }),
  );
});
