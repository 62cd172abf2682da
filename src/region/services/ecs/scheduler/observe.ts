import { definitionOf, type Ecs, type ServiceRecord, type TaskRecord } from '../state.ts';
import { hasHealthCheck, healthOf, isPending } from '../task-status.ts';
import { protectionOf } from '../task-protection.ts';
import type { Observed } from './plan.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export const uncheckedTaskProves = 40_000;
/** How soon to look again at target health that no write told of, while a task waits for it. */
const lookAgain = 1000;
/** The same for a task that serves: as often as the quickest health check. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
const quickestCheck = 5000;

const taskSettles = ({ region, options }: Ecs): number =>
  region.pace === 'aws' ? uncheckedTaskProves : options.taskSettles;

export interface Observation extends Observed {
  readonly task: TaskRecord;
  /** Ran well for long enough that its end would not be a failure to start. */
  readonly proven: boolean;
  /** Why it counts as unhealthy, as a stop reason. */
  readonly complaint?: string;
  /** Milliseconds until this may look different without any write. */
  readonly changesIn?: number;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html (minimumHealthyPercent) */
export function observe(ecs: Ecs, service: ServiceRecord, task: TaskRecord): Observation {
  const protectedFor = service.status === 'ACTIVE' ? protectionOf(ecs, task) : 0;
  const seen = judge(ecs, service, task);
  if (protectedFor === 0) return seen;
  return { ...seen, isProtected: true, changesIn: Math.min(protectedFor, seen.changesIn ?? protectedFor) };
}

function judge(ecs: Ecs, service: ServiceRecord, task: TaskRecord): Observation {
  const carries = service.deployments.find(({ id }) => id === task.deploymentId)?.completed ?? false;
  const base = {
    id: task.id,
    zone: task.zone,
    createdAt: task.createdAt.getTime(),
    task,
    carries,
    isProtected: false,
  };
  const starting = { ...base, condition: 'starting', proven: false } as const;
  if (isPending(task.lastStatus) || !task.startedAt) return starting;
  const age = ecs.region.clock.now() - task.startedAt.getTime();

  const definition = definitionOf(ecs, task.taskDefinitionArn);
  const checked = hasHealthCheck(definition);
  const targets = task.registrations.filter((registration) => registration.kind === 'target');
  if (!checked && targets.length === 0) {
    const settles = taskSettles(ecs);
    const healthy = age >= settles;
    const proven = age >= uncheckedTaskProves;
    const rest = (healthy ? uncheckedTaskProves : settles) - age;
    const waits = proven || task.outcome === 'proven' ? {} : { changesIn: rest };
    return { ...base, condition: healthy ? 'healthy' : 'starting', proven, ...waits };
  }

  const complaint = complaintOf(ecs, task, checked && healthOf(task, definition) === 'UNHEALTHY');
  const health = checked ? healthOf(task, definition) : 'HEALTHY';
  const states = targets.map((target) => targetStateOf(ecs, task, target.targetGroupArn, target.port));
  if (complaint) {
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html (healthCheckGracePeriodSeconds)
    const grace = service.gracePeriodSeconds * 1000 - age;
    return grace > 0
      ? { ...starting, changesIn: Math.min(grace, lookAgain) }
      : { ...base, condition: 'unhealthy', proven: false, complaint, changesIn: lookAgain };
  }
  // A target group whose health checks are off says `unavailable`.
  const served = states.every((state) => state === 'healthy' || state === 'unavailable');
  if (health === 'HEALTHY' && served) {
    // At the region's own pace the first look comes so soon that a program may answer it and end.
    const settles = ecs.region.pace === 'eager' ? ecs.options.taskSettles - age : 0;
    if (settles > 0) return { ...starting, changesIn: settles };
    const watched = targets.length > 0 ? { changesIn: quickestCheck } : {};
    return { ...base, condition: 'healthy', proven: true, ...watched };
  }
  return targets.length > 0 ? { ...starting, changesIn: lookAgain } : starting;
}

const targetStateOf = (
  { region }: Ecs,
  task: TaskRecord,
  targetGroupArn: string,
  port: number,
): string | undefined =>
  region.internal.elbv2.targetState(targetGroupArn, task.interface?.privateAddress ?? '', port)?.state;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html */
function complaintOf(ecs: Ecs, task: TaskRecord, containerUnhealthy: boolean): string | undefined {
  if (containerUnhealthy) return 'Task failed container health checks';
  for (const registration of task.registrations)
    if (
      registration.kind === 'target' &&
      targetStateOf(ecs, task, registration.targetGroupArn, registration.port) === 'unhealthy'
    )
      return `Task failed ELB health checks in (target-group ${registration.targetGroupArn})`;
  return undefined;
}
