import type { Problem } from '../../common/problem.ts';
import type { PublicService } from '../design-model.ts';
import { list } from '../tasks.ts';

/** Listeners that more than one service would have as its own. */
export function listenerProblems(publicServices: readonly PublicService[]): Problem[] {
  return [...groups(publicServices)].flatMap(([key, group]) => {
    const targets = new Map(
      group.map((one) => [`${one.service}:${one.containerPort}${ownRequests(one)}`, one]),
    );
    if (key.startsWith('http'))
      return [...byRequests(targets.values())]
        .filter((same) => same.length > 1)
        .map((same) => shared(same, 'http'));
    return targets.size > 1 ? [shared([...targets.values()], 'network')] : [];
  });
}

/** What one listener serves, by load balancer and port. */
export function groups(publicServices: readonly PublicService[]): ReadonlyMap<string, PublicService[]> {
  const found = new Map<string, PublicService[]>();
  for (const one of publicServices) {
    // One listener of a network load balancer has both protocols of a port.
    const key = `${one.protocol === 'http' ? 'http' : 'network'} ${one.listenerPort}`;
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return found;
}

const ownRequests = ({ host = '', path = '' }: PublicService) => ` ${host} ${path}`;

function byRequests(group: Iterable<PublicService>): Iterable<PublicService[]> {
  const found = new Map<string, PublicService[]>();
  for (const one of group) found.set(ownRequests(one), [...(found.get(ownRequests(one)) ?? []), one]);
  return found.values();
}

function shared(group: readonly PublicService[], kind: 'http' | 'network'): Problem {
  const [first, ...others] = group;
  const names = list(group.map(({ service }) => service));
  const second = others.at(-1)!;
  const requests = `${first!.host ? ` for ${first!.host}` : ''}${first!.path ? ` under ${first!.path}` : ''}`;
  return {
    code: 'port-shared',
    message: `${names} publish one port, ${first!.listenerPort}${requests}`,
    position: second.position,
    fix:
      kind === 'network'
        ? 'publish different ports: connections that are not HTTP cannot be told apart'
        : `tell their requests apart, for example under services.${second.service}:\n  x-aws: {path: /${second.service}/*}    or\n  x-aws: {host: ${second.service}.example.com}`,
  };
}
