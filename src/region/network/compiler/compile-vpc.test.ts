import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Topology } from '../../../topology/model.ts';
import {
  allowAll,
  anywhere,
  groupOf,
  interfaceOf,
  localRoute,
  routeTo,
  subnetOf,
  tcpFrom,
  topologyOf,
} from '../testing/topology.ts';
import { compileVpc } from './compile-vpc.ts';
import { diffRuleset, emptyRuleset } from './diff-ruleset.ts';
import { diffLinks, type PlacedLink } from './links.ts';
import { matchProtocol } from './match.ts';
import type { Ruleset } from './ruleset.ts';

const web = interfaceOf('web', '10.0.1.5', ['sg-web']);
const api = interfaceOf('api', '10.0.2.6', ['sg-b', 'sg-api'], { subnetId: 'subnet-2' });
const system: Topology = topologyOf({
  securityGroups: [
    groupOf('sg-web', { name: 'web' }),
    groupOf('sg-api', {
      ingress: [tcpFrom('sg-web', 5000), { protocol: 'icmp', ports: { from: 8, to: -1 }, peer: anywhere }],
    }),
    groupOf('sg-b', {
      ingress: [{ protocol: 'tcp', ports: { from: 80, to: 90 }, peer: { kind: 'cidr', cidr: '10.0.0.0/8' } }],
    }),
  ],
  interfaces: [web, api],
});
const chain = (topology: Topology, name: string) =>
  compileVpc(topology, 'vpc-1').ruleset.chains.get(name)?.rules;
/** Rules with marks as their reasons, since a mark is only a number. */
function readable(topology: Topology, name: string): string[] {
  const { ruleset, reasons } = compileVpc(topology, 'vpc-1');
  return (ruleset.chains.get(name)?.rules ?? []).map((rule) =>
    rule.replace(/meta mark set (\d+) goto denied/, (_, mark) => `DENY ${reasons.get(Number(mark))?.text}`),
  );
}

describe('the filter of a VPC', () => {
  it('asks the sender’s groups, the two ACLs around the route table, then the receiver’s groups', () => {
    expect(readable(system, 'entry')).toEqual([
      'iifname "lo" accept',
      'ct state invalid drop',
      'iifname . ip saddr != @sources iifname != @unchecked DENY source/destination check: the sender does not own this address',
      'ip daddr @router goto router',
      'ct state new iifname vmap @senders',
      'iifname vmap @subnets',
    ]);
    expect(readable(system, 'egress_sg-web')).toEqual([
      'jump egress_rules_sg-web',
      'DENY egress of sg-web (web)',
    ]);
    expect(chain(system, 'egress_rules_sg-web')).toEqual(['goto onward']);
    expect(readable(system, 'from_subnet-1')).toEqual([
      'ip daddr 10.0.1.0/24 goto deliver',
      'jump acl_egress_acl-1',
      'goto routes_rtb-1',
    ]);
    expect(readable(system, 'routes_rtb-1')).toEqual([
      'ip daddr 10.0.0.0/16 goto arrive',
      'DENY route table rtb-1: no route',
    ]);
    expect(readable(system, 'arrive')).toEqual([
      'ip daddr 10.0.1.0/24 goto into_subnet-1',
      'ip daddr 10.0.2.0/24 goto into_subnet-2',
      'DENY no subnet has this address',
    ]);
    expect(chain(system, 'into_subnet-2')).toEqual(['jump acl_ingress_acl-1', 'goto deliver']);
    expect(readable(system, 'ingress_sg-api.sg-b')).toEqual([
      'jump ingress_rules_sg-api',
      'jump ingress_rules_sg-b',
      'DENY ingress of sg-api, sg-b',
    ]);
    expect(chain(system, 'ingress_rules_sg-api')).toEqual([
      'ip saddr @members_sg-web tcp dport 5000 accept',
      'icmp type 8 accept',
    ]);
    expect(chain(system, 'ingress_rules_sg-b')).toEqual(['ip saddr 10.0.0.0/8 tcp dport 80-90 accept']);
  });

  it('holds who carries a group in a set', () => {
    const { sets } = compileVpc(system, 'vpc-1').ruleset;
    expect([...(sets.get('members_sg-web')?.elements.keys() ?? [])]).toEqual(['10.0.1.5']);
    expect([...(sets.get('router')?.elements.keys() ?? [])]).toEqual([
      '10.0.1.1',
      '10.0.2.1',
      '10.0.0.2',
      '169.254.169.253',
      '169.254.170.2',
    ]);
  });

  it('orders routes by prefix, a static one before one by list', () => {
    const topology: Topology = {
      ...system,
      routeTables: [
        {
          id: 'rtb-1',
          vpcId: 'vpc-1',
          routes: [
            routeTo('internet-gateway', 'igw-1'),
            routeTo('gateway-endpoint', 'vpce-1', 'pl-1'),
            routeTo('peering', 'pcx-1', '192.0.2.0/24'),
            localRoute(),
          ],
        },
      ],
      prefixLists: [{ id: 'pl-1', name: 's3', cidrs: ['192.0.2.0/24', '198.51.100.0/25'] }],
      internetGateways: [{ id: 'igw-1', vpcIds: ['vpc-1'] }],
      endpoints: [
        { id: 'vpce-1', vpcId: 'vpc-1', kind: 'Gateway', serviceName: 's3', routeTableIds: ['rtb-1'] },
      ],
    };
    expect(readable(topology, 'routes_rtb-1')).toEqual([
      'ip daddr 198.51.100.0/25 goto gateway_vpce-1',
      'ip daddr 192.0.2.0/24 DENY not enacted: route to pcx-1 (peering)',
      'ip daddr 192.0.2.0/24 goto gateway_vpce-1',
      'ip daddr 10.0.0.0/16 goto arrive',
      'goto gateway_igw-1',
      'DENY route table rtb-1: no route',
    ]);
  });

  it('matches protocols as AWS numbers them', () => {
    expect(matchProtocol('all', { from: 1, to: 2 })).toBe('');
    expect(matchProtocol('tcp', undefined)).toBe('meta l4proto tcp');
    expect(matchProtocol('udp', { from: 0, to: 65_535 })).toBe('meta l4proto udp');
    expect(matchProtocol('icmp', { from: -1, to: -1 })).toBe('meta l4proto icmp');
    expect(matchProtocol('icmp', { from: 3, to: 4 })).toBe('icmp type 3 icmp code 4');
    expect(matchProtocol('6', { from: 22, to: 22 })).toBe('tcp dport 22');
    expect(matchProtocol('50', { from: 1, to: 2 })).toBe('meta l4proto 50');
    expect(matchProtocol('nonsense', undefined)).toBeUndefined();
  });

  it('lets a rule that cannot match allow nothing', () => {
    const group = groupOf('sg-web', {
      egress: [
        { protocol: 'tcp', peer: { kind: 'cidr', cidr: '::/0' } },
        { protocol: 'tcp', peer: { kind: 'group', groupId: 'sg-gone' } },
        { protocol: 'all', peer: { kind: 'prefix-list', prefixListId: 'pl-gone' } },
        { protocol: 'nonsense', peer: anywhere },
      ],
    });
    expect(chain({ ...system, securityGroups: [group] }, 'egress_rules_sg-web')).toEqual([]);
  });
});

