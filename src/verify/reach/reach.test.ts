import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AclEntry, GroupRule, Topology } from '../../topology/model.ts';
import {
  aclOf,
  allowAll,
  anywhere,
  groupOf,
  local,
  placed,
  routeTo,
  subnetOf,
  tcp,
  topologyOf,
} from '../testing/topology.ts';
import { applyChange } from './apply.ts';
import { graphOf } from './graph.ts';
import type { Path, Placement, Question } from './model.ts';
import { reach } from './reach.ts';

const web = placed('web', 1, 'sg-web');
const api = placed('api', 2, 'sg-api');
const end = (placement: Placement) => ({ kind: 'placement', placement }) as const;
const internet = { kind: 'internet' } as const;
const ask = (topology: Topology, question: Partial<Question>): Path =>
  reach(graphOf(topology), { from: end(web), to: end(api), protocol: 'tcp', port: 5000, ...question });
const closed = ({ hops }: Path) =>
  hops.filter(({ passes }) => passes !== 'yes').map(({ gate, at, passes }) => `${gate} ${at} ${passes}`);
const groups = [groupOf('sg-web'), groupOf('sg-api', { ingress: [tcp(5000, 'sg-web')] })];
const open = topologyOf({ securityGroups: groups });

describe('from interface to interface', () => {
  it('asks every gate in the order of a packet', () => {
    const path = ask(open, {});
    expect(path.verdict).toBe('holds');
    expect(path.hops.map(({ gate }) => gate)).toEqual([
      'group-egress',
      'acl-egress',
      'acl-ingress',
      'group-ingress',
      'reply-acl-egress',
      'reply-acl-ingress',
    ]);
  });

  it('takes egress and ingress as two gates, and shows both where both are closed', () => {
    const shut = topologyOf({
      securityGroups: [groupOf('sg-web', { egress: [tcp(443, anywhere)] }), groupOf('sg-api')],
    });
    expect(closed(ask(shut, {}))).toEqual(['group-egress sg-web no', 'group-ingress sg-api no']);
    expect(ask(shut, {}).hops.flatMap(({ changes }) => changes)).toEqual([
      {
        kind: 'group-rule',
        groupId: 'sg-web',
        direction: 'egress',
        protocol: 'tcp',
        port: 5000,
        peer: { kind: 'group', groupId: 'sg-api' },
      },
      {
        kind: 'group-rule',
        groupId: 'sg-api',
        direction: 'ingress',
        protocol: 'tcp',
        port: 5000,
        peer: { kind: 'group', groupId: 'sg-web' },
      },
    ]);
  });

  it('lets membership alone permit nothing', () => {
    const self = (rule: GroupRule[]) => topologyOf({ securityGroups: [groupOf('sg', { ingress: rule })] });
    const both = { from: end(placed('a', 1, 'sg')), to: end(placed('b', 2, 'sg')) };
    expect(ask(self([]), both).verdict).toBe('fails');
    expect(ask(self([tcp(5000, 'sg')]), both).verdict).toBe('holds');
  });

  it('does not know which address of its subnet a task will have', () => {
    const part = topologyOf({
      securityGroups: [groupOf('sg-web'), groupOf('sg-api', { ingress: [tcp(5000, '10.0.1.0/25')] })],
    });
    expect(closed(ask(part, {}))).toEqual(['group-ingress sg-api unknown']);
    expect(ask(part, { from: end({ ...web, address: '10.0.1.9' }) }).verdict).toBe('holds');
    expect(ask(part, { from: end({ ...web, address: '10.0.1.200' }) }).verdict).toBe('fails');
  });

  it('asks network ACLs between subnets only, for replies too, and the lowest number decides', () => {
    const ingress: AclEntry[] = [
      {
        number: 90,
        action: 'deny',
        protocol: 'tcp',
        ports: { from: 40_000, to: 40_100 },
        cidr: '10.0.2.0/24',
      },
      allowAll,
    ];
    const topology = topologyOf({
      securityGroups: [...groups, groupOf('sg-near', { ingress: [tcp(5000, 'sg-web')] })],
      subnets: [subnetOf(1, { networkAclId: 'acl-2' }), subnetOf(2)],
      networkAcls: [aclOf('acl-1', [allowAll], [allowAll]), aclOf('acl-2', ingress, [allowAll])],
    });
    const path = ask(topology, {});
    expect(closed(path)).toEqual(['reply-acl-ingress acl-2 no']);
    expect(path.hops.at(-1)!.says).toBe(
      'entry 90 of acl-2 drops replies (tcp 32768-60999) from api on 40000-40100',
    );
    expect(ask(topology, { sourcePort: 50_000 }).verdict).toBe('holds');
    expect(ask(topology, { sourcePort: 40_050 }).verdict).toBe('fails');
    expect(ask(topology, { to: end(placed('near', 1, 'sg-near')) }).verdict).toBe('holds');
  });
});

