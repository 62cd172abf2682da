import type { TrafficReport } from '../../balancer/protocol.ts';
import type { BalancerCounts, GroupCounts } from '../../balancer/traffic.ts';
import type { Measurement } from '../../region.ts';
import { targetState } from './target-state.ts';
import {
  kindOf,
  usersOf,
  type Elbv2,
  type HealthRecord,
  type LoadBalancerRecord,
  type TargetGroupRecord,
} from './state.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html (60-second intervals) */
const hostInterval = 60_000;

type Dimensions = Readonly<Record<string, string>>;
type Value = readonly [metric: string, value: number, unit?: string];

const balancerOf = (loadBalancer: LoadBalancerRecord): Dimensions => ({
  LoadBalancer: `${kindOf(loadBalancer)}/${loadBalancer.name}/${loadBalancer.id}`,
});
const groupOf = ({ arn }: Pick<TargetGroupRecord, 'arn'>): Dimensions => ({
  TargetGroup: arn.replace(/^.*:(?=targetgroup\/)/, ''),
});

/** Codes that load balancers make themselves; nothing is said of what did not happen. */
const ownValues = (counts: BalancerCounts): readonly Value[] => [
  ['HTTPCode_ELB_4XX_Count', counts.elb4xx],
  ['HTTPCode_ELB_5XX_Count', counts.elb5xx],
  ['HTTPCode_ELB_500_Count', counts.elb500],
  ['HTTPCode_ELB_502_Count', counts.elb502],
  ['HTTPCode_ELB_503_Count', counts.elb503],
  ['HTTPCode_ELB_504_Count', counts.elb504],
  ['HTTPCode_ELB_3XX_Count', counts.redirects],
  ['HTTP_Redirect_Count', counts.redirects],
  ['HTTP_Fixed_Response_Count', counts.fixedResponses],
];
const groupValues = (counts: GroupCounts): readonly Value[] => [
  ['RequestCount', counts.requests],
  ['HTTPCode_Target_2XX_Count', counts.target2xx],
  ['HTTPCode_Target_3XX_Count', counts.target3xx],
  ['HTTPCode_Target_4XX_Count', counts.target4xx],
  ['HTTPCode_Target_5XX_Count', counts.target5xx],
  ['TargetConnectionErrorCount', counts.connectionErrors],
  // The mean of what the report covers, as one observation.
  [
    'TargetResponseTime',
    counts.responses === 0 ? 0 : counts.responseMilliseconds / counts.responses / 1000,
    'Seconds',
  ],
];

export interface Metrics {
  /** What a load balancer's program counted. */
  traffic(loadBalancer: LoadBalancerRecord, report: TrafficReport): void;
  stop(): void;
}

/**
 * What load balancers measure, with AWS's names and dimensions, without those of zones.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function startMetrics(state: Elbv2): Metrics {
  const { region } = state;
  const record = (namespace: string, dimensions: readonly Dimensions[], values: readonly Value[]): void => {
    const at = region.clock.now();
    const measurements = dimensions.flatMap((each): Measurement[] =>
      values.map(([metric, value, unit = 'Count']) => ({
        namespace,
        metric,
        dimensions: each,
        value,
        unit,
        at,
      })),
    );
    if (measurements.length > 0) region.internal.cloudwatch.record(measurements);
  };

  function hosts(): void {
    for (const group of state.targetGroups.values()) {
      const [user] = usersOf(state, group.arn);
      const loadBalancer = state.loadBalancers.get(user ?? '');
      const counts = hostCounts(state, group);
      if (!loadBalancer || counts.registered === 0) continue;
      record(
        loadBalancer.type === 'network' ? 'AWS/NetworkELB' : 'AWS/ApplicationELB',
        [{ ...balancerOf(loadBalancer), ...groupOf(group) }],
        [
          ['HealthyHostCount', counts.healthy],
          ['UnHealthyHostCount', counts.unhealthy],
        ],
      );
    }
    cancel = region.clock.schedule(hostInterval, hosts);
  }
  let cancel = region.clock.schedule(hostInterval, hosts);

  return {
    traffic(loadBalancer, { balancer, groups }) {
      const whole = balancerOf(loadBalancer);
      record('AWS/ApplicationELB', [whole], ownValues(balancer).filter(happened));
      for (const { targetGroupArn, ...counts } of groups) {
        const group = groupOf({ arn: targetGroupArn });
        const both = { ...whole, ...group };
        record('AWS/ApplicationELB', [whole, both], groupValues(counts).filter(happened));
        const { healthy } = hostCounts(state, { arn: targetGroupArn });
        // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html (a mean, kept as a sum)
        if (counts.requests > 0 && healthy > 0)
          record('AWS/ApplicationELB', [group, both], [['RequestCountPerTarget', counts.requests / healthy]]);
      }
    },
    stop: () => cancel(),
  };
}

const happened = ([, value]: Value): boolean => value > 0;

/** A target that drains is neither. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
function hostCounts(state: Elbv2, { arn }: Pick<TargetGroupRecord, 'arn'>) {
  const counts: Record<HealthRecord['state'] | 'registered', number> = {
    registered: 0,
    initial: 0,
    healthy: 0,
    unhealthy: 0,
  };
  for (const target of state.targets.values()) {
    if (target.targetGroupArn !== arn) continue;
    const { State } = targetState(state, target);
    if (State === 'draining' || State === 'unused') continue;
    counts.registered++;
    if (State === 'initial' || State === 'healthy' || State === 'unhealthy') counts[State]++;
  }
  return counts;
}