describe('a change of the filter', () => {
  const before = compileVpc(system, 'vpc-1').ruleset;
  const to = (topology: Topology) => diffRuleset(before, compileVpc(topology, 'vpc-1').ruleset);

  it('is nothing where nothing changed', () => {
    expect(to(structuredClone(system))).toEqual([]);
  });

  it('touches elements only when an interface of known groups comes', () => {
    const commands = to({ ...system, interfaces: [web, api, interfaceOf('two', '10.0.1.9', ['sg-web'])] });
    expect(commands.every((command) => command.startsWith('add element'))).toBe(true);
    expect(commands).toContain('add element ip vpc members_sg-web { 10.0.1.9 }');
    expect(to({ ...system, interfaces: [web] }).filter((command) => command.includes('receivers'))).toEqual([
      'delete element ip vpc receivers { 10.0.2.6 }',
    ]);
  });

  it('rewrites the chains of the group whose rules change, and never the set of denials', () => {
    const commands = to({
      ...system,
      securityGroups: system.securityGroups.map((group) =>
        group.id === 'sg-b' ? groupOf('sg-b', { ingress: [tcpFrom('sg-web', 81)] }) : group,
      ),
    });
    expect(commands).toEqual([
      'flush chain ip vpc ingress_rules_sg-b',
      'add rule ip vpc ingress_rules_sg-b ip saddr @members_sg-web tcp dport 81 accept',
    ]);
  });

  it('writes hooks last', () => {
    const commands = diffRuleset(emptyRuleset, before);
    const hook = commands.findIndex((command) => command.includes('hook prerouting'));
    expect(
      commands.slice(hook).every((command) => /(?:way_back|way_out|handed_over|entry)/.test(command)),
    ).toBe(true);
  });

  it('from anything to anything leads there, as nft would apply it', () => {
    const port = fc.integer({ min: 1, max: 3 });
    const groups = fc.uniqueArray(fc.constantFrom('sg-1', 'sg-2', 'sg-3'), { maxLength: 3 });
    const topologies = fc
      .record({
        rules: fc.array(
          fc.tuple(fc.constantFrom('sg-1', 'sg-2', 'sg-3'), fc.constantFrom('sg-1', 'sg-2', 'sg-3'), port),
          { maxLength: 5 },
        ),
        members: fc.array(groups, { maxLength: 4 }),
        acl: fc.boolean(),
      })
      .map(({ rules, members, acl }) =>
        topologyOf({
          subnets: [subnetOf(1), subnetOf(2, { networkAclId: acl ? 'acl-2' : 'acl-1' })],
          networkAcls: ['acl-1', ...(acl ? ['acl-2'] : [])].map((id) => ({
            id,
            vpcId: 'vpc-1',
            ingress: [allowAll],
            egress: [allowAll],
          })),
          securityGroups: ['sg-1', 'sg-2', 'sg-3'].map((id) =>
            groupOf(id, {
              ingress: rules.filter(([of]) => of === id).map(([, from, at]) => tcpFrom(from, at)),
            }),
          ),
          interfaces: members.map((ids, at) => interfaceOf(`n${at}`, `10.0.1.${10 + at}`, ids)),
        }),
      );
    fc.assert(
      fc.property(topologies, topologies, (one, other) => {
        const first = compileVpc(one, 'vpc-1').ruleset;
        const second = compileVpc(other, 'vpc-1').ruleset;
        const table = new Map<string, string[]>();
        const elements = new Map<string, Map<string, string>>();
        interpret(diffRuleset(emptyRuleset, first), table, elements);
        interpret(diffRuleset(first, second), table, elements);
        expect(table).toEqual(new Map([...second.chains].map(([name, { rules }]) => [name, [...rules]])));
        expect(elements).toEqual(contents(second));
      }),
      { numRuns: 60 },
    );
  });
});

