import { type Action, type EcsService, isUnknown, known, type Listener } from '../../topology/system.ts';
import type { Party } from '../ends.ts';
import type { Context } from '../model.ts';
import { type Ask, sideOf } from './ask.ts';
import { openedPorts, publishedPort, samplePorts } from './dynamic-ports.ts';

/** The paths that load balancers need: from the internet, to their targets, for health checks. */
export function* balancingAsks(context: Context): Iterable<Ask> {
  const { system, parties } = context;
  const bound = registrations(system.services);
  for (const balancer of system.loadBalancers) {
    const party = parties.get(balancer.id);
    if (!party) continue;
    const listeners = system.listeners.filter(({ loadBalancerId }) => known(loadBalancerId) === balancer.id);
    if (balancer.type !== 'gateway') yield* fromInternet(balancer.scheme, party, listeners, balancer.origin);
    const forwarded = new Set(listeners.flatMap(targetGroupsOf));
    for (const id of forwarded)
      for (const registration of bound.get(id) ?? []) yield* toTargets(context, party, id, registration);
  }
}

function* fromInternet(
  scheme: Context['system']['loadBalancers'][number]['scheme'],
  party: Party,
  listeners: readonly Listener[],
  origin: Ask['origin'],
): Iterable<Ask> {
  if (known(scheme) === 'internal') return;
  for (const listener of listeners) {
    const port = known(listener.port);
    const open = [scheme, listener.port].find(isUnknown)?.unknown;
    yield {
      check: 'load-balancer-unreachable',
      subject: 'the internet',
      does: `reach ${party.name}${port === undefined ? '' : ` on port ${port}`}`,
      resource: party.id,
      origin,
      from: { ends: [{ kind: 'internet' }] },
      to: open === undefined ? sideOf(party) : { ends: [], why: open },
      protocol: known(listener.protocol) === 'UDP' ? 'udp' : 'tcp',
      ports: port === undefined ? [] : [port],
    };
  }
}

/** What a load balancer sends to, and checks the health of. */
function* toTargets(
  { system, parties }: Context,
  balancer: Party,
  targetGroupId: string,
  { service, target }: Registration,
): Iterable<Ask> {
  const party = parties.get(service.id);
  const group = system.targetGroups.find(({ id }) => id === targetGroupId);
  if (!party || !group) return;
  const definition = system.taskDefinitions.find(({ id }) => id === known(service.taskDefinitionId));
  const published = publishedPort(definition, target);
  const protocol = ['UDP'].includes(known(group.protocol) ?? '') ? 'udp' : 'tcp';
  const base = {
    subject: balancer.name,
    resource: service.id,
    between: { from: balancer.id, to: service.id },
    origin: target.origin,
    from: sideOf(balancer),
    to: sideOf(party),
  } as const;
  if (published === 'dynamic') {
    yield {
      ...base,
      check: 'bridge-ephemeral-range-closed',
      does: `reach the ports of ${service.name} (tcp ${openedPorts.from}-${openedPorts.to}, chosen when a task starts)`,
      protocol,
      ports: samplePorts(system.securityGroups, [...base.from.ends, ...base.to.ends]),
      range: openedPorts,
    };
    return;
  }
  const asked = (
    check: Ask['check'],
    does: string,
    port: number | { readonly unknown: string },
    proto = protocol,
  ): Ask => ({
    ...base,
    check,
    does,
    to: isUnknown(port) ? { ends: [], why: port.unknown } : base.to,
    protocol: proto as 'tcp' | 'udp',
    ports: isUnknown(port) ? [] : [port],
  });
  yield asked(
    'target-unreachable',
    `reach ${service.name} on ${protocol} ${known(published) ?? ''}`.trimEnd(),
    published,
  );
  const health = group.health.port;
  if (health === 'traffic-port' && protocol === 'tcp') return;
  // Health checks are TCP or HTTP, of UDP targets too: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
  const port = health === 'traffic-port' ? published : health;
  if (known(port) === known(published) && protocol === 'tcp') return;
  yield asked(
    'health-check-unreachable',
    `check the health of ${service.name} on tcp ${known(port) ?? ''}`.trimEnd(),
    port,
    'tcp',
  );
}

export interface Registration {
  readonly service: EcsService;
  readonly target: EcsService['targets'][number];
}
/** Services by the target group that they register in. */
export function registrations(services: readonly EcsService[]): ReadonlyMap<string, readonly Registration[]> {
  const found = new Map<string, Registration[]>();
  for (const service of services)
    for (const target of service.targets) {
      const id = known(target.targetGroupId);
      if (id !== undefined) found.set(id, [...(found.get(id) ?? []), { service, target }]);
    }
  return found;
}

const forwarded = (actions: readonly Action[]): readonly string[] =>
  actions.flatMap((action) =>
    action.kind === 'forward' ? action.targetGroupIds.flatMap((id) => known(id) ?? []) : [],
  );
/** Target groups that a listener and its rules forward to. */
export const targetGroupsOf = ({ defaultActions, rules }: Listener): readonly string[] => [
  ...forwarded(defaultActions),
  ...rules.flatMap(({ actions }) => forwarded(actions)),
];
