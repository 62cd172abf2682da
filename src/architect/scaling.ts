import type { Autoscaling } from '../compose/app.ts';
import type { Problem } from '../common/problem.ts';
import { getAtt, ref, resource, type Resources } from './intrinsics.ts';
import { cluster } from './compute/service.ts';
import { logicalId } from './naming.ts';
import type { Plan } from './plan.ts';
import { members, type Task } from './tasks.ts';

const METRICS = [
  ['cpu', 'ECSServiceAverageCPUUtilization'],
  ['memory', 'ECSServiceAverageMemoryUtilization'],
] as const;

const scalingOf = ({ owner, kind }: Task): Autoscaling | undefined =>
  kind === 'service' ? owner.settings.autoscaling : undefined;

/** https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-ecs.html */
export function scaling(plan: Plan): Resources {
  const resources: Resources = {};
  if (plan.target === 'local') return resources;
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
    for (const [metric, PredefinedMetricType] of METRICS) {
      const aim = settings[metric];
      if (aim === undefined) continue;
      resources[logicalId.scalingPolicy(name, metric)] = resource(
        `${name}: as many tasks as keep its ${metric} at ${aim} %`,
        'AWS::ApplicationAutoScaling::ScalingPolicy',
        {
          PolicyName: metric,
          PolicyType: 'TargetTrackingScaling',
          ScalingTargetId: ref(target),
          TargetTrackingScalingPolicyConfiguration: {
            TargetValue: aim,
            PredefinedMetricSpecification: { PredefinedMetricType },
          },
        },
      );
    }
  }
  return resources;
}

/** What is not enacted, and whom it does not concern. */
export function scalingNotices({ tasks, target }: Pick<Plan, 'tasks' | 'target'>): Problem[] {
  const local =
    target === 'local'
      ? tasks.flatMap((task) => {
          const settings = scalingOf(task);
          return settings
            ? [
                {
                  code: 'scaling-not-enacted',
                  message: `the number of ${task.owner.name}'s tasks does not follow its load on this machine; on AWS it is ${settings.min} to ${settings.max}`,
                  position: settings.position,
                },
              ]
            : [];
        })
      : [];
  const beside = tasks.flatMap((task) =>
    members(task)
      .filter((service) => service !== task.owner && service.settings.autoscaling)
      .map((service) => ({
        code: 'scaling-not-enacted',
        message: `${service.name} runs in the task of ${task.owner.name}: its number follows that one's`,
        position: service.settings.autoscaling!.position,
      })),
  );
  return [...local, ...beside];
}