describe('to the outside', () => {
  const out = { to: internet, port: 443 };
  it('needs a route, a gateway and a public address', () => {
    expect(closed(ask(open, out))).toEqual(
      ['route rtb-1 no', 'gateway web unknown'].slice(0, 1).concat('gateway web no'),
    );
    const routed = {
      ...open,
      routeTables: [{ id: 'rtb-1', vpcId: 'vpc-1', routes: [local, routeTo('internet-gateway', 'igw-1')] }],
    };
    expect(closed(ask(routed, out))).toEqual(['gateway igw-1 no']);
    expect(ask(routed, { ...out, from: end({ ...web, hasPublicAddress: true }) }).verdict).toBe('holds');
    const detached = { ...routed, internetGateways: [{ id: 'igw-1', vpcIds: [] }] };
    expect(closed(ask(detached, { ...out, from: end({ ...web, hasPublicAddress: true }) }))).toEqual([
      'gateway igw-1 no',
    ]);
  });

  it('goes by a NAT gateway where its own subnet leads out', () => {
    const nat = (routes: Topology['routeTables'][number]['routes']) =>
      topologyOf({
        securityGroups: groups,
        subnets: [subnetOf(1), subnetOf(2), subnetOf(3, { routeTableId: 'rtb-2' })],
        routeTables: [
          { id: 'rtb-1', vpcId: 'vpc-1', routes: [local, routeTo('nat-gateway', 'nat-1')] },
          { id: 'rtb-2', vpcId: 'vpc-1', routes },
        ],
        natGateways: [{ id: 'nat-1', vpcId: 'vpc-1', subnetId: 'subnet-3', state: 'available' }],
      });
    expect(ask(nat([local, routeTo('internet-gateway', 'igw-1')]), out).verdict).toBe('holds');
    expect(closed(ask(nat([local]), out))).toEqual(['gateway nat-1 no']);
    // Nothing from outside begins a connection through it.
    expect(
      ask(nat([local, routeTo('internet-gateway', 'igw-1')]), { from: internet, to: end(api) }).verdict,
    ).toBe('fails');
  });

  it('reaches an AWS service by its endpoint, whose own group decides', () => {
    const endpoint = {
      id: 'vpce-1',
      vpcId: 'vpc-1',
      kind: 'Interface',
      serviceName: 'com.amazonaws.eu-west-1.secretsmanager',
      routeTableIds: [],
      subnetIds: ['subnet-2'],
      groupIds: ['sg-ep'],
      privateDns: true,
    } as const;
    const service = { to: { kind: 'aws-service', service: 'secretsmanager' }, port: 443 } as const;
    expect(ask(open, service).verdict).toBe('fails');
    const shut = { ...open, endpoints: [endpoint], securityGroups: [...groups, groupOf('sg-ep')] };
    expect(closed(ask(shut, service))).toEqual(['group-ingress sg-ep no']);
    expect(
      ask(
        { ...shut, securityGroups: [...groups, groupOf('sg-ep', { ingress: [tcp(443, '10.0.0.0/16')] })] },
        service,
      ).verdict,
    ).toBe('holds');
    const gateway = {
      ...endpoint,
      id: 'vpce-2',
      kind: 'Gateway',
      serviceName: 'com.amazonaws.eu-west-1.s3',
      routeTableIds: ['rtb-1'],
    } as const;
    expect(
      ask({ ...open, endpoints: [gateway] }, { ...service, to: { kind: 'aws-service', service: 's3' } })
        .verdict,
    ).toBe('holds');
  });
});

