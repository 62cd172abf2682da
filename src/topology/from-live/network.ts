import type * as ec2 from '@aws-sdk/client-ec2';
import { collect } from '../answers.ts';
import { tableOfSubnet } from '../describe/routes.ts';
import type { LiveAnswers } from './answers.ts';
import { resource, type Resource } from './resource.ts';

/** VPCs, subnets and what decides about their packets. */
export function networkFrom(answers: LiveAnswers): Resource[] {
  return [
    ...vpcs(answers),
    ...subnets(answers),
    ...routeTables(answers),
    ...acls(answers),
    ...gateways(answers),
    ...endpoints(answers),
    ...peerings(answers),
  ];
}

function vpcs(answers: LiveAnswers): Resource[] {
  const told = (id: string, name: 'EnableDnsSupport' | 'EnableDnsHostnames') =>
    answers.DescribeVpcAttribute.find(({ VpcId, [name]: value }) => VpcId === id && value)?.[name]?.Value;
  const options = collect(answers.DescribeDhcpOptions, 'DhcpOptions').map(
    ({ DhcpOptionsId = '', DhcpConfigurations = [] }) => {
      const values = (key: string) =>
        DhcpConfigurations.find(({ Key }) => Key === key)?.Values?.flatMap(({ Value }) => Value ?? []);
      return resource(DhcpOptionsId, 'AWS::EC2::DHCPOptions', {
        DomainName: values('domain-name')?.join(' '),
        DomainNameServers: values('domain-name-servers'),
      });
    },
  );
  const declared = collect(answers.DescribeVpcs, 'Vpcs').flatMap((vpc) => {
    const { VpcId: id = '', CidrBlock, CidrBlockAssociationSet = [], DhcpOptionsId } = vpc;
    const more = CidrBlockAssociationSet.filter(
      ({ CidrBlock: block, CidrBlockState }) =>
        block !== CidrBlock && CidrBlockState?.State !== 'disassociated',
    );
    return [
      resource(id, 'AWS::EC2::VPC', {
        CidrBlock,
        EnableDnsSupport: told(id, 'EnableDnsSupport'),
        EnableDnsHostnames: told(id, 'EnableDnsHostnames'),
      }),
      ...more.map(({ AssociationId = '', CidrBlock: block }) =>
        resource(AssociationId, 'AWS::EC2::VPCCidrBlock', { VpcId: id, CidrBlock: block }),
      ),
      ...(DhcpOptionsId && DhcpOptionsId !== 'default'
        ? [
            resource(`${id}/${DhcpOptionsId}`, 'AWS::EC2::VPCDHCPOptionsAssociation', {
              VpcId: id,
              DhcpOptionsId,
            }),
          ]
        : []),
    ];
  });
  return [...options, ...declared];
}

function subnets(answers: LiveAnswers): Resource[] {
  const tableOf = tableOfSubnet(collect(answers.DescribeRouteTables, 'RouteTables'));
  return collect(answers.DescribeSubnets, 'Subnets').flatMap((subnet) => {
    const { SubnetId: id = '', VpcId: vpcId = '', CidrBlock, AvailabilityZone, MapPublicIpOnLaunch } = subnet;
    const table = tableOf(id, vpcId);
    return [
      resource(id, 'AWS::EC2::Subnet', { VpcId: vpcId, CidrBlock, AvailabilityZone, MapPublicIpOnLaunch }),
      ...(table === undefined
        ? []
        : [
            resource(`${id}/${table}`, 'AWS::EC2::SubnetRouteTableAssociation', {
              SubnetId: id,
              RouteTableId: table,
            }),
          ]),
    ];
  });
}

function routeTables(answers: LiveAnswers): Resource[] {
  return collect(answers.DescribeRouteTables, 'RouteTables').flatMap((table) => {
    const { RouteTableId: id = '', VpcId, Routes = [] } = table;
    return [
      resource(id, 'AWS::EC2::RouteTable', { VpcId }),
      // The route of the VPC's own blocks is there without being written; one of a gateway endpoint is the endpoint's.
      ...Routes.filter((route) => route.GatewayId !== 'local' && !route.GatewayId?.startsWith('vpce-')).map(
        (route) =>
          resource(`${id} ${destinationOf(route)}`, 'AWS::EC2::Route', {
            RouteTableId: id,
            ...routed(route),
          }),
      ),
    ];
  });
}

