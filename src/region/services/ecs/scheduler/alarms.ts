import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { startReconciler, type Reconciler } from '../../../reconciler.ts';
import type { DeploymentRecord, Ecs, ServiceRecord } from '../state.ts';
import { changeDeployment, failDeployment } from './rollout.ts';

/** How often alarms are asked for while a deployment is in progress, if nothing tells of them; not published. */
const asks = 10_000;

/**
 * Asks for the alarms of the deployments in progress, and fails those whose alarms go off.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
export function startAlarmWatch(ecs: Ecs): Reconciler {
  const { store, clock, log } = ecs.region;
  return startReconciler({
    store,
    clock,
    log,
    name: 'ecs deployment alarms',
    watch: ['ecs/services', 'cloudwatch/alarm'],
    async run() {
      const watched = [...ecs.tables.services.values()].filter((service) => alarmsOf(service).length > 0);
      for (const { arn } of watched) await look(ecs, arn);
      return watched.length > 0 ? asks : undefined;
    },
  });
}

/** The alarms that a service's deployment in progress fails by. */
function alarmsOf({ status, deployments, deploymentConfiguration }: ServiceRecord): readonly string[] {
  const { alarms } = deploymentConfiguration;
  const asked = status === 'ACTIVE' && alarms?.enable && deployments[0]?.rolloutState === 'IN_PROGRESS';
  return asked ? alarms.alarmNames : [];
}

async function look(ecs: Ecs, arn: string): Promise<void> {
  const before = ecs.tables.services.get(arn);
  const names = before ? alarmsOf(before) : [];
  const id = before?.deployments[0]?.id;
  if (names.length === 0 || !id) return;
  const { MetricAlarms = [], CompositeAlarms = [] } = await ecs.region.api.cloudwatch.DescribeAlarms({
    AlarmNames: [...names],
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
  });
  // Read again: the scheduler may have written while the answer was awaited.
  const service = ecs.tables.services.get(arn);
  const primary = service?.deployments[0];
  if (!service || primary?.id !== id || primary.rolloutState !== 'IN_PROGRESS') return;
  const ringing = [...MetricAlarms, ...CompositeAlarms].flatMap(({ AlarmName, StateValue }) =>
    AlarmName && StateValue === 'ALARM' ? [AlarmName] : [],
  );
  if (!primary.alarms) {
    const watched = MetricAlarms.filter(({ AlarmName = '' }) => !ringing.includes(AlarmName));
    changeDeployment(ecs, arn, id, { alarms: { ignored: ringing, triggered: [], bakes: bakeTime(watched) } });
    return;
  }
  const triggered = ringing.filter((name) => !primary.alarms?.ignored.includes(name));
  if (triggered.length === 0) return;
  const { serviceDeploymentArn } = primary;
  if (ecs.tables.serviceDeployments.has(serviceDeploymentArn))
    ecs.tables.serviceDeployments.patch(serviceDeploymentArn, { triggeredAlarms: triggered });
  const after = changeDeployment(ecs, arn, id, { alarms: { ...primary.alarms, triggered } });
  failDeployment(
    ecs,
    after,
    after.deployments[0]!,
    'alarm',
    after.deploymentConfiguration.alarms?.rollback ?? false,
  );
}

/**
 * How long alarms are watched after the tasks before are gone, in milliseconds: until each has looked at the new tasks alone. The
 * formula is not published. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
export const bakeTime = (alarms: readonly MetricAlarm[]): number =>
  Math.max(0, ...alarms.map(({ Period = 60, EvaluationPeriods = 1 }) => Period * EvaluationPeriods * 1000));

/** Undefined: its alarms have not been asked yet. */
export function bakesFor(service: ServiceRecord, { alarms }: DeploymentRecord): number | undefined {
  return alarmsOf(service).length > 0 ? alarms?.bakes : 0;
}
