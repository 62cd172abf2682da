import { testRefusals } from './test-refusals.ts';

const none = 'vpc-0123456789abcdef0';
const zero = { DestinationCidrBlock: '0.0.0.0/0' };

/** Codes and words: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
testRefusals([
  [
    'a VPC above /16',
    (api) => api.CreateVpc({ CidrBlock: '10.0.0.0/15' }),
    "InvalidVpc.Range: The CIDR '10.0.0.0/15' is invalid.",
  ],
  [
    'a VPC below /28',
    (api) => api.CreateVpc({ CidrBlock: '10.0.0.0/29' }),
    "InvalidVpc.Range: The CIDR '10.0.0.0/29' is invalid.",
  ],
  [
    'a VPC of link-local addresses',
    (api) => api.CreateVpc({ CidrBlock: '169.254.0.0/20' }),
    "InvalidVpc.Range: The CIDR '169.254.0.0/20' is invalid.",
  ],
  [
    'a VPC without a block',
    (api) => api.CreateVpc({}),
    'MissingParameter: The request must contain the parameter cidrBlock',
  ],
  [
    'a VPC of no CIDR',
    (api) => api.CreateVpc({ CidrBlock: 'ten' }),
    'InvalidParameterValue: Value (ten) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
  ],
  [
    'an IPv6 VPC',
    (api) => api.CreateVpc({ CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true }),
    'UnsupportedOperation: Parameter AmazonProvidedIpv6CidrBlock (true) is not enacted in the local region',
  ],
  [
    'an unknown VPC',
    (api) => api.DescribeVpcs({ VpcIds: [none] }),
    `InvalidVpcID.NotFound: The vpc ID '${none}' does not exist`,
  ],
  [
    'an id of another kind',
    (api) => api.DescribeVpcs({ VpcIds: ['subnet-1'] }),
    'InvalidVpcID.Malformed: Invalid id: "subnet-1" (expecting "vpc-...")',
  ],
  [
    'a VPC with anything in it',
    (api, it) => api.DeleteVpc({ VpcId: it.vpcId }),
    (it) => `DependencyViolation: The vpc '${it.vpcId}' has dependencies and cannot be deleted.`,
  ],
  [
    'a VPC with a group of its own only',
    (api, it) => api.DeleteVpc({ VpcId: it.otherVpc }),
    (it) => `DependencyViolation: The vpc '${it.otherVpc}' has dependencies and cannot be deleted.`,
  ],
  [
    'two VPC attributes at once',
    (api, it) =>
      api.ModifyVpcAttribute({
        VpcId: it.vpcId,
        EnableDnsHostnames: { Value: true },
        EnableDnsSupport: { Value: true },
      }),
    'InvalidParameterCombination: Fields EnableDnsSupport and EnableDnsHostnames cannot be set in one call.',
  ],
  [
    'a subnet outside its VPC',
    (api, it) => api.CreateSubnet({ VpcId: it.vpcId, CidrBlock: '10.1.0.0/24' }),
    "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid.",
  ],
  [
    'a subnet below /28',
    (api, it) => api.CreateSubnet({ VpcId: it.vpcId, CidrBlock: '10.0.9.0/29' }),
    "InvalidSubnet.Range: The CIDR '10.0.9.0/29' is invalid.",
  ],
  [
    'a subnet over another',
    (api, it) => api.CreateSubnet({ VpcId: it.vpcId, CidrBlock: '10.0.0.128/25' }),
    "InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts with another subnet",
  ],
  [
    'a zone of another region',
    (api, it) =>
      api.CreateSubnet({ VpcId: it.vpcId, CidrBlock: '10.0.9.0/24', AvailabilityZone: 'eu-west-1a' }),
    'InvalidParameterValue: Value (eu-west-1a) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: us-east-1a, us-east-1b, us-east-1c, us-east-1d, us-east-1e, us-east-1f.',
  ],
  [
    'a subnet with an interface',
    (api, it) => api.DeleteSubnet({ SubnetId: it.subnetB }),
    (it) => `DependencyViolation: The subnet '${it.subnetB}' has dependencies and cannot be deleted.`,
  ],
  [
    'an unknown subnet',
    (api) => api.DeleteSubnet({ SubnetId: 'subnet-0' }),
    "InvalidSubnetID.NotFound: The subnet ID 'subnet-0' does not exist",
  ],
  [
    'the same route twice',
    (api, it) => api.CreateRoute({ RouteTableId: it.table, ...zero, GatewayId: it.igw }),
    'RouteAlreadyExists: The route identified by 0.0.0.0/0 already exists.',
  ],
  [
    'a route to the VPC itself',
    (api, it) =>
      api.CreateRoute({
        RouteTableId: it.table,
        DestinationCidrBlock: '10.0.0.0/16',
        NetworkInterfaceId: it.eni,
      }),
    'RouteAlreadyExists: The route identified by 10.0.0.0/16 already exists.',
  ],
  [
    'a gateway for a part of the VPC',
    (api, it) =>
      api.CreateRoute({ RouteTableId: it.table, DestinationCidrBlock: '10.0.1.0/24', GatewayId: it.igw }),
    "InvalidParameterValue: Value (10.0.1.0/24) for parameter destinationCidrBlock is invalid. It lies within the VPC's CIDR 10.0.0.0/16.",
  ],
  [
    'a route to half a subnet',
    (api, it) =>
      api.CreateRoute({
        RouteTableId: it.table,
        DestinationCidrBlock: '10.0.1.0/25',
        NetworkInterfaceId: it.eni,
      }),
    'InvalidParameterValue: Value (10.0.1.0/25) for parameter destinationCidrBlock is invalid. It is not the CIDR of a whole subnet.',
  ],
  [
    'a route to the metadata service',
    (api, it) =>
      api.CreateRoute({
        RouteTableId: it.table,
        DestinationCidrBlock: '169.254.169.254/32',
        GatewayId: it.igw,
      }),
    'InvalidParameterValue: Value (169.254.169.254/32) for parameter destinationCidrBlock is invalid. The range 169.254.168.0/22 is reserved.',
  ],
  [
    'a gateway that is not attached',
    (api, it) => api.CreateRoute({ RouteTableId: it.mainTable, ...zero, GatewayId: it.spareIgw }),
    (it) =>
      `InvalidParameterValue: route table ${it.mainTable} and network gateway ${it.spareIgw} belong to different networks`,
  ],
  [
    'a route to an unknown NAT gateway',
    (api, it) => api.CreateRoute({ RouteTableId: it.mainTable, ...zero, NatGatewayId: 'nat-0' }),
    "InvalidNatGatewayID.NotFound: The natGateway ID 'nat-0' does not exist",
  ],
  [
    'a route to a peering',
    (api, it) => api.CreateRoute({ RouteTableId: it.mainTable, ...zero, VpcPeeringConnectionId: 'pcx-1' }),
    'UnsupportedOperation: Parameter VpcPeeringConnectionId ("pcx-1") is not enacted in the local region',
  ],
  [
    'a route without a target',
    (api, it) => api.CreateRoute({ RouteTableId: it.mainTable, ...zero }),
    'MissingParameter: The request must contain the parameter gatewayId, natGatewayId or networkInterfaceId',
  ],
  [
    'replacing a route that is not there',
    (api, it) => api.ReplaceRoute({ RouteTableId: it.mainTable, ...zero, GatewayId: it.igw }),
    "InvalidParameterValue: There is no route defined for '0.0.0.0/0' in the route table. Use CreateRoute instead.",
  ],
  [
    'deleting a route that is not there',
    (api, it) => api.DeleteRoute({ RouteTableId: it.mainTable, ...zero }),
    (it) =>
      `InvalidRoute.NotFound: no route with destination-cidr-block 0.0.0.0/0 in route table ${it.mainTable}`,
  ],
  [
    'deleting the local route',
    (api, it) => api.DeleteRoute({ RouteTableId: it.table, DestinationCidrBlock: '10.0.0.0/16' }),
    (it) => `InvalidParameterValue: cannot remove local route 10.0.0.0/16 in route table ${it.table}`,
  ],
  [
    'deleting the route of an endpoint',
    (api, it) => api.DeleteRoute({ RouteTableId: it.table, DestinationPrefixListId: 'pl-63a5400a' }),
    (it) => `InvalidParameterValue: cannot remove VPC endpoint route pl-63a5400a in route table ${it.table}`,
  ],
  [
    'a table with a subnet',
    (api, it) => api.DeleteRouteTable({ RouteTableId: it.table }),
    (it) => `DependencyViolation: The routeTable '${it.table}' has dependencies and cannot be deleted.`,
  ],
  [
    'the main table',
    (api, it) => api.DeleteRouteTable({ RouteTableId: it.mainTable }),
    (it) => `DependencyViolation: The routeTable '${it.mainTable}' has dependencies and cannot be deleted.`,
  ],
  [
    'the main association',
    (api, it) => api.DisassociateRouteTable({ AssociationId: it.mainAssociation }),
    (it) =>
      `InvalidParameterValue: cannot disassociate the main route table association ${it.mainAssociation}`,
  ],
  [
    'a second table for a subnet',
    (api, it) => api.AssociateRouteTable({ RouteTableId: it.mainTable, SubnetId: it.subnetA }),
    (it) =>
      `Resource.AlreadyAssociated: the specified association for route table ${it.mainTable} conflicts with an existing association`,
  ],
  [
    'a gateway that is attached',
    (api, it) => api.AttachInternetGateway({ InternetGatewayId: it.igw, VpcId: it.otherVpc }),
    (it) => `Resource.AlreadyAssociated: resource ${it.igw} is already attached to network ${it.vpcId}`,
  ],
  [
    'a second gateway for a VPC',
    (api, it) => api.AttachInternetGateway({ InternetGatewayId: it.spareIgw, VpcId: it.vpcId }),
    (it) => `Resource.AlreadyAssociated: Network ${it.vpcId} already has an internet gateway attached`,
  ],
  [
    'detaching from the wrong VPC',
    (api, it) => api.DetachInternetGateway({ InternetGatewayId: it.igw, VpcId: it.otherVpc }),
    (it) => `Gateway.NotAttached: resource ${it.igw} is not attached to network ${it.otherVpc}`,
  ],
  [
    'detaching under a public address',
    (api, it) => api.DetachInternetGateway({ InternetGatewayId: it.igw, VpcId: it.vpcId }),
    (it) =>
      `DependencyViolation: Network ${it.vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
  ],
  [
    'an attached gateway',
    (api, it) => api.DeleteInternetGateway({ InternetGatewayId: it.igw }),
    (it) => `DependencyViolation: The internetGateway '${it.igw}' has dependencies and cannot be deleted.`,
  ],
  [
    'a public NAT gateway without an address',
    (api, it) => api.CreateNatGateway({ SubnetId: it.subnetA }),
    'MissingParameter: The request must contain the parameter allocationId',
  ],
  [
    'an unknown NAT gateway',
    (api) => api.DescribeNatGateways({ NatGatewayIds: ['nat-0'] }),
    'NatGatewayNotFound: The Nat Gateway nat-0 was not found',
  ],
  [
    'a second S3 endpoint in a table',
    (api, it) =>
      api.CreateVpcEndpoint({
        VpcId: it.vpcId,
        ServiceName: 'com.amazonaws.us-east-1.s3',
        RouteTableIds: [it.table],
      }),
    (it) =>
      `RouteAlreadyExists: route table ${it.table} already has a route with destination-prefix-list-id pl-63a5400a`,
  ],
  [
    'an endpoint for an unknown service',
    (api, it) => api.CreateVpcEndpoint({ VpcId: it.vpcId, ServiceName: 's3' }),
    "InvalidServiceName: The Vpc Endpoint Service 's3' does not exist",
  ],
  [
    'an interface endpoint',
    (api, it) =>
      api.CreateVpcEndpoint({
        VpcId: it.vpcId,
        VpcEndpointType: 'Interface',
        ServiceName: 'com.amazonaws.us-east-1.logs',
      }),
    'UnsupportedOperation: VpcEndpointType Interface (service com.amazonaws.us-east-1.logs) is not enacted in the local region',
  ],
  [
    'an endpoint policy that is no JSON',
    (api, it) =>
      api.CreateVpcEndpoint({
        VpcId: it.vpcId,
        ServiceName: 'com.amazonaws.us-east-1.s3',
        PolicyDocument: '{',
      }),
    'InvalidPolicyDocument: The policy document is not valid JSON.',
  ],
  [
    'DHCP options in use',
    (api, it) => api.DeleteDhcpOptions({ DhcpOptionsId: it.dhcp }),
    (it) => `DependencyViolation: The dhcpOptions '${it.dhcp}' has dependencies and cannot be deleted.`,
  ],
  [
    'a fifth name server',
    (api) =>
      api.CreateDhcpOptions({
        DhcpConfigurations: [
          { Key: 'domain-name-servers', Values: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4', '1.1.1.5'] },
        ],
      }),
    'InvalidParameterValue: Value (1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4, 1.1.1.5) for parameter domain-name-servers is invalid. At most four servers are allowed.',
  ],
]);