const destinationOf = ({
  DestinationCidrBlock,
  DestinationPrefixListId,
  DestinationIpv6CidrBlock,
}: ec2.Route): string => DestinationCidrBlock ?? DestinationPrefixListId ?? DestinationIpv6CidrBlock ?? '';

function routed({ State: _state, Origin: _origin, ...route }: ec2.Route): Record<string, unknown> {
  // An instance as target comes with its interface, which is what packets take.
  const { InstanceId, NetworkInterfaceId, InstanceOwnerId: _owner, ...rest } = route;
  return { ...rest, ...(NetworkInterfaceId ? { NetworkInterfaceId } : InstanceId ? { InstanceId } : {}) };
}

function acls(answers: LiveAnswers): Resource[] {
  return collect(answers.DescribeNetworkAcls, 'NetworkAcls').flatMap((acl) => {
    const { NetworkAclId: id = '', VpcId, Entries = [], Associations = [] } = acl;
    return [
      resource(id, 'AWS::EC2::NetworkAcl', { VpcId }),
      // 32767 is the deny at the end, which is there without being written:
      // https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html
      ...Entries.filter(({ RuleNumber = 0 }) => RuleNumber < 32_767).map((entry) =>
        resource(
          `${id} ${entry.Egress ? 'outbound' : 'inbound'} ${entry.RuleNumber}`,
          'AWS::EC2::NetworkAclEntry',
          {
            NetworkAclId: id,
            RuleNumber: entry.RuleNumber,
            Egress: entry.Egress,
            Protocol: entry.Protocol,
            RuleAction: entry.RuleAction,
            CidrBlock: entry.CidrBlock,
            Ipv6CidrBlock: entry.Ipv6CidrBlock,
            PortRange: entry.PortRange,
            Icmp: entry.IcmpTypeCode,
          },
        ),
      ),
      ...Associations.map(({ NetworkAclAssociationId = '', SubnetId }) =>
        resource(NetworkAclAssociationId, 'AWS::EC2::SubnetNetworkAclAssociation', {
          SubnetId,
          NetworkAclId: id,
        }),
      ),
    ];
  });
}

function gateways(answers: LiveAnswers): Resource[] {
  const internet = collect(answers.DescribeInternetGateways, 'InternetGateways').flatMap(
    ({ InternetGatewayId: id = '', Attachments = [] }) => [
      resource(id, 'AWS::EC2::InternetGateway', {}),
      ...Attachments.map(({ VpcId }) =>
        resource(`${id}/${VpcId}`, 'AWS::EC2::VPCGatewayAttachment', { VpcId, InternetGatewayId: id }),
      ),
    ],
  );
  const nat = collect(answers.DescribeNatGateways, 'NatGateways')
    .filter(({ State }) => State !== 'deleted' && State !== 'failed')
    .map(({ NatGatewayId: id = '', SubnetId, ConnectivityType }) =>
      resource(id, 'AWS::EC2::NatGateway', { SubnetId, ConnectivityType }),
    );
  return [...internet, ...nat];
}

function endpoints(answers: LiveAnswers): Resource[] {
  return collect(answers.DescribeVpcEndpoints, 'VpcEndpoints').map((endpoint) =>
    resource(endpoint.VpcEndpointId ?? '', 'AWS::EC2::VPCEndpoint', {
      VpcId: endpoint.VpcId,
      VpcEndpointType: endpoint.VpcEndpointType,
      ServiceName: endpoint.ServiceName,
      RouteTableIds: endpoint.RouteTableIds,
      SubnetIds: endpoint.SubnetIds,
      SecurityGroupIds: endpoint.Groups?.flatMap(({ GroupId }) => GroupId ?? []),
      PrivateDnsEnabled: endpoint.PrivateDnsEnabled,
    }),
  );
}

function peerings(answers: LiveAnswers): Resource[] {
  return collect(answers.DescribeVpcPeeringConnections, 'VpcPeeringConnections')
    .filter(({ Status }) => Status?.Code === 'active')
    .map(({ VpcPeeringConnectionId: id = '', RequesterVpcInfo, AccepterVpcInfo }) =>
      resource(id, 'AWS::EC2::VPCPeeringConnection', {
        VpcId: RequesterVpcInfo?.VpcId,
        PeerVpcId: AccepterVpcInfo?.VpcId,
      }),
    );
}
