import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Listener } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ApiError } from '../../gateway/api-error.ts';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { checkedActions } from './actions.ts';
import { notEnacted, notFound, operation, validation } from './errors.ts';
import {
  arnOf,
  findListener,
  findLoadBalancer,
  kindOf,
  listenersOf,
  networkProtocols,
  newId,
  rulesOf,
  type Elbv2,
  type ListenerRecord,
  type LoadBalancerRecord,
  type NetworkProtocol,
} from './state.ts';
import { checkedTags, putTags } from './tags.ts';
import { isPort } from './target-group-input.ts';

export function listenerHandlers(state: Elbv2): Handlers<typeof sdk> {
  const { listeners, rules } = state;

  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html */
  const CreateListener: Handlers<typeof sdk>['CreateListener'] = operation(
    ['LoadBalancerArn', 'Protocol', 'Port', 'DefaultActions', 'Tags'],
    ({ LoadBalancerArn, Protocol, Port, DefaultActions, Tags }) => {
      const loadBalancer = findLoadBalancer(state, LoadBalancerArn);
      const { arn: loadBalancerArn, name, id: loadBalancerId, type } = loadBalancer;
      const protocol = checkProtocol(Protocol ?? '', type);
      const port = checkPort(Port);
      const spoken = protocol ? { protocol } : {};
      const actions = checkedActions(state, { loadBalancerArn, ...spoken }, DefaultActions);
      const tags = checkedTags(Tags);
      const siblings = listenersOf(state, loadBalancerArn);
      const existing = siblings.find((listener) => listener.port === port);
      if (existing) {
        const before = rulesOf(state, existing.arn).at(-1)?.actions;
        if (existing.protocol !== protocol || JSON.stringify(before) !== JSON.stringify(actions))
          throw new ApiError(
            'DuplicateListener',
            `A listener already exists on this port for this load balancer '${loadBalancerArn}'`,
          );
        return { Listeners: [describe(state, existing)] };
      }
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
      if (siblings.length >= 50)
        throw new ApiError('TooManyListeners', "You've reached the limit on the number of listeners");
      const id = newId();
      const record: ListenerRecord = {
        arn: arnOf(state, `listener/${kindOf(loadBalancer)}/${name}/${loadBalancerId}/${id}`),
        loadBalancerArn,
        port,
        ...spoken,
      };
      const ruleArn = `${record.arn.replace(':listener/', ':listener-rule/')}/${newId()}`;
      rules.put(ruleArn, {
        arn: ruleArn,
        listenerArn: record.arn,
        priority: 'default',
        conditions: [],
        actions,
      });
      listeners.put(record.arn, record);
      putTags(state, record.arn, tags);
      return { Listeners: [describe(state, record)] };
    },
  );

  return {
    CreateListener,
    ModifyListener: operation(['ListenerArn', 'Port', 'Protocol', 'DefaultActions'], (input) => {
      const listener = findListener(state, input.ListenerArn);
      const { loadBalancerArn } = listener;
      const { type } = findLoadBalancer(state, loadBalancerArn);
      const protocol = input.Protocol === undefined ? listener.protocol : checkProtocol(input.Protocol, type);
      const spoken = protocol ? { protocol } : {};
      const port = input.Port === undefined ? listener.port : checkPort(input.Port);
      if (listenersOf(state, loadBalancerArn).some((one) => one.arn !== listener.arn && one.port === port))
        throw validation(`Listener port '${port}' is already in use`);
      const defaultRule = rulesOf(state, listener.arn).at(-1);
      // What is kept must suit another protocol too.
      const actions =
        input.DefaultActions === undefined && protocol === listener.protocol
          ? undefined
          : checkedActions(
              state,
              { loadBalancerArn, ...spoken },
              input.DefaultActions ?? [...(defaultRule?.actions ?? [])],
            );
      if (actions && defaultRule) rules.patch(defaultRule.arn, { actions });
      return { Listeners: [describe(state, listeners.patch(listener.arn, { port, ...spoken }))] };
    }),
    DeleteListener: operation(['ListenerArn'], ({ ListenerArn }) => {
      deleteListener(state, findListener(state, ListenerArn).arn);
      return {};
    }),
    DescribeListeners: operation(
      ['LoadBalancerArn', 'ListenerArns', 'Marker', 'PageSize'],
      ({ LoadBalancerArn, ListenerArns = [], Marker, PageSize = 400 }) => {
        if (!LoadBalancerArn && ListenerArns.length === 0)
          throw validation('You must specify either listener ARNs or a load balancer ARN');
        if (ListenerArns.some((arn) => !listeners.has(arn))) throw notFound('Listener');
        const chosen = LoadBalancerArn
          ? listenersOf(state, findLoadBalancer(state, LoadBalancerArn).arn)
          : ListenerArns.map((arn) => findListener(state, arn));
        const { items, next } = pageAfter(
          chosen,
          ({ arn }) => arn,
          PageSize,
          Marker,
          (marker) => validation(`Marker '${marker}' is not valid`),
        );
        return { Listeners: items.map((listener) => describe(state, listener)), NextMarker: next };
      },
    ),
  };
}

export function deleteListener(state: Elbv2, arn: string): void {
  for (const rule of rulesOf(state, arn)) {
    state.rules.delete(rule.arn);
    state.tags.delete(rule.arn);
  }
  state.listeners.delete(arn);
  state.tags.delete(arn);
}

/** What is kept of a protocol: nothing for HTTP. */
function checkProtocol(protocol: string, type: LoadBalancerRecord['type']): NetworkProtocol | undefined {
  if (type === 'network') {
    if (['TLS', 'QUIC', 'TCP_QUIC'].includes(protocol)) throw notEnacted(`Listener protocol ${protocol}`);
    const known = networkProtocols.find((one) => one === protocol);
    if (known) return known;
    throw new ApiError(
      'UnsupportedProtocol',
      `Listener protocol '${protocol}' is not supported: it must be one of 'TCP, UDP, TCP_UDP, TLS'`,
    );
  }
  if (protocol === 'HTTPS') throw notEnacted('Listener protocol HTTPS');
  if (protocol !== 'HTTP')
    throw new ApiError(
      'UnsupportedProtocol',
      `Listener protocol '${protocol}' is not supported: it must be one of 'HTTP, HTTPS'`,
    );
  return undefined;
}
function checkPort(port: number | undefined): number {
  if (port === undefined) throw validation('A port must be specified');
  if (!isPort(port)) throw validation(`Listener port '${port}' is not in valid range '1-65535'`);
  return port;
}

function describe(state: Elbv2, { arn, loadBalancerArn, port, protocol }: ListenerRecord): Listener {
  return {
    ListenerArn: arn,
    LoadBalancerArn: loadBalancerArn,
    Port: port,
    Protocol: protocol ?? 'HTTP',
    DefaultActions: [...(rulesOf(state, arn).at(-1)?.actions ?? [])],
  };
}
