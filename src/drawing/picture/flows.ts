import type { System } from '../../topology/system.ts';
import { type Flow, INTERNET, type Item, type Verdict, type VpcPicture } from '../model.ts';
import type { Thing } from './items.ts';
import type { Between, Need } from './needs.ts';
import type { OpenPath } from '../../verify/reach/matrix.ts';
import { serviceOf } from './regional.ts';

interface Copy {
  readonly id: string;
  readonly of: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: number;
}
interface Input {
  readonly system: System;
  readonly things: readonly Thing[];
  readonly regional: readonly Item[];
  readonly vpcs: readonly VpcPicture[];
  readonly needs: readonly Need[];
  readonly open: readonly OpenPath[];
  /** Who may call whom was said: the rest that is open is for a check to tell. */
  readonly declared: boolean;
}
/** More open paths than this for each thing say nothing any more. */
const CROWD = 3;

export function flowsOf(input: Input): {
  readonly flows: readonly Flow[];
  readonly remarks: readonly string[];
} {
  const copies = copiesOf(input.vpcs);
  const gateways = new Map(
    input.vpcs.flatMap(({ id, gateway }) => (gateway ? [[id, gateway.id]] : [])) as [string, string][],
  );
  const endpoints = new Map(
    input.system.endpoints
      .filter(({ kind }) => kind === 'Interface')
      .map(({ id, serviceName }) => [`aws:${serviceOf(serviceName)}`, copies.get(id) ?? []] as const),
  );
  const { first, others: untold } = firstOutward(input.needs);
  const meant = first.flatMap((need) => needFlows(need, copies, gateways, endpoints));
  const known = new Set(input.needs.map(({ from, to }) => `${from} ${to}`));
  const others = input.declared ? [] : input.open.filter(({ from, to }) => !known.has(`${from} ${to}`));
  const crowded = others.length > CROWD * input.things.length;
  const open = (crowded ? [] : others).flatMap(({ from, to, port }) => {
    const receivers = copies.get(to) ?? [];
    const flow = (sender: string, receiver: string): Flow => ({
      from: sender,
      to: receiver,
      ports: [port],
      verdict: 'open',
    });
    if (from === INTERNET)
      return receivers.map((copy) => flow(gateways.get(copy.vpcId) ?? INTERNET, copy.id));
    return pairsOf(copies.get(from) ?? [], receivers).map(([a, b]) => flow(a.id, b.id));
  });
  return {
    flows: joined([...waysIn([...meant, ...open], gateways), ...meant, ...open, ...waysOut(input, copies)]),
    remarks: [
      ...inWords(untold, input),
      ...(crowded
        ? [`${others.length} more paths are open that nobody is known to need: too many to draw`]
        : []),
    ],
  };
}

function copiesOf(vpcs: readonly VpcPicture[]): ReadonlyMap<string, readonly Copy[]> {
  const found = new Map<string, Copy[]>();
  for (const { id: vpcId, tiers } of vpcs)
    for (const { subnets } of tiers)
      for (const [zone, subnet] of subnets.entries())
        for (const { id, of } of subnet?.items ?? [])
          found.set(of, [...(found.get(of) ?? []), { id, of, subnetId: subnet!.id, vpcId, zone }]);
  return found;
}

function needFlows(
  { from, to, ports, verdict, check, why, failing }: Need,
  copies: ReadonlyMap<string, readonly Copy[]>,
  gateways: ReadonlyMap<string, string>,
  endpoints: ReadonlyMap<string, readonly Copy[]>,
): Flow[] {
  const flow = (a: string, b: string, is: Verdict): Flow => ({
    from: a,
    to: b,
    ports,
    verdict: is,
    ...(is === 'proven'
      ? {}
      : { ...(why === undefined ? {} : { why }), ...(is === 'blocked' ? { check } : {}) }),
  });
  const senders = copies.get(from) ?? [];
  const receivers = copies.get(to) ?? [];
  if (from === INTERNET)
    return receivers.map((copy) =>
      flow(gateways.get(copy.vpcId) ?? INTERNET, copy.id, failsFor(failing, undefined, copy) ?? verdict),
    );
  if (to === INTERNET || to.startsWith('aws:')) {
    const near = endpoints.get(to) ?? [];
    if (near.length > 0 && (verdict !== 'proven' || check === 'secrets-unreachable'))
      return pairsOf(senders, near).map(([a, b]) => flow(a.id, b.id, verdict));
    // What holds is told beside the service: a line from everybody to everything outside would hide the rest.
    return verdict === 'proven' ? [] : senders.slice(0, 1).map((copy) => flow(copy.id, to, verdict));
  }
  if (failing.length === 0) return pairsOf(senders, receivers).map(([a, b]) => flow(a.id, b.id, verdict));
  const whole = senders.flatMap((a) => receivers.map((b) => [a, b] as const));
  const closed = whole.filter(([a, b]) => failsFor(failing, a, b) === 'blocked');
  const near = pairsOf(senders, receivers).filter(
    (pair) => !closed.some(([a, b]) => a === pair[0] && b === pair[1]),
  );
  return [
    ...near.map(([a, b]) => flow(a.id, b.id, 'proven')),
    ...closed.map(([a, b]) => flow(a.id, b.id, 'blocked')),
  ];
}

