import { addServiceEvent } from '../service-events.ts';
import {
  definitionOf,
  type DeploymentRecord,
  type Ecs,
  type ServiceRecord,
  type TaskRecord,
} from '../state.ts';
import { requestStop } from '../task-status.ts';
import { inheritedTags, putNewTask } from './new-task.ts';
import type { Observation } from './observe.ts';
import { placeTask } from './place.ts';
import type { Plan } from './plan.ts';

const listed = (ids: readonly string[]): string => ids.map((id) => `(task ${id})`).join(' ');

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html */
export function stopTasks(
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
  if (stop.length > 0)
    addServiceEvent(
      ecs,
      service.arn,
      `has stopped ${stop.length} running tasks: ${listed(stop.map(({ id }) => id))}.`,
    );
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

export interface Start {
  readonly service: ServiceRecord;
  readonly deployment: DeploymentRecord;
  readonly count: number;
  /** How many of them take the place of an unhealthy one. */
  readonly replacing: number;
  /** All tasks of the service, for the balance of zones. */
  readonly tasks: readonly TaskRecord[];
}

/** Starts tasks of one deployment, unless it pauses after failures; returns how many. */
export function startTasks(ecs: Ecs, { service, deployment, count, replacing, tasks }: Start): number {
  if (count === 0 || pauseOf(ecs, deployment) > 0) return 0;
  const { revision } = deployment;
  const definition = definitionOf(ecs, revision.taskDefinitionArn);
  const topology = ecs.region.internal.ec2.topology();
  const beside: Pick<TaskRecord, 'zone' | 'subnetId'>[] = tasks.filter(
    ({ desiredStatus }) => desiredStatus === 'RUNNING',
  );
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
        ...managedTags(service),
      ],
    });
    ids.push(task.id);
  }
  const instead =
    replacing > 0
      ? ` Amazon ECS replaced ${Math.min(replacing, count)} tasks due to an unhealthy status.`
      : '';
  addServiceEvent(ecs, service.arn, `has started ${count} tasks: ${listed(ids)}.${instead}`);
  return count;
}

/** Milliseconds until a deployment may start tasks again. */
export const pauseOf = ({ region }: Ecs, { retryAt }: DeploymentRecord): number =>
  retryAt ? Math.max(0, retryAt.getTime() - region.clock.now()) : 0;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html */
const managedTags = (service: ServiceRecord): { readonly key: string; readonly value: string }[] =>
  service.enableManagedTags
    ? [
        { key: 'aws:ecs:clusterName', value: service.clusterName },
        { key: 'aws:ecs:serviceName', value: service.name },
      ]
    : [];
