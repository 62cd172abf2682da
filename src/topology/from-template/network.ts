import { canonicalCidr } from '../cidr.ts';
import type {
  AclEntry,
  InternetGateway,
  NatGateway,
  NetworkAcl,
  Peering,
  PrefixList,
  Route,
  RouteTable,
  Subnet,
  Vpc,
  VpcEndpoint,
} from '../model.ts';
import { type Declared, isUnknown, known, type Value } from '../system.ts';
import { ofType } from './declared.ts';
import { idText, untold } from './given.ts';
import { idOf, type Reader, readerOf } from './values.ts';

type Resources = ReadonlyMap<string, Declared>;

export function vpcsOf(resources: Resources): Vpc[] {
  const more = ofType(resources, 'AWS::EC2::VPCCidrBlock').map(readerOf);
  return ofType(resources, 'AWS::EC2::VPC').map((declared) => {
    const read = readerOf(declared);
    const blocks = [read, ...more.filter((block) => known(block.id('VpcId')) === declared.id)];
    const dhcp = ofType(resources, 'AWS::EC2::VPCDHCPOptionsAssociation')
      .map(readerOf)
      .find((association) => known(association.id('VpcId')) === declared.id);
    const options = resources.get(known(dhcp?.id('DhcpOptionsId')) ?? '');
    const settings = options && readerOf(options);
    return {
      id: declared.id,
      cidrs: blocks.flatMap((block) => canonicalCidr(known(block.text('CidrBlock')) ?? '') ?? []),
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-vpc.html
      dnsSupport: known(read.flag('EnableDnsSupport')) ?? true,
      dnsHostnames: known(read.flag('EnableDnsHostnames')) ?? false,
      dhcp: {
        domainNames: (known(settings?.text('DomainName')) ?? '').split(' ').filter(Boolean),
        nameServers: [...(known(settings?.texts('DomainNameServers')) ?? ['AmazonProvidedDNS'])],
      },
    };
  });
}

export function subnetsOf(resources: Resources): Subnet[] {
  const tables = ofType(resources, 'AWS::EC2::SubnetRouteTableAssociation').map(readerOf);
  const acls = ofType(resources, 'AWS::EC2::SubnetNetworkAclAssociation').map(readerOf);
  const of = (associations: readonly Reader[], subnet: string, key: string) => {
    const own = associations.find((association) => known(association.id('SubnetId')) === subnet);
    if (own) return idText(own.id(key));
    // Whose subnet is not known, it may be this one's.
    for (const association of associations) {
      const why = untold(resources, 'AWS::EC2::Subnet', association.id('SubnetId'));
      if (why !== undefined) return `(${why})`;
    }
    return undefined;
  };
  return ofType(resources, 'AWS::EC2::Subnet').flatMap((declared): Subnet[] => {
    const read = readerOf(declared);
    const cidr = canonicalCidr(known(read.text('CidrBlock')) ?? '');
    const vpcId = idText(read.id('VpcId')) ?? '(unknown VPC)';
    if (cidr === undefined) return [];
    return [
      {
        id: declared.id,
        vpcId,
        cidr,
        zone: zoneOf(read),
        // https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
        routeTableId: of(tables, declared.id, 'RouteTableId') ?? `${vpcId}.MainRouteTable`,
        networkAclId: of(acls, declared.id, 'NetworkAclId') ?? `${vpcId}.DefaultNetworkAcl`,
        origin: declared.origin,
      },
    ];
  });
}

/** The zone's name, else what stands in its place: equal expressions are one zone. */
function zoneOf(read: Reader): string {
  const raw = read.raw('AvailabilityZone') ?? read.raw('AvailabilityZoneId');
  const text = known(read.text('AvailabilityZone')) ?? known(read.text('AvailabilityZoneId'));
  return (
    text ?? (raw === undefined ? `(chosen by AWS for ${String(read.origin.path[1])})` : JSON.stringify(raw))
  );
}

