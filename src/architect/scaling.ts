import type { Problem } from '../common/problem.ts';
import { scalingOf } from './autoscaled.ts';
import { getAtt, ref, resource, type Resources } from './intrinsics.ts';
import { cluster } from './compute/service.ts';
import { logicalId } from './naming.ts';
import type { Plan } from './plan.ts';
import { members } from './tasks.ts';

/** What is aimed at, how CloudFormation calls it, and how a person does. */
const METRICS = [
  ['cpu', 'ECSServiceAverageCPUUtilization', (aim: number) => `its cpu at ${aim} %`],
  ['memory', 'ECSServiceAverageMemoryUtilization', (aim: number) => `its memory at ${aim} %`],
  ['requests', 'ALBRequestCountPerTarget', (aim: number) => `each at ${aim} requests a minute`],
] as const;

/** https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-ecs.html */
export function scaling(plan: Plan): Resources {
  const resources: Resources = {};
  for (const task of plan.tasks) {
    const settings = scalingOf(task);
    if (!settings) continue;
    const { name } = task.owner;
    const target = logicalId.scalableTarget(name);
    resources[target] = resource(
      `${name}: from ${settings.min} to ${settings.max} tasks`,
      'AWS::ApplicationAutoScaling::ScalableTarget',
      {
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: {
          'Fn::Join': ['/', ['service', cluster(plan), getAtt(logicalId.service(name), 'Name')]],
        },
        MinCapacity: settings.min,
        MaxCapacity: settings.max,
      },
    );
    for (const [metric, PredefinedMetricType, words] of METRICS) {
      const aim = settings[metric];
      if (aim === undefined) continue;
      resources[logicalId.scalingPolicy(name, metric)] = resource(
        `${name}: as many tasks as keep ${words(aim)}`,
        'AWS::ApplicationAutoScaling::ScalingPolicy',
        {
          PolicyName: metric,
          PolicyType: 'TargetTrackingScaling',
          ScalingTargetId: ref(target),
          TargetTrackingScalingPolicyConfiguration: {
            TargetValue: aim,
            PredefinedMetricSpecification: {
              PredefinedMetricType,
              ...(metric === 'requests' ? { ResourceLabel: resourceLabel(plan, name) } : {}),
            },
          },
        },
      );
    }
  }
  return resources;
}

const httpPort = ({ publicServices }: Pick<Plan, 'publicServices'>, name: string): number | undefined =>
  publicServices.find(({ service, protocol }) => service === name && protocol === 'http')?.containerPort;

/** Of the first port that it publishes. https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html */
function resourceLabel(plan: Plan, name: string): unknown {
  const existing = plan.target === 'aws' ? plan.app.settings.existing?.loadBalancer : undefined;
  return {
    'Fn::Join': [
      '/',
      [
        existing
          ? existing.value.replace(/^.*:loadbalancer\//, '')
          : getAtt('LoadBalancer', 'LoadBalancerFullName'),
        getAtt(logicalId.targetGroup(name, httpPort(plan, name)!), 'TargetGroupFullName'),
      ],
    ],
  };
}

/** Requests are counted where the load balancer sends them. */
export function scalingProblems(plan: Pick<Plan, 'tasks' | 'publicServices'>): Problem[] {
  return plan.tasks.flatMap((task) => {
    const settings = scalingOf(task);
    if (settings?.requests === undefined || httpPort(plan, task.owner.name) !== undefined) return [];
    return [
      {
        code: 'scaling-without-requests',
        message: `${task.owner.name} gets no requests of the load balancer: it publishes no port for HTTP`,
        fix: 'write cpu or memory in place of requests, or publish a port',
        position: settings.position,
      },
    ];
  });
}

/** What is not enacted, and whom it does not concern. */
export function scalingNotices({ tasks }: Pick<Plan, 'tasks'>): Problem[] {
  const fixed = tasks.flatMap((task) => {
    const settings = scalingOf(task);
    const { name, replicas } = task.owner;
    if (!settings || replicas.value === 1) return [];
    return [
      {
        code: 'replicas-scaled',
        message: `${name} does not stay at ${replicas.value} tasks: their number follows the load, from ${settings.min} to ${settings.max}`,
        position: replicas.position,
      },
    ];
  });
  const beside = tasks.flatMap((task) =>
    members(task)
      .filter((service) => service !== task.owner && service.settings.autoscaling)
      .map((service) => ({
        code: 'scaling-not-enacted',
        message: `${service.name} runs in the task of ${task.owner.name}: its number follows that one's`,
        position: service.settings.autoscaling!.position,
      })),
  );
  return [...fixed, ...beside];
}