describe('from the outside', () => {
  it('somebody gets in by a rule for a part of the internet', () => {
    const topology = topologyOf({
      securityGroups: [groupOf('sg-alb', { ingress: [tcp(80, '203.0.113.0/24')] })],
      routeTables: [{ id: 'rtb-1', vpcId: 'vpc-1', routes: [local, routeTo('internet-gateway', 'igw-1')] }],
    });
    const alb = { ...placed('alb', 1, 'sg-alb'), hasPublicAddress: true };
    expect(ask(topology, { from: internet, to: end(alb), port: 80 }).verdict).toBe('holds');
    expect(
      ask(topology, { from: { kind: 'address', address: '198.51.100.1' }, to: end(alb), port: 80 }).verdict,
    ).toBe('fails');
  });
});

const ports = fc.constantFrom(80, 443, 5000);
const range = fc.constantFrom(
  { from: 80, to: 80 },
  { from: 0, to: 65_535 },
  { from: 400, to: 6000 },
  { from: 32_768, to: 60_999 },
  { from: 1024, to: 65_535 },
);
const cidr = fc.constantFrom(
  '0.0.0.0/0',
  '10.0.0.0/16',
  '10.0.1.0/24',
  '10.0.2.0/24',
  '10.0.2.0/25',
  '203.0.113.0/24',
);
const peer: fc.Arbitrary<GroupRule['peer']> = fc.oneof(
  cidr.map((text) => ({ kind: 'cidr' as const, cidr: text })),
  fc.constantFrom('sg-a', 'sg-b').map((groupId) => ({ kind: 'group' as const, groupId })),
);
const rule: fc.Arbitrary<GroupRule> = fc.record({
  protocol: fc.constantFrom('tcp', 'udp', 'all'),
  ports: range,
  peer,
});
const entry: fc.Arbitrary<AclEntry> = fc.record({
  // Before the lowest number there must be room for an entry.
  number: fc.integer({ min: 20, max: 200 }),
  action: fc.constantFrom('allow', 'deny'),
  protocol: fc.constantFrom('tcp', 'all', 'udp'),
  ports: range,
  cidr,
});
const entries = fc
  .uniqueArray(entry, { maxLength: 4, selector: ({ number }) => number })
  .map((list) => list.sort((a, b) => a.number - b.number));
const aRoute = fc.constantFrom(
  routeTo('internet-gateway', 'igw-1'),
  routeTo('nat-gateway', 'nat-1'),
  routeTo('internet-gateway', 'igw-1', '203.0.113.0/24'),
);
const someRoutes = fc.uniqueArray(aRoute, { maxLength: 2, selector: ({ destination }) => destination });
const random: fc.Arbitrary<Topology> = fc
  .record({
    a: fc.record({ ingress: fc.array(rule, { maxLength: 3 }), egress: fc.array(rule, { maxLength: 3 }) }),
    b: fc.record({ ingress: fc.array(rule, { maxLength: 3 }), egress: fc.array(rule, { maxLength: 3 }) }),
    acl: fc.tuple(entries, entries),
    routes: fc.tuple(someRoutes, someRoutes),
  })
  .map(({ a, b, acl, routes }) =>
    topologyOf({
      securityGroups: [groupOf('sg-a', a), groupOf('sg-b', b)],
      subnets: [
        subnetOf(1),
        subnetOf(2, { networkAclId: 'acl-2', routeTableId: 'rtb-2' }),
        subnetOf(3, { routeTableId: 'rtb-3' }),
      ],
      networkAcls: [aclOf('acl-1', [allowAll], [allowAll]), aclOf('acl-2', acl[0], acl[1])],
      routeTables: [
        { id: 'rtb-1', vpcId: 'vpc-1', routes: [local, ...routes[0]] },
        { id: 'rtb-2', vpcId: 'vpc-1', routes: [local, ...routes[1]] },
        { id: 'rtb-3', vpcId: 'vpc-1', routes: [local, routeTo('internet-gateway', 'igw-1')] },
      ],
      natGateways: [{ id: 'nat-1', vpcId: 'vpc-1', subnetId: 'subnet-3', state: 'available' }],
    }),
  );