export function routeTablesOf(resources: Resources, vpcs: readonly Vpc[]): RouteTable[] {
  const routes = ofType(resources, 'AWS::EC2::Route');
  const anybodys = routes.flatMap((route) => {
    const why = untold(resources, 'AWS::EC2::RouteTable', readerOf(route).id('RouteTableId'));
    return why === undefined ? [] : routeOf({ ...route, uncertain: why });
  });
  /** With the routes that may be a table's, where it has none of its own to there. */
  const possible = (own: readonly Route[]): readonly Route[] => [
    ...own,
    ...anybodys.filter(({ destination }) => !own.some((route) => route.destination === destination)),
  ];
  const localRoutes = (vpcId: string): Route[] =>
    (vpcs.find(({ id }) => id === vpcId)?.cidrs ?? []).map((destination) => ({
      destination,
      target: { kind: 'local' },
      state: 'active',
    }));
  const written = ofType(resources, 'AWS::EC2::RouteTable').map((declared): RouteTable => {
    const vpcId = idText(readerOf(declared).id('VpcId')) ?? '(unknown VPC)';
    const own = routes.filter((route) => known(readerOf(route).id('RouteTableId')) === declared.id);
    return {
      id: declared.id,
      vpcId,
      routes: possible([...localRoutes(vpcId), ...own.flatMap(routeOf)]),
      origin: declared.origin,
    };
  });
  const main = vpcs.map(({ id }) => ({
    id: `${id}.MainRouteTable`,
    vpcId: id,
    routes: possible(localRoutes(id)),
  }));
  return [...written, ...main];
}

const TARGETS = [
  ['GatewayId', 'internet-gateway'],
  ['NatGatewayId', 'nat-gateway'],
  ['NetworkInterfaceId', 'network-interface'],
  ['VpcPeeringConnectionId', 'peering'],
  ['VpcEndpointId', 'other'],
  ['TransitGatewayId', 'other'],
  ['InstanceId', 'other'],
  ['EgressOnlyInternetGatewayId', 'other'],
  ['CarrierGatewayId', 'other'],
  ['LocalGatewayId', 'other'],
  ['CoreNetworkArn', 'other'],
] as const;

function routeOf(declared: Declared): Route[] {
  const read = readerOf(declared);
  const destination = read.text('DestinationCidrBlock') ?? read.id('DestinationPrefixListId');
  // IPv6 has a graph of its own, which is not modelled.
  if (destination === undefined) return [];
  const [key, kind] = TARGETS.find(([name]) => read.raw(name) !== undefined) ?? [undefined, 'other'];
  const id = key === undefined ? undefined : idOf(read.raw(key));
  const open = [destination, id].find(isUnknown)?.unknown ?? declared.uncertain;
  return [
    {
      destination: known(destination) ?? '0.0.0.0/0',
      target: { kind, id: known(id) ?? `(${isUnknown(id) ? id.unknown : 'no target'})` },
      state: 'active',
      origin: declared.origin,
      ...(open === undefined ? {} : { uncertain: open }),
    },
  ];
}

export function aclsOf(resources: Resources, vpcs: readonly Vpc[]): NetworkAcl[] {
  const entries = ofType(resources, 'AWS::EC2::NetworkAclEntry');
  const of = (id: string, egress: boolean): AclEntry[] =>
    entries
      .flatMap((entry) => {
        const read = readerOf(entry);
        if ((known(read.flag('Egress')) ?? false) !== egress) return [];
        const acl = read.id('NetworkAclId');
        const why = untold(resources, 'AWS::EC2::NetworkAcl', acl);
        if (why !== undefined) return entryOf({ ...entry, uncertain: why });
        return known(acl) === id ? entryOf(entry) : [];
      })
      .sort((a, b) => a.number - b.number);
  const written = ofType(resources, 'AWS::EC2::NetworkAcl').map((declared): NetworkAcl => ({
    id: declared.id,
    vpcId: idText(readerOf(declared).id('VpcId')) ?? '(unknown VPC)',
    ingress: of(declared.id, false),
    egress: of(declared.id, true),
    origin: declared.origin,
  }));
  // https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
  const all: AclEntry = { number: 100, action: 'allow', protocol: 'all', cidr: '0.0.0.0/0' };
  const defaults = vpcs.map(({ id }): NetworkAcl => {
    const own = `${id}.DefaultNetworkAcl`;
    const with100 = (egress: boolean) => [all, ...of(own, egress)].sort((a, b) => a.number - b.number);
    return { id: own, vpcId: id, ingress: with100(false), egress: with100(true) };
  });
  return [...written, ...defaults];
}

