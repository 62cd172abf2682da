import { tellWhile } from '../service-events.ts';
import type { DeploymentRecord, Ecs, ServiceRecord, TaskRecord } from '../state.ts';
import { isBefore } from '../task-status.ts';
import { isDraining } from '../agent/registrations.ts';
import { isThrottled } from './back-off.ts';
import { breakerThreshold } from './circuit-breaker.ts';
import { conclude } from './conclude.ts';
import { pauseOf, startTasks, stopTasks } from './move-tasks.ts';
import { observe, type Observation } from './observe.ts';
import { countOutcomes } from './outcomes.ts';
import { plan, type Plan } from './plan.ts';
import { failDeployment } from './rollout.ts';

/** Brings one service nearer to what is wanted; returns when to look again, in milliseconds, if time alone can change something. */
export function reconcileService(ecs: Ecs, arn: string, tasks: readonly TaskRecord[]): number | undefined {
  const look = (): ServiceRecord | undefined => ecs.tables.services.get(arn);
  const before = look();
  if (!before || before.status === 'INACTIVE') return undefined;
  const running = tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
  const ending = tasks.filter(({ desiredStatus }) => desiredStatus === 'STOPPED');
  countOutcomes(
    ecs,
    before,
    running.map((task) => observe(ecs, before, task)),
    ending,
  );
  failWhatFailed(ecs, look());
  const service = look();
  const [primary] = service?.deployments ?? [];
  if (!service || !primary) return undefined;

  const observed = running.map((task) => observe(ecs, service, task));
  const decided = decide(ecs, service, primary, observed, ending);
  stopTasks(ecs, service, primary, observed, decided);
  const { start: count, replacing } = decided;
  const started = startTasks(ecs, { service, deployment: primary, count, replacing, tasks });
  const old = restorable(service);
  const restored = old
    ? startTasks(ecs, { service, deployment: old, count: decided.restore, replacing: 0, tasks })
    : 0;
  const moved = decided.stop.length + started + restored > 0;

  const waits = [
    ...observed.flatMap(({ changesIn }) => changesIn ?? []),
    ...(count > 0 && started === 0 ? [pauseOf(ecs, primary)] : []),
    ...(old && decided.restore > 0 && restored === 0 ? [pauseOf(ecs, old)] : []),
    ...tellOf(ecs, service, primary, decided),
    conclude(ecs, service, primary, observed, tasks, moved),
  ].filter((wait) => wait !== undefined);
  return waits.length > 0 ? Math.max(1, Math.min(...waits)) : undefined;
}

/** The deployment that carries the service until the newest one does. */
const restorable = ({ deployments }: ServiceRecord): DeploymentRecord | undefined =>
  deployments.find(({ status, completed }) => status === 'ACTIVE' && completed);

/** What keeps a service from moving. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
function tellOf(
  ecs: Ecs,
  { arn }: ServiceRecord,
  primary: DeploymentRecord,
  { blocked, held }: Plan,
): readonly (number | undefined)[] {
  const holder = ecs.tables.tasks.get(held[0] ?? '')?.deploymentId;
  return [
    tellWhile(
      ecs,
      arn,
      'blocked',
      blocked
        ? 'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.'
        : undefined,
    ),
    tellWhile(
      ecs,
      arn,
      'protected',
      held.length > 0
        ? `was unable to reach steady state because (taskSet ${holder}) was unable to scale in due to (reason ${held.length} tasks under protection)`
        : undefined,
    ),
    tellWhile(
      ecs,
      arn,
      'throttled',
      isThrottled(primary.failedStarts ?? 0)
        ? 'is unable to consistently start tasks successfully.'
        : undefined,
    ),
  ];
}

/** The circuit breaker, and what was asked by StopServiceDeployment. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
function failWhatFailed(ecs: Ecs, service: ServiceRecord | undefined): void {
  const [primary] = service?.deployments ?? [];
  if (service?.status !== 'ACTIVE' || primary?.rolloutState !== 'IN_PROGRESS') return;
  if (ecs.tables.serviceDeployments.get(primary.serviceDeploymentArn)?.status === 'ROLLBACK_REQUESTED') {
    failDeployment(ecs, service, primary, 'request', true);
    return;
  }
  const { enable, rollback, threshold } = service.deploymentConfiguration.circuitBreaker;
  if (enable && primary.failedTasks >= breakerThreshold(service.desiredCount, threshold))
    failDeployment(ecs, service, primary, 'circuit breaker', rollback);
}

function decide(
  ecs: Ecs,
  service: ServiceRecord,
  primary: DeploymentRecord,
  observed: readonly Observation[],
  ending: readonly TaskRecord[],
): Plan {
  const { minimumHealthyPercent, maximumPercent } = service.deploymentConfiguration;
  return plan({
    desired: service.desiredCount,
    minimumHealthyPercent,
    maximumPercent,
    primary: observed.filter(({ task }) => task.deploymentId === primary.id),
    older: observed.filter(({ task }) => task.deploymentId !== primary.id),
    // Until its containers have ended, but not while it only drains:
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html (maximumPercent)
    leaving: ending.filter(
      (task) =>
        isBefore(task.lastStatus, 'DEPROVISIONING') &&
        !(task.lastStatus === 'DEACTIVATING' && isDraining(ecs, task)),
    ).length,
    primaryStarts: primary.rolloutState !== 'FAILED',
    restores: restorable(service) !== undefined,
  });
}
