import type { CostProfile } from '../compose/app.ts';
import { getAtt, nameTag, ref, resource, sub, zone, type Resources } from './intrinsics.ts';
import type { Plan } from './plan.ts';

/** How a cost profile lays out the network. */
export interface Layout {
  readonly zones: number;
  /** Tasks in subnets without a way in, which leave by NAT gateways. */
  readonly privateTasks: boolean;
  readonly natGateways: number;
}

const LAYOUTS: Readonly<Record<CostProfile, Layout>> = {
  affordable: { zones: 2, privateTasks: false, natGateways: 0 },
  balanced: { zones: 2, privateTasks: true, natGateways: 1 },
  'highly-available': { zones: 3, privateTasks: true, natGateways: 3 },
};

export const layoutOf = ({ app }: Plan): Layout => LAYOUTS[app.settings.profile];

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

export const publicSubnets = (layout: Layout): string[] =>
  numbers(layout.zones).map((n) => `PublicSubnet${n}`);
export const taskSubnets = (layout: Layout): string[] =>
  layout.privateTasks ? numbers(layout.zones).map((n) => `PrivateSubnet${n}`) : publicSubnets(layout);

/** What must be in place before a task can pull its image. */
export const routesOut = (layout: Layout): string[] =>
  layout.privateTasks
    ? numbers(layout.zones).map((n) => `PrivateSubnet${n}DefaultRoute`)
    : ['PublicDefaultRoute', ...publicSubnets(layout).map((subnet) => `${subnet}RouteTableAssociation`)];

/** VPC, subnets and the ways out, by the project's cost profile. The S3 gateway endpoint costs nothing and keeps pulls off the NAT. */
export function network(plan: Plan): Resources {
  const layout = layoutOf(plan);
  const zone = plan.app.settings.namespace.value;
  return {
    Vpc: resource('the network (VPC 10.0.0.0/16)', 'AWS::EC2::VPC', {
      CidrBlock: '10.0.0.0/16',
      EnableDnsSupport: true,
      EnableDnsHostnames: true,
      Tags: nameTag('vpc'),
    }),
    // Short names: the namespace is the search domain, so that `redis` is `redis.local`.
    // https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html
    DhcpOptions: resource(`the search domain ${zone}`, 'AWS::EC2::DHCPOptions', {
      DomainName: zone,
      DomainNameServers: ['AmazonProvidedDNS'],
      Tags: nameTag('dhcp'),
    }),
    DhcpOptionsAssociation: resource(
      'the search domain in the network',
      'AWS::EC2::VPCDHCPOptionsAssociation',
      {
        VpcId: ref('Vpc'),
        DhcpOptionsId: ref('DhcpOptions'),
      },
    ),
    InternetGateway: resource('the internet gateway', 'AWS::EC2::InternetGateway', { Tags: nameTag('igw') }),
    InternetGatewayAttachment: resource(
      'the internet gateway in the network',
      'AWS::EC2::VPCGatewayAttachment',
      {
        VpcId: ref('Vpc'),
        InternetGatewayId: ref('InternetGateway'),
      },
    ),
    PublicRouteTable: resource('the public route table', 'AWS::EC2::RouteTable', {
      VpcId: ref('Vpc'),
      Tags: nameTag('public'),
    }),
    PublicDefaultRoute: resource(
      'the route to the internet',
      'AWS::EC2::Route',
      {
        RouteTableId: ref('PublicRouteTable'),
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: ref('InternetGateway'),
      },
      { DependsOn: ['InternetGatewayAttachment'] },
    ),
    ...Object.assign({}, ...numbers(layout.zones).map(publicSubnet)),
    ...(layout.privateTasks ? privateSubnets(layout) : {}),
    S3Endpoint: resource('the free way to S3', 'AWS::EC2::VPCEndpoint', {
      VpcId: ref('Vpc'),
      VpcEndpointType: 'Gateway',
      ServiceName: sub('com.amazonaws.${AWS::Region}.s3'),
      RouteTableIds: layout.privateTasks
        ? numbers(layout.zones).map((n) => ref(`PrivateSubnet${n}RouteTable`))
        : [ref('PublicRouteTable')],
    }),
  };
}

const subnet = (kind: 'public' | 'private', number: number, block: number) =>
  resource(`the ${kind} subnet in zone ${number}`, 'AWS::EC2::Subnet', {
    VpcId: ref('Vpc'),
    AvailabilityZone: zone(number - 1),
    CidrBlock: `10.0.${block}.0/20`,
    Tags: nameTag(`${kind}-${number}`),
  });

function publicSubnet(number: number): Resources {
  const id = `PublicSubnet${number}`;
  return {
    [id]: subnet('public', number, (number - 1) * 16),
    [`${id}RouteTableAssociation`]: resource(
      `the routes of public subnet ${number}`,
      'AWS::EC2::SubnetRouteTableAssociation',
      { SubnetId: ref(id), RouteTableId: ref('PublicRouteTable') },
    ),
  };
}

function privateSubnets({ zones, natGateways }: Layout): Resources {
  const gateways = numbers(natGateways).map((number): Resources => ({
    [`NatGateway${number}Address`]: resource(
      `the address of NAT gateway ${number}`,
      'AWS::EC2::EIP',
      { Domain: 'vpc', Tags: nameTag(`nat-${number}`) },
      { DependsOn: ['InternetGatewayAttachment'] },
    ),
    [`NatGateway${number}`]: resource(
      `NAT gateway ${number}`,
      'AWS::EC2::NatGateway',
      {
        SubnetId: ref(`PublicSubnet${number}`),
        AllocationId: getAtt(`NatGateway${number}Address`, 'AllocationId'),
        Tags: nameTag(`nat-${number}`),
      },
      { DependsOn: ['PublicDefaultRoute', `PublicSubnet${number}RouteTableAssociation`] },
    ),
  }));
  const subnets = numbers(zones).map((number): Resources => {
    const id = `PrivateSubnet${number}`;
    return {
      [id]: subnet('private', number, 128 + (number - 1) * 16),
      [`${id}RouteTable`]: resource(`the route table of private subnet ${number}`, 'AWS::EC2::RouteTable', {
        VpcId: ref('Vpc'),
        Tags: nameTag(`private-${number}`),
      }),
      [`${id}DefaultRoute`]: resource(`the way out of private subnet ${number}`, 'AWS::EC2::Route', {
        RouteTableId: ref(`${id}RouteTable`),
        DestinationCidrBlock: '0.0.0.0/0',
        NatGatewayId: ref(`NatGateway${Math.min(number, natGateways)}`),
      }),
      [`${id}RouteTableAssociation`]: resource(
        `the routes of private subnet ${number}`,
        'AWS::EC2::SubnetRouteTableAssociation',
        { SubnetId: ref(id), RouteTableId: ref(`${id}RouteTable`) },
      ),
    };
  });
  return Object.assign({}, ...gateways, ...subnets);
}