function entryOf(declared: Declared): AclEntry[] {
  const read = readerOf(declared);
  const cidr = read.text('CidrBlock');
  if (cidr === undefined) return [];
  const protocol = read.text('Protocol') ?? '-1';
  const names: Readonly<Record<string, string>> = { '-1': 'all', '6': 'tcp', '17': 'udp', '1': 'icmp' };
  const range = read.part('PortRange');
  const icmp = read.part('Icmp');
  const [from, to] = [known(range?.number('From')), known(range?.number('To'))];
  const [kind, code] = [known(icmp?.number('Type')), known(icmp?.number('Code'))];
  const number = read.number('RuleNumber');
  const action = read.text('RuleAction');
  const open = [cidr, protocol, number, action].find(isUnknown)?.unknown ?? declared.uncertain;
  const name = names[known(protocol) ?? ''] ?? known(protocol) ?? 'all';
  return [
    {
      number: known(number) ?? 0,
      action: known(action)?.toLowerCase() === 'deny' ? 'deny' : 'allow',
      protocol: name,
      cidr: canonicalCidr(known(cidr) ?? '') ?? '0.0.0.0/0',
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
      ...(from !== undefined && ['tcp', 'udp'].includes(name) ? { ports: { from, to: to ?? from } } : {}),
      ...(kind !== undefined && name === 'icmp' ? { ports: { from: kind, to: code ?? -1 } } : {}),
      origin: declared.origin,
      ...(open === undefined ? {} : { uncertain: open }),
    },
  ];
}

export function internetGatewaysOf(resources: Resources): InternetGateway[] {
  const attachments = ofType(resources, 'AWS::EC2::VPCGatewayAttachment').map(readerOf);
  return ofType(resources, 'AWS::EC2::InternetGateway').map(({ id }) => ({
    id,
    vpcIds: attachments
      .filter((attachment) => known(attachment.id('InternetGatewayId')) === id)
      .flatMap((attachment) => idText(attachment.id('VpcId')) ?? []),
  }));
}

export function natGatewaysOf(resources: Resources, subnets: readonly Subnet[]): NatGateway[] {
  return ofType(resources, 'AWS::EC2::NatGateway').map((declared) => {
    const read = readerOf(declared);
    const subnetId = idText(read.id('SubnetId')) ?? '(no subnet)';
    return {
      id: declared.id,
      vpcId: subnets.find(({ id }) => id === subnetId)?.vpcId ?? '(unknown VPC)',
      subnetId,
      state: 'available',
      connectivity: known(read.text('ConnectivityType')) === 'private' ? 'private' : 'public',
      origin: declared.origin,
    };
  });
}

export function endpointsOf(resources: Resources): VpcEndpoint[] {
  return ofType(resources, 'AWS::EC2::VPCEndpoint').flatMap((declared): VpcEndpoint[] => {
    const read = readerOf(declared);
    const kind = known(read.text('VpcEndpointType')) ?? 'Gateway';
    if (kind !== 'Gateway' && kind !== 'Interface') return [];
    return [
      {
        id: declared.id,
        vpcId: idText(read.id('VpcId')) ?? '(unknown VPC)',
        kind,
        serviceName: serviceName(read),
        routeTableIds: listOr(read.ids('RouteTableIds')),
        subnetIds: listOr(read.ids('SubnetIds')),
        groupIds: listOr(read.ids('SecurityGroupIds')),
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
        privateDns: known(read.flag('PrivateDnsEnabled')) ?? false,
        hasPolicy: read.raw('PolicyDocument') !== undefined,
        origin: declared.origin,
      },
    ];
  });
}

/** What is not known stands for itself, so that it is not taken for none. */
const listOr = (list: Value<readonly string[]> | undefined): readonly string[] =>
  list === undefined ? [] : isUnknown(list) ? [`(${list.unknown})`] : list;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-prefixlist.html */
export function prefixListsOf(resources: Resources): PrefixList[] {
  return ofType(resources, 'AWS::EC2::PrefixList').flatMap((declared): PrefixList[] => {
    const read = readerOf(declared);
    if (!Array.isArray(read.raw('Entries') ?? [])) return [];
    const cidrs = read.items('Entries').map((entry) => known(entry.text('Cidr')));
    const all = cidrs.filter((cidr) => cidr !== undefined);
    if (all.length < cidrs.length) return [];
    return [{ id: declared.id, name: known(read.text('PrefixListName')) ?? declared.id, cidrs: all }];
  });
}

/** Its last part is what matters, and is written out even where the region is not known. */
function serviceName(read: Reader): string {
  const text = known(read.text('ServiceName'));
  if (text !== undefined) return text;
  const parts = JSON.stringify(read.raw('ServiceName') ?? '').match(
    /[a-z0-9-]+(?:\.[a-z0-9-]+)*(?="?[\]},]*$)/,
  );
  return `com.amazonaws.(region).${parts?.[0] ?? '(unknown)'}`;
}

export function peeringsOf(resources: Resources): Peering[] {
  return ofType(resources, 'AWS::EC2::VPCPeeringConnection').map((declared) => {
    const read = readerOf(declared);
    return {
      id: declared.id,
      vpcIds: [idText(read.id('VpcId')) ?? '(unknown VPC)', idText(read.id('PeerVpcId')) ?? '(unknown VPC)'],
      active: true,
    };
  });
}
