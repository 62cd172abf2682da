import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { randomBytes } from 'node:crypto';
import type { Topology } from '../../../topology/model.ts';
import type { TargetState } from '../../balancer/protocol.ts';
import type { Region } from '../../region.ts';
import type { Table } from '../../store/store.ts';
import { notFound } from './errors.ts';

/** What listeners and target groups of network load balancers speak. */
export type NetworkProtocol = (typeof networkProtocols)[number];
export const networkProtocols = ['TCP', 'UDP', 'TCP_UDP'] as const;

export interface LoadBalancerRecord {
  readonly arn: string;
  readonly name: string;
  /** The last part of the ARN: 16 hexadecimal digits. */
  readonly id: string;
  readonly dnsName: string;
  readonly scheme: 'internet-facing' | 'internal';
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly state: 'provisioning' | 'active';
  /** Absent: application. */
  readonly type?: 'network';
  readonly createdAt: Date;
}
export interface HealthCheck {
  /** Absent: HTTP. */
  readonly protocol?: 'TCP';
  readonly path: string;
  /** `traffic-port` or a number. */
  readonly port: string;
  readonly matcher: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}
export interface TargetGroupRecord {
  readonly arn: string;
  readonly name: string;
  readonly vpcId: string;
  readonly port: number;
  /** Absent: HTTP. */
  readonly protocol?: NetworkProtocol;
  /** Absent: ip. One of instances never has any, since there are none to register. */
  readonly targetType?: 'instance';
  readonly healthCheck: HealthCheck;
  readonly attributes: Readonly<Record<string, string>>;
}
export interface ListenerRecord {
  readonly arn: string;
  readonly loadBalancerArn: string;
  readonly port: number;
  /** Absent: HTTP. */
  readonly protocol?: NetworkProtocol;
  readonly attributes?: Readonly<Record<string, string>>;
}
/** Every listener has one whose priority is `default`. */
export interface RuleRecord {
  readonly arn: string;
  readonly listenerArn: string;
  readonly priority: number | 'default';
  readonly conditions: readonly RuleCondition[];
  readonly actions: readonly Action[];
}
export interface TargetRecord {
  readonly targetGroupArn: string;
  readonly address: string;
  readonly port: number;
  /** `all`: outside the VPC. */
  readonly zone: string;
  readonly registeredAt: Date;
  readonly drainingUntil?: Date;
}
/** What a load balancer's program found out; gone with the process, as the programs are. */
export interface HealthRecord {
  readonly targetGroupArn: string;
  readonly address: string;
  readonly port: number;
  readonly state: TargetState;
  readonly reason?: string;
  readonly description?: string;
}
export interface TagsRecord {
  readonly tags: Readonly<Record<string, string>>;
}

export interface Elbv2 {
  readonly region: Region;
  readonly loadBalancers: Table<LoadBalancerRecord>;
  readonly targetGroups: Table<TargetGroupRecord>;
  readonly listeners: Table<ListenerRecord>;
  readonly rules: Table<RuleRecord>;
  readonly targets: Table<TargetRecord>;
  readonly health: Table<HealthRecord>;
  readonly tags: Table<TagsRecord>;
}
export function createState(region: Region): Elbv2 {
  const { store } = region;
  return {
    region,
    loadBalancers: store.table('elbv2/load-balancers'),
    targetGroups: store.table('elbv2/target-groups'),
    listeners: store.table('elbv2/listeners'),
    rules: store.table('elbv2/rules'),
    targets: store.table('elbv2/targets'),
    health: store.table('elbv2/target-health', { volatile: true }),
    tags: store.table('elbv2/tags'),
  };
}

export const targetId = (groupArn: string, address: string, port: number): string =>
  `${groupArn} ${address}:${port}`;
export const newId = (): string => randomBytes(8).toString('hex');

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
export const arnOf = ({ region }: Elbv2, resource: string): string => {
  const { partition, region: name, accountId } = region.identity;
  return `arn:${partition}:elasticloadbalancing:${name}:${accountId}:${resource}`;
};

export function findLoadBalancer({ loadBalancers }: Elbv2, arn: string | undefined): LoadBalancerRecord {
  const found = loadBalancers.get(arn ?? '');
  if (!found) throw notFound('LoadBalancer');
  return found;
}
export function findTargetGroup({ targetGroups }: Elbv2, arn: string | undefined): TargetGroupRecord {
  const found = targetGroups.get(arn ?? '');
  if (!found) throw notFound('TargetGroup');
  return found;
}
export function findListener({ listeners }: Elbv2, arn: string | undefined): ListenerRecord {
  const found = listeners.get(arn ?? '');
  if (!found) throw notFound('Listener');
  return found;
}
export function findRule({ rules }: Elbv2, arn: string | undefined): RuleRecord {
  const found = rules.get(arn ?? '');
  if (!found) throw notFound('Rule');
  return found;
}

export const listenersOf = ({ listeners }: Elbv2, loadBalancerArn: string): ListenerRecord[] =>
  [...listeners.values()].filter((listener) => listener.loadBalancerArn === loadBalancerArn);

/** By priority, the default rule last. */
export const rulesOf = ({ rules }: Elbv2, listenerArn: string): RuleRecord[] =>
  [...rules.values()].filter((rule) => rule.listenerArn === listenerArn).sort((a, b) => rank(a) - rank(b));
const rank = ({ priority }: RuleRecord): number => (priority === 'default' ? Infinity : priority);

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html */
export const groupsOfActions = (actions: readonly Action[]): string[] =>
  actions.flatMap(
    ({ ForwardConfig }) =>
      ForwardConfig?.TargetGroups?.map(({ TargetGroupArn = '' }) => TargetGroupArn) ?? [],
  );

/** `app` or `net`, as it stands in ARNs and in the descriptions of interfaces. */
export const kindOf = ({ type }: Pick<LoadBalancerRecord, 'type'>): 'app' | 'net' =>
  type === 'network' ? 'net' : 'app';

/** Load balancers whose rules name the group: at most one. */
export function usersOf(state: Elbv2, groupArn: string): string[] {
  const users = new Set<string>();
  for (const rule of state.rules.values())
    if (groupsOfActions(rule.actions).includes(groupArn)) {
      const listener = state.listeners.get(rule.listenerArn);
      if (listener) users.add(listener.loadBalancerArn);
    }
  return [...users];
}

export const zonesOf = (topology: Topology, { subnetIds }: LoadBalancerRecord): Set<string> =>
  new Set(topology.subnets.filter(({ id }) => subnetIds.includes(id)).map(({ zone }) => zone));
