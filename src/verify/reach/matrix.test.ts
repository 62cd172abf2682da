import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupRule, Topology } from '../../topology/model.ts';
import type { Party } from '../ends.ts';
import { groupOf, local, placed, routeTo, tcp, topologyOf } from '../testing/topology.ts';
import { graphOf } from './graph.ts';
import { INTERNET, openPaths } from './matrix.ts';
import type { End } from './model.ts';
import { reach } from './reach.ts';

const party = (
  id: string,
  ports: readonly number[],
  subnets: readonly number[],
  ...groups: string[]
): Party => ({
  kind: 'service',
  id,
  name: id,
  ports,
  placements: subnets.map((subnet) => ({ ...placed(id, subnet, ...groups), hasPublicAddress: true })),
});
const byId = (parties: readonly Party[]) => new Map(parties.map((one) => [one.id, one]));
const lines = (topology: Topology, parties: readonly Party[]) =>
  openPaths(graphOf(topology), byId(parties)).map(
    ({ from, to, port, everywhere }) => `${from} ${to} ${port}${everywhere ? '' : ' in part'}`,
  );

describe('what is open', () => {
  const groups = [
    groupOf('sg-web', { ingress: [tcp(80, '0.0.0.0/0')] }),
    groupOf('sg-api', { ingress: [tcp(5000, 'sg-web')] }),
    groupOf('sg-db', { ingress: [tcp(5432, '10.0.2.0/24')] }),
  ];
  const parties = [
    party('web', [80], [1, 2], 'sg-web'),
    party('api', [5000, 9000], [2], 'sg-api'),
    { ...party('db', [5432], [1], 'sg-db'), kind: 'database' as const },
  ];

  it('is told by who, to whom, on which port, and whether from everywhere', () => {
    const routed = topologyOf({
      securityGroups: groups,
      routeTables: [{ id: 'rtb-1', vpcId: 'vpc-1', routes: [local, routeTo('internet-gateway', 'igw-1')] }],
    });
    expect(lines(routed, parties)).toEqual([
      'internet web 80',
      'api web 80',
      'web api 5000',
      'web db 5432 in part',
      'api db 5432',
    ]);
  });

  it('is nothing from outside where no route leads in', () => {
    expect(lines(topologyOf({ securityGroups: groups }), parties)).not.toContain('internet web 80');
  });

  it('goes through a load balancer without groups', () => {
    const bare: Party = {
      ...party('nlb', [80], [1]),
      placements: [{ ...placed('nlb', 1), unfiltered: true, hasPublicAddress: true }],
    };
    expect(lines(topologyOf({ securityGroups: groups }), [bare, parties[0]!])).toContain('web nlb 80');
  });
});

const peer = fc.constantFrom(
  'sg-0',
  'sg-1',
  'sg-2',
  '10.0.1.0/24',
  '10.0.0.0/16',
  '0.0.0.0/0',
  '203.0.113.0/24',
);
const rules: fc.Arbitrary<GroupRule[]> = fc.array(
  fc.tuple(fc.constantFrom(80, 443), peer).map(([port, from]) => tcp(port, from)),
  { maxLength: 3 },
);

it('is what asking for every pair tells', () => {
  fc.assert(
    fc.property(
      fc.tuple(rules, rules, rules),
      fc.array(fc.constantFrom(1, 2), { minLength: 4, maxLength: 4 }),
      (all, where) => {
        const graph = graphOf(
          topologyOf({
            securityGroups: all.map((ingress, index) => groupOf(`sg-${index}`, { ingress })),
            routeTables: [
              { id: 'rtb-1', vpcId: 'vpc-1', routes: [local, routeTo('internet-gateway', 'igw-1')] },
            ],
          }),
        );
        const parties = where.map((subnet, index) =>
          party(`p${index}`, [80, 443], [subnet], `sg-${index % 3}`),
        );
        const ends: (readonly [string, End])[] = [
          [INTERNET, { kind: 'internet' }],
          ...parties.map(
            ({ id, placements }) => [id, { kind: 'placement', placement: placements[0]! }] as const,
          ),
        ];
        const every = ends.flatMap(([from, sender]) =>
          ends.flatMap(([to, receiver]) =>
            from === to || to === INTERNET
              ? []
              : [80, 443]
                  .filter(
                    (port) =>
                      reach(graph, { from: sender, to: receiver, protocol: 'tcp', port }).verdict === 'holds',
                  )
                  .map((port) => `${from} ${to} ${port}`),
          ),
        );
        const found = openPaths(graph, byId(parties)).map(({ from, to, port }) => `${from} ${to} ${port}`);
        expect(found.sort()).toEqual(every.sort());
      },
    ),
    { numRuns: 300 },
  );
});
