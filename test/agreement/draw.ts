import fc from 'fast-check';
import { canonicalCidr, formatAddress, parseCidr } from '../../src/topology/cidr.ts';
import {
  defaultAclOf,
  defaultGroupOf,
  type Design,
  type DesignedEntry,
  type DesignedGroup,
  type DesignedInterface,
  type DesignedRoute,
  type DesignedRule,
  gatewayOf,
  type Ports,
} from './design.ts';

/** Ports just inside and outside of what is asked, in order. */
const EDGES = [0, 1, 1023, 4999, 5000, 5001, 5002, 6999, 7000, 7001, 65_535];
const ACL_EDGES = [0, 1024, 5000, 5001, 7000, 7001, 32_767, 32_768, 45_000, 45_001, 60_999, 61_000, 65_535];

const portsAmong = (edges: readonly number[]): fc.Arbitrary<Ports> =>
  fc.oneof(
    fc.constant({ from: 0, to: 65_535 }),
    fc.constantFrom({ from: 5000, to: 5000 }, { from: 5000, to: 5001 }, { from: 7000, to: 7000 }),
    fc
      .tuple(fc.constantFrom(...edges), fc.constantFrom(...edges))
      .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })),
  );
const BLOCKS = ['any', 'vpc', 'subnet', 'host', 'near', 'outside', 'half', 'ten'] as const;
const block = fc.record({ kind: fc.constantFrom(...BLOCKS), index: fc.nat(20) });
type Block = typeof block extends fc.Arbitrary<infer T> ? T : never;
const index = fc.nat(30);
const rule = fc.record({
  protocol: fc.constantFrom('tcp', 'tcp', 'tcp', 'udp', 'udp', '-1', '6', '17', 'icmp', '50'),
  ports: portsAmong(EDGES),
  peer: fc.oneof(fc.record({ kind: fc.constant('group' as const), index }), block),
  apart: fc.boolean(),
});
const EVERYTHING = {
  protocol: '-1',
  ports: { from: 0, to: 65_535 },
  peer: { kind: 'any', index: 0 },
  apart: false,
} as const;
type Rule = typeof rule extends fc.Arbitrary<infer T> ? T : never;
const entry = fc.record({
  number: fc.integer({ min: 1, max: 300 }),
  egress: fc.boolean(),
  action: fc.constantFrom('allow' as const, 'deny' as const),
  protocol: fc.constantFrom('6', '6', '6', '17', '17', '-1', '1', '50'),
  block,
  ports: portsAmong(ACL_EDGES),
});
type Entry = typeof entry extends fc.Arbitrary<infer T> ? T : never;
const entries = fc.uniqueArray(entry, {
  maxLength: 6,
  selector: ({ number, egress }) => `${number} ${egress}`,
});

const LAST = [
  { protocol: '-1', ports: { from: 0, to: 65_535 } },
  { protocol: '-1', ports: { from: 0, to: 65_535 } },
  { protocol: '6', ports: { from: 1024, to: 65_535 } },
  { protocol: '6', ports: { from: 5000, to: 60_999 } },
  { protocol: '6', ports: { from: 1024, to: 61_000 } },
  undefined,
] as const;

