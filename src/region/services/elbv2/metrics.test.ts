import { beforeEach, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../../../common/clock.ts';
import type { TrafficReport } from '../../balancer/protocol.ts';
import { noBalancerCounts, noGroupCounts } from '../../balancer/traffic.ts';
import { startMetrics, type Metrics } from './metrics.ts';
import { createState, targetId, type Elbv2, type LoadBalancerRecord } from './state.ts';
import { testRegion, type TestRegion } from './test-region.ts';
import { testResources } from './test-resources.ts';

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
let region: TestRegion;
let state: Elbv2;
let clock: ManualClock;
let metrics: Metrics;
let loadBalancer: LoadBalancerRecord;
let targetGroupArn: string;
const addresses = ['127.77.1.5', '127.77.1.6', '127.77.1.7', '127.77.1.8'] as const;
beforeEach(async () => {
  clock = manualClock();
  region = testRegion({ clock });
  state = createState(region.region);
  const make = testResources(region);
  const { LoadBalancerArn = '' } = await make.loadBalancer();
  targetGroupArn = await make.targetGroup();
  await make.listener(LoadBalancerArn, targetGroupArn);
  loadBalancer = state.loadBalancers.get(LoadBalancerArn)!;
  await region.api.RegisterTargets({
    TargetGroupArn: targetGroupArn,
    Targets: addresses.map((Id) => ({ Id })),
  });
  const found = { targetGroupArn, port: 80 };
  const put = (address: string, health: 'healthy' | 'unhealthy') =>
    state.health.put(targetId(targetGroupArn, address, 80), { ...found, address, state: health });
  put(addresses[0], 'healthy');
  put(addresses[1], 'healthy');
  put(addresses[2], 'unhealthy');
  metrics = startMetrics(state);
});

/** Name, dimensions without their ids, and value. */
const measured = () =>
  region.measured.splice(0).map(
    ({ namespace, metric, dimensions, value, unit }) =>
      `${namespace} ${metric} {${Object.entries(dimensions)
        .map(([name, text]) => `${name}=${text.replace(/[0-9a-f]{16}$/, 'ID')}`)
        .join()}} ${value} ${unit}`,
  );

test('hosts are counted every minute; one that drains is neither', async () => {
  await clock.advance(59_000);
  expect(measured()).toEqual([]);
  await clock.advance(1000);
  const dimensions = '{LoadBalancer=app/web/ID,TargetGroup=targetgroup/web/ID}';
  expect(measured()).toEqual([
    `AWS/ApplicationELB HealthyHostCount ${dimensions} 2 Count`,
    `AWS/ApplicationELB UnHealthyHostCount ${dimensions} 1 Count`,
  ]);
  await region.api.DeregisterTargets({
    TargetGroupArn: targetGroupArn,
    Targets: [{ Id: addresses[0] }, { Id: addresses[2] }],
  });
  await clock.advance(60_000);
  expect(measured()).toEqual([
    `AWS/ApplicationELB HealthyHostCount ${dimensions} 1 Count`,
    `AWS/ApplicationELB UnHealthyHostCount ${dimensions} 0 Count`,
  ]);
  metrics.stop();
  await clock.advance(120_000);
  expect(measured()).toEqual([]);
});

test('traffic, of the load balancer and of its group; nothing of what did not happen', () => {
  const report: TrafficReport = {
    kind: 'traffic',
    balancer: { ...noBalancerCounts(), elb5xx: 3, elb502: 1, elb503: 2 },
    groups: [
      {
        ...noGroupCounts(),
        targetGroupArn,
        requests: 10,
        target2xx: 8,
        target5xx: 1,
        responses: 9,
        responseMilliseconds: 450,
        connectionErrors: 1,
      },
    ],
  };
  metrics.traffic(loadBalancer, report);
  expect(measured()).toMatchInlineSnapshot(`
    [
      "AWS/ApplicationELB HTTPCode_ELB_5XX_Count {LoadBalancer=app/web/ID} 3 Count",
      "AWS/ApplicationELB HTTPCode_ELB_502_Count {LoadBalancer=app/web/ID} 1 Count",
      "AWS/ApplicationELB HTTPCode_ELB_503_Count {LoadBalancer=app/web/ID} 2 Count",
      "AWS/ApplicationELB RequestCount {LoadBalancer=app/web/ID} 10 Count",
      "AWS/ApplicationELB HTTPCode_Target_2XX_Count {LoadBalancer=app/web/ID} 8 Count",
      "AWS/ApplicationELB HTTPCode_Target_5XX_Count {LoadBalancer=app/web/ID} 1 Count",
      "AWS/ApplicationELB TargetConnectionErrorCount {LoadBalancer=app/web/ID} 1 Count",
      "AWS/ApplicationELB TargetResponseTime {LoadBalancer=app/web/ID} 0.05 Seconds",
      "AWS/ApplicationELB RequestCount {LoadBalancer=app/web/ID,TargetGroup=targetgroup/web/ID} 10 Count",
      "AWS/ApplicationELB HTTPCode_Target_2XX_Count {LoadBalancer=app/web/ID,TargetGroup=targetgroup/web/ID} 8 Count",
      "AWS/ApplicationELB HTTPCode_Target_5XX_Count {LoadBalancer=app/web/ID,TargetGroup=targetgroup/web/ID} 1 Count",
      "AWS/ApplicationELB TargetConnectionErrorCount {LoadBalancer=app/web/ID,TargetGroup=targetgroup/web/ID} 1 Count",
      "AWS/ApplicationELB TargetResponseTime {LoadBalancer=app/web/ID,TargetGroup=targetgroup/web/ID} 0.05 Seconds",
      "AWS/ApplicationELB RequestCountPerTarget {TargetGroup=targetgroup/web/ID} 5 Count",
      "AWS/ApplicationELB RequestCountPerTarget {LoadBalancer=app/web/ID,TargetGroup=targetgroup/web/ID} 5 Count",
    ]
  `);
  metrics.traffic(loadBalancer, { kind: 'traffic', balancer: noBalancerCounts(), groups: [] });
  expect(measured()).toEqual([]);
  metrics.stop();
});
