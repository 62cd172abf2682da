import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { topologyFromDescribe } from '../from-describe.ts';
import type { GroupRule, Topology } from '../model.ts';
import type { LiveAnswers } from './answers.ts';
import { systemFromLive } from './system.ts';

/** What a local region answered of examples/jobs: `fairway check --live --record FOLDER`. */
const folder = new URL('./testing/jobs/', import.meta.url);
const answers = Object.fromEntries(
  readdirSync(folder).map((file) => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as unknown,
  ]),
) as unknown as LiveAnswers;
const system = systemFromLive(answers);

describe('a recorded region', () => {
  it('has the network that its Describe calls tell', () => {
    expect(bare(system)).toEqual(bare(topologyFromDescribe(answers)));
  });

  it('has its services, each with its task definition, groups and targets', () => {
    const named = system.services.map(({ name, taskDefinitionId, targets }) => ({
      service: /jobs-(\w+)Service/.exec(name)?.[1],
      containers: system.taskDefinitions
        .find(({ id }) => id === taskDefinitionId)
        ?.containers.map(({ name: container }) => container),
      targets: targets.map(({ containerPort }) => containerPort),
    }));
    expect(named.sort((a, b) => (a.service! < b.service! ? -1 : 1))).toEqual([
      { service: 'Api', containers: ['api'], targets: [] },
      { service: 'Redis', containers: ['redis'], targets: [] },
      { service: 'Web', containers: ['web'], targets: [80] },
      { service: 'Worker', containers: ['worker'], targets: [] },
    ]);
    expect(system.names.map(({ name }) => name).sort()).toEqual(['api.local', 'redis.local', 'web.local']);
    expect(system.databases).toMatchObject([{ kind: 'efs', port: 2049 }]);
  });

  it('leads from its listener to the service', () => {
    const [listener] = system.listeners;
    expect(listener).toMatchObject({ port: 80, loadBalancerId: system.loadBalancers[0]!.id });
    expect(listener?.defaultActions).toEqual([
      {
        kind: 'forward',
        targetGroupIds: [system.services.flatMap(({ targets }) => targets)[0]!.targetGroupId],
      },
    ]);
  });
});

it('a group without outbound rules lets nothing out', () => {
  const [page] = answers.DescribeSecurityGroups;
  const groups = page!.SecurityGroups!.map((group) => ({ ...group, IpPermissionsEgress: [] }));
  const closed = systemFromLive({ ...answers, DescribeSecurityGroups: [{ SecurityGroups: groups }] });
  const everywhere = closed.securityGroups.flatMap(({ id, egress }) =>
    id.startsWith('sg-')
      ? egress.filter(({ peer }) => peer.kind !== 'cidr' || peer.cidr !== '127.0.0.1/32')
      : [],
  );
  expect(everywhere).toEqual([]);
});

it('knows a route whose target is gone', () => {
  const gone: LiveAnswers = {
    ...answers,
    DescribeRouteTables: answers.DescribeRouteTables.map((page) => ({
      ...page,
      RouteTables: page.RouteTables?.map((table) => ({
        ...table,
        Routes: table.Routes?.map((route) =>
          route.GatewayId === 'local' ? route : { ...route, State: 'blackhole' as const },
        ),
      })),
    })),
  };
  const states = systemFromLive(gone).routeTables.flatMap(({ routes }) =>
    routes.map(({ target, state }) => `${target.kind} ${state}`),
  );
  expect(new Set(states)).toEqual(new Set(['local active', 'internet-gateway blackhole']));
});

/** Without ids that only one side has, where it was written, and what a template adds to each VPC. */
function bare({ subnets, securityGroups, routeTables, networkAcls, internetGateways }: Topology) {
  const rule = ({ protocol, ports, peer }: GroupRule) => JSON.stringify({ protocol, ports, peer });
  const real = <T extends { readonly id: string }>(items: readonly T[]): T[] =>
    items.filter(({ id }) => !id.includes('.')).sort((a, b) => (a.id < b.id ? -1 : 1));
  const nothing = '"127.0.0.1/32"';
  return {
    subnets: real(subnets).map(({ origin: _origin, ...subnet }) => subnet),
    groups: real(securityGroups).map(({ id, vpcId, ingress, egress }) => ({
      id,
      vpcId,
      ingress: ingress.map(rule).sort(),
      egress: egress
        .map(rule)
        .filter((text) => !text.includes(nothing))
        .sort(),
    })),
    tables: real(routeTables).map(({ id, routes }) => ({
      id,
      routes: routes
        .filter(({ target }) => target.kind !== 'gateway-endpoint')
        .map(({ destination, target, state }) => JSON.stringify({ destination, target, state }))
        .sort(),
    })),
    acls: real(networkAcls).map(({ id, ingress, egress }) => ({
      id,
      entries: [ingress, egress].map((entries) =>
        entries.map(({ number, action, protocol, cidr }) => `${number} ${action} ${protocol} ${cidr}`),
      ),
    })),
    gateways: real(internetGateways).map(({ id, vpcIds }) => ({ id, vpcIds })),
  };
}