const place = fc
  .record({
    subnet: fc.integer({ min: 1, max: 3 }),
    group: fc.constantFrom('sg-a', 'sg-b'),
    public: fc.boolean(),
  })
  .map(({ subnet, group, public: hasPublicAddress }) =>
    end({ ...placed(`${group}-${subnet}`, subnet, group), hasPublicAddress }),
  );
const question: fc.Arbitrary<Question> = fc
  .tuple(place, fc.oneof(place, fc.constant(internet)), fc.boolean(), ports)
  .map(([one, other, turned, port]) => ({
    from: turned ? other : one,
    to: turned ? one : other,
    protocol: 'tcp' as const,
    port,
  }))
  .filter(({ from, to }) => from.kind === 'placement' || to.kind === 'placement');
const worth = { fails: 0, 'cannot-tell': 1, holds: 2 };

describe('any topology', () => {
  it('an allow rule more never closes a path, and one less never opens one', () => {
    fc.assert(
      fc.property(
        random,
        question,
        rule,
        fc.constantFrom('sg-a', 'sg-b'),
        fc.constantFrom('ingress', 'egress'),
        (topology, asked, added, id, direction) => {
          const more = {
            ...topology,
            securityGroups: topology.securityGroups.map((group) =>
              group.id === id ? { ...group, [direction]: [...group[direction as 'ingress'], added] } : group,
            ),
          };
          expect(worth[ask(more, asked).verdict]).toBeGreaterThanOrEqual(worth[ask(topology, asked).verdict]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('the order of anything does not matter', () => {
    fc.assert(
      fc.property(random, question, (topology, asked) => {
        const turned: Topology = {
          ...topology,
          subnets: topology.subnets.toReversed(),
          securityGroups: topology.securityGroups.toReversed().map((group) => ({
            ...group,
            ingress: group.ingress.toReversed(),
            egress: group.egress.toReversed(),
          })),
          networkAcls: topology.networkAcls.toReversed(),
          routeTables: topology.routeTables.map((table) => ({ ...table, routes: table.routes.toReversed() })),
        };
        expect(ask(turned, asked).verdict).toBe(ask(topology, asked).verdict);
      }),
      { numRuns: 1000 },
    );
  });

  it('a path that fails holds once its changes are made', () => {
    fc.assert(
      fc.property(random, question, (start, asked) => {
        let topology = start;
        let question = asked;
        // A route that is added may lead by another gateway with gates of its own.
        for (let round = 0; round < 6 && ask(topology, question).verdict !== 'holds'; round++)
          for (const { passes, changes } of ask(topology, question).hops) {
            if (passes === 'yes') continue;
            for (const change of changes.slice(0, 1)) {
              topology = applyChange(topology, change);
              if (change.kind === 'public-address') question = withPublicAddress(question, change.name);
            }
          }
        const path = ask(topology, question);
        expect({ verdict: path.verdict, closed: closed(path) }).toEqual({ verdict: 'holds', closed: [] });
      }),
      { numRuns: 1000 },
    );
  });
});

const withPublicAddress = (asked: Question, name: string): Question => {
  const give = (one: Question['from']) =>
    one.kind === 'placement' && one.placement.name === name
      ? end({ ...one.placement, hasPublicAddress: true })
      : one;
  return { ...asked, from: give(asked.from), to: give(asked.to) };
};
