import { ApiError } from '../../../gateway/api-error.ts';
import { nameOf } from '../ids.ts';
import { definitionOf, type Ecs, type Registration, type TaskRecord } from '../state.ts';
import { changeTask, hasHealthCheck, healthOf } from '../task-status.ts';
import { addServiceEvent } from '../service-events.ts';
import { messageOf, TaskFailure } from './failure.ts';

const addressOf = (task: TaskRecord): string => task.interface?.privateAddress ?? '';
const serviceId = (registryArn: string): string => nameOf(registryArn);

/** Enters a task where its service says it can be found. */
export async function register(ecs: Ecs, task: TaskRecord): Promise<void> {
  if (task.registrations.length === 0) return;
  // Written first, so that whatever ends this task knows what to undo.
  changeTask(ecs, task.id, { registered: true });
  try {
    await Promise.all(task.registrations.map((registration) => enter(ecs, task, registration)));
  } catch (error) {
    throw new TaskFailure(`ResourceInitializationError: ${messageOf(error)}`);
  }
}

async function enter(ecs: Ecs, task: TaskRecord, registration: Registration): Promise<void> {
  const { api, identity } = ecs.region;
  if (registration.kind === 'target') {
    const { targetGroupArn, port } = registration;
    await api.elbv2.RegisterTargets({
      TargetGroupArn: targetGroupArn,
      Targets: [{ Id: addressOf(task), Port: port, AvailabilityZone: task.zone }],
    });
    if (task.serviceArn)
      addServiceEvent(ecs, task.serviceArn, `registered 1 targets in (target-group ${targetGroupArn})`);
    return;
  }
  const definition = definitionOf(ecs, task.taskDefinitionArn);
  const waits = hasHealthCheck(definition) && healthOf(task, definition) !== 'HEALTHY';
  const ServiceId = serviceId(registration.registryArn);
  const { Service } = await api.servicediscovery.GetService({ Id: ServiceId });
  await api.servicediscovery.RegisterInstance({
    ServiceId,
    InstanceId: task.id,
    CreatorRequestId: task.id,
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
    Attributes: {
      AWS_INSTANCE_IPV4: addressOf(task),
      ...(registration.port === undefined ? {} : { AWS_INSTANCE_PORT: String(registration.port) }),
      ...(waits && Service?.HealthCheckCustomConfig ? { AWS_INIT_HEALTH_STATUS: 'UNHEALTHY' } : {}),
      AVAILABILITY_ZONE: task.zone,
      REGION: identity.region,
      ECS_CLUSTER_NAME: task.clusterName,
      ECS_TASK_DEFINITION_FAMILY: definition.family,
      ...(task.serviceArn ? { ECS_SERVICE_NAME: nameOf(task.serviceArn) } : {}),
    },
  });
}

/** Removes a task from where it was entered; what is not there is fine. */
export async function deregister(ecs: Ecs, task: TaskRecord): Promise<void> {
  if (!task.registered) return;
  await Promise.all(
    task.registrations.map(async (registration) => {
      try {
        await leave(ecs, task, registration);
      } catch (error) {
        if (!(error instanceof ApiError && /NotFound|InvalidTarget/.test(error.code))) throw error;
      }
    }),
  );
}

async function leave(ecs: Ecs, task: TaskRecord, registration: Registration): Promise<void> {
  const { api, internal } = ecs.region;
  if (registration.kind === 'instance') {
    await api.servicediscovery.DeregisterInstance({
      ServiceId: serviceId(registration.registryArn),
      InstanceId: task.id,
    });
    return;
  }
  const { targetGroupArn, port } = registration;
  if (internal.elbv2.targetState(targetGroupArn, addressOf(task), port) === undefined) return;
  await api.elbv2.DeregisterTargets({
    TargetGroupArn: targetGroupArn,
    Targets: [{ Id: addressOf(task), Port: port }],
  });
  if (task.serviceArn)
    addServiceEvent(ecs, task.serviceArn, `deregistered 1 targets in (target-group ${targetGroupArn})`);
}

/** Tells Cloud Map what the container health checks say. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html */
export async function reportHealth(ecs: Ecs, task: TaskRecord): Promise<void> {
  if (!task.registered) return;
  const health = healthOf(task, definitionOf(ecs, task.taskDefinitionArn));
  if (health === 'UNKNOWN') return;
  for (const registration of task.registrations) {
    if (registration.kind !== 'instance') continue;
    try {
      await ecs.region.api.servicediscovery.UpdateInstanceCustomHealthStatus({
        ServiceId: serviceId(registration.registryArn),
        InstanceId: task.id,
        Status: health,
      });
    } catch (error) {
      // A service without custom health answers for all its instances; one that is gone answers for none.
      if (!(error instanceof ApiError && /NotFound/.test(error.code))) throw error;
    }
  }
}

export const isDraining = ({ region }: Ecs, task: TaskRecord): boolean =>
  task.registrations.some(
    (registration) =>
      registration.kind === 'target' &&
      region.internal.elbv2.targetState(registration.targetGroupArn, addressOf(task), registration.port)
        ?.state === 'draining',
  );