function contents({ sets }: Ruleset): Map<string, Map<string, string>> {
  return new Map([...sets].map(([name, set]) => [name, new Map(set.elements)]));
}

/** nft's own rules for commands: what is added must be new, what is deleted must be there and not in use. */
function interpret(
  commands: readonly string[],
  chains: Map<string, string[]>,
  sets: Map<string, Map<string, string>>,
): void {
  const uses = (name: string) =>
    [...chains.values()]
      .flat()
      .some((rule) => new RegExp(`(?:jump|goto) ${name.replaceAll('.', '\\.')}$`).test(rule)) ||
    [...sets.values()].some((set) => [...set.values()].includes(`goto ${name}`));
  for (const command of commands) {
    const [, verb, kind, name = '', rest = ''] = /^(\w+) (\w+) ip vpc ?(\S*) ?(.*)$/.exec(command) ?? [];
    const inner = (rest.match(/^\{ (.*) \}$/)?.[1] ?? '').split(', ').filter(Boolean);
    switch (`${verb} ${kind}`) {
      case 'add table':
        break;
      case 'add set':
      case 'add map':
        expect(sets.has(name)).toBe(false);
        sets.set(name, new Map());
        break;
      case 'add chain':
        expect(chains.has(name)).toBe(false);
        chains.set(name, []);
        break;
      case 'add rule': {
        for (const [, target = ''] of rest.matchAll(/(?:jump|goto) (\S+)$/g))
          expect(chains.has(target)).toBe(true);
        for (const [, set = ''] of rest.matchAll(/@(\S+)/g)) expect(sets.has(set)).toBe(true);
        chains.get(name)!.push(rest);
        break;
      }
      case 'flush chain':
        expect(chains.has(name)).toBe(true);
        chains.set(name, []);
        break;
      case 'flush map':
        sets.set(name, new Map());
        break;
      case 'delete chain':
        expect(chains.delete(name)).toBe(true);
        expect(uses(name)).toBe(false);
        break;
      case 'delete set':
      case 'delete map':
        expect(sets.delete(name)).toBe(true);
        break;
      case 'add element':
        for (const element of inner) {
          const [key = '', value = ''] = element.split(' : ');
          expect(sets.get(name)?.has(key)).toBe(false);
          sets.get(name)!.set(key, value);
        }
        break;
      case 'delete element':
        for (const key of inner) expect(sets.get(name)?.delete(key)).toBe(true);
        break;
      default:
        throw new Error(`not understood: ${command}`);
    }
  }
}

describe('links', () => {
  const place = (links: readonly PlacedLink[]) => new Map(links.map((link) => [link.id, link]));
  const link = (id: string, namespace: string) => ({
    id,
    name: `e${id}`,
    namespace,
    address: `10.0.0.${id}`,
    gateway: '10.0.0.1',
  });

  it('keep their place in a namespace, and fill the first free one', () => {
    const first = diffLinks(new Map(), [link('1', 'a'), link('2', 'a'), link('3', 'b')]);
    expect(first.added.map(({ id, index }) => [id, index])).toEqual([
      ['1', 0],
      ['2', 1],
      ['3', 0],
    ]);
    expect(first.newNamespaces).toEqual(['a', 'b']);
    const second = diffLinks(first.placed, [link('2', 'a'), link('4', 'a')]);
    expect(second.added.map(({ id, index }) => [id, index])).toEqual([['4', 0]]);
    expect(second.removed.map(({ id }) => id)).toEqual(['1', '3']);
    expect(second.oldNamespaces).toEqual(['b']);
    expect(diffLinks(place([...second.placed.values()]), [link('2', 'a'), link('4', 'a')]).added).toEqual([]);
  });
});
