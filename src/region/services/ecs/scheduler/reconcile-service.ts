import { addServiceEvent, addServiceEventOnce } from '../service-events.ts';
import {
  definitionOf,
  type DeploymentRecord,
  type Ecs,
  type ServiceRecord,
  type TaskRecord,
} from '../state.ts';
import { isBefore, isPending, requestStop } from '../task-status.ts';
import { isDraining } from '../agent/registrations.ts';
import { breakerThreshold } from './circuit-breaker.ts';
import { inheritedTags, putNewTask } from './new-task.ts';
import { observe, type Observation } from './observe.ts';
import { countOutcomes } from './outcomes.ts';
import { placeTask } from './place.ts';
import { plan, type Plan } from './plan.ts';
import { completeDeployment, failDeployment } from './rollout.ts';

/** Brings one service nearer to what is wanted; returns when to look again, in milliseconds, if time alone can change something. */
export function reconcileService(ecs: Ecs, arn: string, tasks: readonly TaskRecord[]): number | undefined {
  const look = (): ServiceRecord | undefined => ecs.tables.services.get(arn);
  const before = look();
  if (!before || before.status === 'INACTIVE') return undefined;
  const observed = tasks
    .filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
    .map((task) => observe(ecs, before, task));
  const ending = tasks.filter(({ desiredStatus }) => desiredStatus === 'STOPPED');
  countOutcomes(ecs, before, observed, ending);
  tripBreaker(ecs, look());
  const service = look();
  const [primary] = service?.deployments ?? [];
  if (!service || !primary) return undefined;

  const decided = decide(ecs, service, primary, observed, ending);
  stopTasks(ecs, service, primary, observed, decided);
  const now = ecs.region.clock.now();
  const pause = primary.retryAt ? primary.retryAt.getTime() - now : 0;
  const started = pause > 0 ? 0 : startTasks(ecs, service, primary, decided.start, tasks);
  const restored = decided.restore > 0 ? restore(ecs, service, decided.restore, tasks) : 0;
  if (decided.blocked)
    addServiceEventOnce(
      ecs,
      arn,
      'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
    );
  conclude(ecs, service, primary, observed, tasks, decided.stop.length + started + restored > 0);

  const waits = observed.flatMap(({ changesIn }) => changesIn ?? []);
  if (pause > 0 && decided.start > 0) waits.push(pause);
  return waits.length > 0 ? Math.max(1, Math.min(...waits)) : undefined;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
function tripBreaker(ecs: Ecs, service: ServiceRecord | undefined): void {
  const [primary] = service?.deployments ?? [];
  if (service?.status !== 'ACTIVE' || primary?.rolloutState !== 'IN_PROGRESS') return;
  const { enable } = service.deploymentConfiguration.circuitBreaker;
  if (enable && primary.failedTasks >= breakerThreshold(service.desiredCount))
    failDeployment(ecs, service, primary);
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
  });
}