const draws = fc.record({
  /** Both VPCs have one block: what is in one cannot be meant in the other. */
  sameBlock: fc.boolean(),
  /** The first two subnets of a VPC are private and public, as most are: one behind a NAT gateway in the other. */
  behindNat: fc.boolean(),
  vpcs: fc.array(
    fc.record({
      gateway: fc.constantFrom(true, true, false),
      denied: entries,
      group: fc.array(rule, { maxLength: 1 }),
    }),
    {
      minLength: 1,
      maxLength: 2,
    },
  ),
  subnets: fc.array(
    fc.record({
      vpc: fc.nat(1),
      prefix: fc.constantFrom(24, 28, 20),
      table: fc.option(index, { freq: 6 }),
      acl: fc.option(index, { freq: 2 }),
    }),
    { minLength: 2, maxLength: 4 },
  ),
  tables: fc.array(
    fc.record({
      vpc: fc.nat(1),
      routes: fc.array(
        fc.record({ destination: fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 5, 6), target: index }),
        { maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  acls: fc.array(
    fc.record({
      vpc: fc.nat(1),
      entries,
      /** What is let in behind all entries, and out: everything, or what clients of some kind are answered on. */
      lastIn: fc.constantFrom(...LAST),
      lastOut: fc.constantFrom(...LAST),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  groups: fc.array(
    fc.record({
      vpc: fc.nat(1),
      /** Lets everything in besides, so that what lies behind its gate decides. */
      wide: fc.boolean(),
      ingress: fc.array(rule, { minLength: 1, maxLength: 4 }),
      egress: fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(rule, { maxLength: 3 }) },
      ),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  interfaces: fc.array(
    fc.record({
      subnet: index,
      host: fc.nat(10),
      groups: fc.array(index, { maxLength: 3 }),
      elastic: fc.boolean(),
    }),
    { minLength: 3, maxLength: 8 },
  ),
  nats: fc.array(fc.record({ subnet: index, isPrivate: fc.constantFrom(false, false, false, true) }), {
    maxLength: 2,
  }),
});
type Draws = typeof draws extends fc.Arbitrary<infer T> ? T : never;

/** Networks of all shapes; they shrink towards few and plain parts. */
export const designs: fc.Arbitrary<Design> = draws.map(designOf);

const DESTINATIONS = [
  '0.0.0.0/0',
  '203.0.113.0/24',
  '203.0.113.8/29',
  '198.51.100.0/24',
  '128.0.0.0/1',
  '10.200.0.0/16',
  '203.0.113.10/32',
];

function designOf(drawn: Draws): Design {
  const vpcs = drawn.vpcs.map(({ gateway }, at) => ({
    id: `Vpc${at}`,
    cidr: drawn.sameBlock ? '10.1.0.0/16' : `10.${at + 1}.0.0/16`,
    gateway: gateway || drawn.behindNat,
  }));
  const vpcAt = (at: number) => pick(vpcs, at)!;
  const subnets = drawn.subnets.map(({ vpc, prefix }, at) => {
    const { id: vpcId, cidr } = vpcAt(vpc);
    return { id: `Subnet${at}`, vpcId, cidr: `${cidr.split('.', 2).join('.')}.${at * 16}.0/${prefix}` };
  });
  const gatewayIn = (vpcId: string) => vpcs.some(({ id, gateway }) => id === vpcId && gateway);
  const nats = drawn.nats.flatMap(({ subnet, isPrivate }, at) => {
    const { id: subnetId, vpcId } = pick(subnets, subnet)!;
    return isPrivate || gatewayIn(vpcId) ? [{ id: `Nat${at}`, subnetId, vpcId, isPrivate }] : [];
  });
  const tables = drawn.tables.map(({ vpc, routes }, at) => {
    const { id: vpcId, gateway } = vpcAt(vpc);
    const targets = [
      ...(gateway ? [{ kind: 'internet-gateway', id: gatewayOf(vpcId) } as const] : []),
      ...nats.flatMap((nat) => (nat.vpcId === vpcId ? [{ kind: 'nat-gateway', id: nat.id } as const] : [])),
    ];
    const placed = routes.flatMap(({ destination, target }) => {
      const to = pick(targets, target);
      return to ? [{ destination: DESTINATIONS[destination]!, target: to }] : [];
    });
    return { id: `Table${at}`, vpcId, routes: uniqueBy(placed, ({ destination }) => destination) };
  });
  const inside = drawn.behindNat ? natPairs(vpcs, subnets) : [];
  const interfaces = interfacesOf(drawn, subnets, gatewayIn);
  const blockOf = (vpcId: string, { kind, index }: Block): string => {
    const own = subnets.filter((subnet) => subnet.vpcId === vpcId);
    const host = pick(interfaces, index)!.address;
    switch (kind) {
      case 'any':
        return '0.0.0.0/0';
      case 'vpc':
        return vpcs.find(({ id }) => id === vpcId)!.cidr;
      case 'subnet':
        return pick(own, index)?.cidr ?? '0.0.0.0/0';
      case 'host':
        return `${host}/32`;
      case 'near':
        return canonicalCidr(`${host}/${[29, 30, 31][index % 3]}`)!;
      case 'outside':
        return pick(['203.0.113.10/32', '203.0.113.0/24', '198.51.100.20/32', '198.51.100.16/28'], index)!;
      case 'half':
        return index % 2 === 0 ? '0.0.0.0/1' : '128.0.0.0/1';
      case 'ten':
        return '10.0.0.0/8';
    }
  };
  const entryOf = (vpcId: string, { block: from, ...rest }: Entry): DesignedEntry => ({
    ...rest,
    cidr: blockOf(vpcId, from),
  });
  const acls = [
    ...drawn.acls.map(({ vpc, entries, lastIn, lastOut }, at) => {
      const vpcId = vpcAt(vpc).id;
      const last = (egress: boolean, kind: (typeof LAST)[number]): DesignedEntry[] =>
        kind === undefined ? [] : [{ number: 400, egress, action: 'allow', cidr: '0.0.0.0/0', ...kind }];
      return {
        id: `Acl${at}`,
        vpcId,
        entries: [
          ...entries.map((one) => entryOf(vpcId, one)),
          ...last(false, lastIn),
          ...last(true, lastOut),
        ],
      };
    }),
    ...vpcs.map(({ id }, at) => ({
      id: defaultAclOf(id),
      vpcId: id,
      entries: drawn.vpcs[at]!.denied.slice(0, 1).flatMap((one) =>
        one.number === 100 ? [] : [entryOf(id, one)],
      ),
    })),
  ];
  return {
    vpcs,
    subnets: subnets.map((subnet, at) => {
      const { table, acl } = drawn.subnets[at]!;
      const drawnTable = table === null ? undefined : pick(inVpc(tables, subnet.vpcId), table)?.id;
      const tableId = inside.find(({ of }) => of === subnet.id)?.table.id ?? drawnTable;
      const named = acls.filter(({ id }) => !id.includes('.'));
      const aclId = acl === null ? undefined : pick(inVpc(named, subnet.vpcId), acl)?.id;
      return { ...subnet, ...(tableId ? { tableId } : {}), ...(aclId ? { aclId } : {}) };
    }),
    tables: [...tables, ...inside.map(({ table }) => table)],
    acls,
    groups: groupsOf(drawn, vpcs, blockOf),
    interfaces,
    nats: [
      ...nats.map(({ id, subnetId, isPrivate }) => ({ id, subnetId, isPrivate })),
      ...inside.flatMap(({ nat }) => nat ?? []),
    ],
  };
}

/** Tables and NAT gateway for the first two subnets of each VPC. */
function natPairs(
  vpcs: Design['vpcs'],
  subnets: readonly { readonly id: string; readonly vpcId: string }[],
): readonly {
  readonly of: string;
  readonly table: Design['tables'][number];
  readonly nat?: Design['nats'][number];
}[] {
  return vpcs.flatMap(({ id: vpcId }) => {
    const [hidden, open] = inVpc(subnets, vpcId);
    if (!hidden || !open) return [];
    const nat = { id: `${vpcId}Nat`, subnetId: open.id, isPrivate: false };
    const table = (id: string, target: DesignedRoute['target']) => ({
      id,
      vpcId,
      routes: [{ destination: '0.0.0.0/0', target }],
    });
    return [
      { of: hidden.id, table: table(`${vpcId}Hidden`, { kind: 'nat-gateway', id: nat.id }) },
      { of: open.id, table: table(`${vpcId}Open`, { kind: 'internet-gateway', id: gatewayOf(vpcId) }), nat },
    ];
  });
}

function interfacesOf(
  drawn: Draws,
  subnets: readonly { readonly id: string; readonly vpcId: string; readonly cidr: string }[],
  gatewayIn: (vpcId: string) => boolean,
): DesignedInterface[] {
  const placed = drawn.interfaces.map(({ subnet, host, groups, elastic }, at) => {
    const { id: subnetId, vpcId, cidr } = pick(subnets, subnet)!;
    const own = drawn.groups.flatMap(({ vpc }, group) =>
      pick(drawn.vpcs, vpc) && `Vpc${vpc % drawn.vpcs.length}` === vpcId ? [`Group${group}`] : [],
    );
    return {
      id: `Interface${at}`,
      vpcId,
      subnetId,
      address: formatAddress(parseCidr(cidr)!.first + 4 + host),
      groupIds: [...new Set(groups.flatMap((group) => pick(own, group) ?? []))],
      elastic: elastic && gatewayIn(vpcId),
    };
  });
  return uniqueBy(placed, ({ subnetId, address }) => `${subnetId} ${address}`);
}

function groupsOf(
  drawn: Draws,
  vpcs: Design['vpcs'],
  blockOf: (vpcId: string, block: Block) => string,
): DesignedGroup[] {
  const ids = drawn.groups.map(({ vpc }, at) => ({
    id: `Group${at}`,
    vpcId: `Vpc${vpc % drawn.vpcs.length}`,
  }));
  const rulesOf = (vpcId: string, rules: readonly Rule[]): DesignedRule[] => {
    const own = [...inVpc(ids, vpcId).map(({ id }) => id), defaultGroupOf(vpcId)];
    const made = rules.map(({ protocol, ports, peer, apart }): DesignedRule => ({
      protocol,
      ports: protocol === 'icmp' ? { from: -1, to: -1 } : ports,
      peer:
        peer.kind === 'group'
          ? { kind: 'group', groupId: pick(own, peer.index)! }
          : { kind: 'cidr', cidr: blockOf(vpcId, peer) },
      apart,
    }));
    // The same rule twice is an error: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
    return uniqueBy(made, sameRule);
  };
  return [
    ...ids.map(({ id, vpcId }, at) => {
      const { wide, ingress, egress } = drawn.groups[at]!;
      const out = rulesOf(vpcId, egress);
      // Without an inline rule a template keeps the one that lets everything out.
      return {
        id,
        vpcId,
        isDefault: false,
        ingress: rulesOf(vpcId, wide ? [...ingress, EVERYTHING] : ingress),
        egress: out.map((one, place) => (place === 0 ? { ...one, apart: false } : one)),
      };
    }),
    ...vpcs.map(({ id }, at) => ({
      id: defaultGroupOf(id),
      vpcId: id,
      isDefault: true,
      ingress: rulesOf(id, drawn.vpcs[at]!.group)
        .map((one) => ({ ...one, apart: true }))
        .filter((one) => one.protocol !== '-1'),
      egress: [],
    })),
  ];
}

function sameRule({ protocol, ports, peer }: DesignedRule): string {
  const name = { '6': 'tcp', '17': 'udp' }[protocol] ?? protocol;
  return `${name} ${['tcp', 'udp'].includes(name) ? `${ports.from}-${ports.to}` : ''} ${JSON.stringify(peer)}`;
}
const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)];
const inVpc = <T extends { readonly vpcId: string }>(list: readonly T[], vpcId: string): T[] =>
  list.filter((each) => each.vpcId === vpcId);
function uniqueBy<T>(list: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(list.toReversed().map((item) => [keyOf(item), item] as const)).values()].toReversed();
}
