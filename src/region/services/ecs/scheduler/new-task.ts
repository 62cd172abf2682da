import type { TaskOverride } from '@aws-sdk/client-ecs';
import { randomUUID } from 'node:crypto';
import { newTaskId } from '../ids.ts';
import type { Ecs, Registration, Revision, TaskDefinitionRecord, TaskRecord } from '../state.ts';
import { putTags, tagsOf } from '../tags.ts';

export interface NewTask {
  readonly cluster: { readonly name: string; readonly arn: string };
  readonly definition: TaskDefinitionRecord;
  readonly revision: Pick<
    Revision,
    | 'groupIds'
    | 'assignPublicIp'
    | 'loadBalancers'
    | 'serviceRegistries'
    | 'platformVersion'
    | 'capacityProvider'
  >;
  readonly place: { readonly subnetId: string; readonly zone: string };
  readonly group: string;
  readonly startedBy?: string | undefined;
  readonly serviceArn?: string | undefined;
  readonly deploymentId?: string | undefined;
  readonly overrides?: TaskOverride | undefined;
  readonly enableExecuteCommand: boolean;
  readonly tags: readonly { readonly key?: string | undefined; readonly value?: string | undefined }[];
}

/** Writes a task down; the agent takes it from there. */
export function putNewTask(ecs: Ecs, input: NewTask): TaskRecord {
  const { cluster, definition, revision } = input;
  const id = newTaskId();
  const task: TaskRecord = {
    id,
    arn: ecs.arns.task(cluster.name, id),
    clusterName: cluster.name,
    clusterArn: cluster.arn,
    taskDefinitionArn: definition.taskDefinitionArn,
    group: input.group,
    startedBy: input.startedBy,
    serviceArn: input.serviceArn,
    deploymentId: input.deploymentId,
    ...input.place,
    groupIds: revision.groupIds,
    assignPublicIp: revision.assignPublicIp,
    attachmentId: randomUUID(),
    registrations: registrationsOf(revision),
    registered: false,
    overrides: input.overrides ?? {},
    containers: definition.containerDefinitions.map(({ name, image }) => ({
      name,
      arn: ecs.arns.container(cluster.name, id, randomUUID()),
      image,
      lastStatus: 'PENDING',
      healthStatus: 'UNKNOWN',
    })),
    desiredStatus: 'RUNNING',
    lastStatus: 'PROVISIONING',
    platformVersion: revision.platformVersion,
    capacityProvider: revision.capacityProvider,
    enableExecuteCommand: input.enableExecuteCommand,
    credentialsId: randomUUID(),
    version: 1,
    createdAt: ecs.now(),
  };
  ecs.tables.tasks.put(id, task);
  putTags(ecs, task.arn, [...input.tags]);
  return task;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html and API_ServiceRegistry.html */
function registrationsOf({
  loadBalancers,
  serviceRegistries,
}: Pick<Revision, 'loadBalancers' | 'serviceRegistries'>): readonly Registration[] {
  return [
    ...loadBalancers.map(({ targetGroupArn = '', containerPort = 0 }) => ({
      kind: 'target' as const,
      targetGroupArn,
      port: containerPort,
    })),
    ...serviceRegistries.map(({ registryArn = '', port, containerPort }) => ({
      kind: 'instance' as const,
      registryArn,
      port: port ?? containerPort,
    })),
  ];
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html */
export function inheritedTags(
  ecs: Ecs,
  from: 'TASK_DEFINITION' | 'SERVICE' | 'NONE',
  definitionArn: string,
  serviceArn?: string,
): NewTask['tags'] {
  if (from === 'TASK_DEFINITION') return tagsOf(ecs, definitionArn);
  return from === 'SERVICE' && serviceArn ? tagsOf(ecs, serviceArn) : [];
}