function stopTasks(
  ecs: Ecs,
  service: ServiceRecord,
  primary: DeploymentRecord,
  observed: readonly Observation[],
  { stop }: Plan,
): void {
  for (const { id, because } of stop) {
    const seen = observed.find((one) => one.id === id);
    if (because === 'unhealthy' && seen?.complaint) {
      addServiceEvent(ecs, service.arn, unhealthyEvent(seen));
      requestStop(ecs, id, 'ServiceSchedulerInitiated', seen.complaint);
    } else
      requestStop(
        ecs,
        id,
        'ServiceSchedulerInitiated',
        `Scaling activity initiated by (deployment ${primary.id})`,
      );
  }
  if (stop.length > 0) {
    const names = stop.map(({ id }) => `(task ${id})`).join(' ');
    addServiceEvent(ecs, service.arn, `has stopped ${stop.length} running tasks: ${names}.`);
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-unhealthy-event-messages.html */
function unhealthyEvent({ task, complaint = '' }: Observation): string {
  const target = task.registrations.find(
    (registration) => registration.kind === 'target' && complaint.includes(registration.targetGroupArn),
  );
  return target?.kind === 'target'
    ? `(task ${task.id}) (port ${target.port}) is unhealthy in (target-group ${target.targetGroupArn}) due to (reason Health checks failed).`
    : `(task ${task.id}) failed container health checks.`;
}

function startTasks(
  ecs: Ecs,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  count: number,
  tasks: readonly TaskRecord[],
): number {
  if (count === 0) return 0;
  const { revision } = deployment;
  const definition = definitionOf(ecs, revision.taskDefinitionArn);
  const topology = ecs.region.internal.ec2.topology();
  const beside: Pick<TaskRecord, 'zone' | 'subnetId'>[] = tasks.filter(
    ({ desiredStatus }) => desiredStatus === 'RUNNING',
  );
  const managed = service.enableManagedTags
    ? [
        { key: 'aws:ecs:clusterName', value: service.clusterName },
        { key: 'aws:ecs:serviceName', value: service.name },
      ]
    : [];
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const place = placeTask(revision.subnetIds, topology, beside);
    beside.push(place);
    const task = putNewTask(ecs, {
      cluster: { name: service.clusterName, arn: service.clusterArn },
      definition,
      revision,
      place,
      group: `service:${service.name}`,
      startedBy: deployment.id,
      serviceArn: service.arn,
      deploymentId: deployment.id,
      enableExecuteCommand: service.enableExecuteCommand,
      tags: [
        ...inheritedTags(ecs, service.propagateTags, revision.taskDefinitionArn, service.arn),
        ...managed,
      ],
    });
    ids.push(task.id);
  }
  const names = ids.map((id) => `(task ${id})`).join(' ');
  addServiceEvent(ecs, service.arn, `has started ${count} tasks: ${names}.`);
  return count;
}

function restore(ecs: Ecs, service: ServiceRecord, count: number, tasks: readonly TaskRecord[]): number {
  const old = service.deployments.find(({ status, completed }) => status === 'ACTIVE' && completed);
  if (!old || (old.retryAt && old.retryAt.getTime() > ecs.region.clock.now())) return 0;
  return startTasks(ecs, service, old, count, tasks);
}

/** Ends a deployment, a drained deployment or a service, when all that it waits for has happened. */
function conclude(
  ecs: Ecs,
  service: ServiceRecord,
  primary: DeploymentRecord,
  observed: readonly Observation[],
  tasks: readonly TaskRecord[],
  moved: boolean,
): void {
  const { tables } = ecs;
  if (service.status === 'DRAINING') {
    // A little stricter than AWS, where STOPPING is enough, so that what the tasks used can be deleted next:
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
    if (tasks.every(({ lastStatus }) => lastStatus === 'STOPPED'))
      tables.services.patch(service.arn, { status: 'INACTIVE', inactiveAt: ecs.now(), deployments: [] });
    return;
  }
  if (moved) {
    if (service.steady) tables.services.patch(service.arn, { steady: false });
    return;
  }
  const active = (deployment: DeploymentRecord) =>
    tasks.some(
      (task) =>
        task.deploymentId === deployment.id &&
        (task.desiredStatus === 'RUNNING' || task.lastStatus === 'RUNNING' || isPending(task.lastStatus)),
    );
  const own = observed.filter(({ task }) => task.deploymentId === primary.id);
  const older = service.deployments.slice(1);
  const left = older.filter(active);
  const steady =
    own.length === service.desiredCount &&
    own.every(({ condition }) => condition === 'healthy') &&
    left.length === 0 &&
    observed.length === own.length;
  if (steady && primary.rolloutState === 'IN_PROGRESS') completeDeployment(ecs, service, primary);
  else if (left.length < older.length)
    tables.services.patch(service.arn, { deployments: [primary, ...left] });
  if (steady === service.steady) return;
  tables.services.patch(service.arn, { steady });
  if (steady) addServiceEvent(ecs, service.arn, 'has reached a steady state.');
}