function failsFor(failing: readonly Between[], from: Copy | undefined, to: Copy): Verdict | undefined {
  if (failing.length === 0) return undefined;
  return failing.some((pair) => pair.from === from?.subnetId && pair.to === to.subnetId)
    ? 'blocked'
    : 'proven';
}

/** From every copy to one in its own zone, else to the nearest: what is proven holds between all of them. */
function pairsOf(senders: readonly Copy[], receivers: readonly Copy[]): readonly (readonly [Copy, Copy])[] {
  const distance = (a: Copy, b: Copy) => (a.vpcId === b.vpcId ? Math.abs(a.zone - b.zone) : 100);
  const nearest = (to: Copy, among: readonly Copy[]) =>
    among.toSorted((a, b) => distance(a, to) - distance(b, to))[0];
  const pairs = senders.flatMap((from): (readonly [Copy, Copy])[] => {
    const near = receivers.filter((to) => distance(from, to) === 0);
    const to = nearest(from, receivers);
    return near.length > 0 ? near.map((each) => [from, each]) : to ? [[from, to]] : [];
  });
  return pairs;
}

/** What comes in by a gateway came from the internet. */
function waysIn(meant: readonly Flow[], gateways: ReadonlyMap<string, string>): Flow[] {
  const ids = new Set(gateways.values());
  return meant.flatMap(({ from, ports, verdict }): Flow[] =>
    ids.has(from) && (verdict === 'proven' || verdict === 'open')
      ? [{ from: INTERNET, to: from, ports, verdict }]
      : [],
  );
}

/** Private subnets lead out by a NAT gateway, that by the internet gateway. */
function waysOut({ system, vpcs }: Input, copies: ReadonlyMap<string, readonly Copy[]>): Flow[] {
  const nats = system.natGateways.flatMap(({ id, connectivity, subnetId }) =>
    (copies.get(id) ?? []).flatMap((copy): Flow[] => {
      const gateway = vpcs.find((vpc) => vpc.id === copy.vpcId)?.gateway;
      const isPublic = vpcs.some(({ tiers }) =>
        tiers.some(({ subnets }) =>
          subnets.some((subnet) => subnet?.id === subnetId && subnet.access === 'public'),
        ),
      );
      return gateway && isPublic && connectivity !== 'private'
        ? [{ from: copy.id, to: gateway.id, ports: [], verdict: 'outward' }]
        : [];
    }),
  );
  const subnets = system.subnets.flatMap((subnet): Flow[] => {
    const table = system.routeTables.find(({ id }) => id === subnet.routeTableId);
    const stands = vpcs.some(({ tiers }) =>
      tiers.some((tier) => tier.subnets.some((one) => one?.id === subnet.id && one.items.length > 0)),
    );
    return (table?.routes ?? []).flatMap(({ target, state }): Flow[] => {
      const copy =
        target.kind === 'nat-gateway' && state === 'active' ? copies.get(target.id)?.[0] : undefined;
      return copy && stands ? [{ from: subnet.id, to: copy.id, ports: [], verdict: 'outward' }] : [];
    });
  });
  return [...nats, ...subnets];
}

/** Who cannot get out fails at everything outside: one line says it, of the first that a task would need. */
function firstOutward(needs: readonly Need[]): {
  readonly first: readonly Need[];
  readonly others: readonly Need[];
} {
  const told = new Set<string>();
  const others: Need[] = [];
  const first = needs.filter((need) => {
    const { from, to, verdict } = need;
    if (verdict === 'proven' || (to !== INTERNET && !to.startsWith('aws:'))) return true;
    if (verdict === 'unclear') {
      others.push(need);
      return false;
    }
    const key = `${from} ${verdict}`;
    if (told.has(key)) {
      others.push(need);
      return false;
    }
    told.add(key);
    return true;
  });
  return { first, others };
}

/** What has no line of its own is told in words. */
function inWords(needs: readonly Need[], { things, regional }: Input): readonly string[] {
  const names = new Map([...things, ...regional].map(({ id, name }) => [id, name]));
  const nameOf = (id: string) => names.get(id) ?? (id === INTERNET ? 'the internet' : id.replace('aws:', ''));
  const senders = new Map<string, string[]>();
  for (const { from, to, check, verdict, why } of needs) {
    const told = why === undefined ? '' : `: ${why}`;
    const key = verdict === 'blocked' ? `✕ ${check}: … → ${nameOf(to)}` : `? … → ${nameOf(to)}${told}`;
    senders.set(key, [...(senders.get(key) ?? []), nameOf(from)]);
  }
  return [...senders].map(([key, names]) => key.replace('…', [...new Set(names)].join(', ')));
}

/** One line for all ports that are alike. */
function joined(flows: readonly Flow[]): readonly Flow[] {
  const found = new Map<string, Flow>();
  for (const flow of flows) {
    if (flow.from === flow.to) continue;
    const key = `${flow.from} ${flow.to} ${flow.verdict} ${flow.check ?? ''}`;
    const before = found.get(key);
    const ports = [...new Set([...(before?.ports ?? []), ...flow.ports])].sort((a, b) => a - b);
    found.set(key, { ...(before ?? flow), ports });
  }
  return [...found.values()];
}
