import type * as sdk from '@aws-sdk/client-ecs';
import type { Handlers } from '../../gateway/types.ts';
import { clientError, invalidParameter } from './errors.ts';
import { isFargateSize, parseCpu, parseMemory } from './fargate-sizes.ts';
import { nameOf } from './ids.ts';
import { page } from './page.ts';
import type { Ecs, Sdk, TaskDefinitionRecord } from './state.ts';
import { putTags, tagsOf } from './tags.ts';
import { checkTaskDefinition } from './task-definition-check.ts';

export function taskDefinitionHandlers(ecs: Ecs): Handlers<Sdk> {
  const { tables, arns, now, region } = ecs;
  const inUse = (arn: string) =>
    [...tables.tasks.values()].some(
      (task) => task.taskDefinitionArn === arn && task.lastStatus !== 'STOPPED',
    ) ||
    [...tables.services.values()].some(
      ({ status, deployments, lastCompleted }) =>
        status !== 'INACTIVE' &&
        [...deployments, lastCompleted].some((deployment) => deployment?.revision.taskDefinitionArn === arn),
    );

  return {
    /** Each registration is the next revision. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */
    RegisterTaskDefinition(input) {
      checkTaskDefinition(input);
      const { tags, family = '', containerDefinitions: _, ...rest } = input;
      const revision = (tables.families.get(family)?.last ?? 0) + 1;
      const cpu = input.cpu ? parseCpu(input.cpu) : undefined;
      const memory = input.memory ? parseMemory(input.memory) : undefined;
      const fargate = cpu !== undefined && memory !== undefined && isFargateSize(cpu, memory);
      const record: TaskDefinitionRecord = {
        ...rest,
        taskDefinitionArn: arns.taskDefinition(family, revision),
        family,
        revision,
        status: 'ACTIVE',
        containerDefinitions: (input.containerDefinitions ?? []).map(withDefaults),
        volumes: input.volumes ?? [],
        cpu: cpu === undefined ? undefined : String(cpu),
        memory: memory === undefined ? undefined : String(memory),
        placementConstraints: [],
        requiresAttributes: [],
        compatibilities: fargate ? ['EC2', 'FARGATE'] : ['EC2'],
        registeredAt: now(),
        registeredBy: `arn:${region.identity.partition}:iam::${region.identity.accountId}:root`,
      };
      tables.families.put(family, { last: revision });
      tables.taskDefinitions.put(record.taskDefinitionArn, record);
      putTags(ecs, record.taskDefinitionArn, tags);
      return { taskDefinition: record, tags: tagsOf(ecs, record.taskDefinitionArn) };
    },
    DescribeTaskDefinition({ taskDefinition, include }) {
      const record = lookUp(ecs, taskDefinition ?? '');
      if (!record) throw clientError('Unable to describe task definition.');
      const tags = include?.includes('TAGS') ? tagsOf(ecs, record.taskDefinitionArn) : [];
      return { taskDefinition: record, tags };
    },
    /** Ascending by family, then revision. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitions.html */
    ListTaskDefinitions({ familyPrefix, status = 'ACTIVE', sort, maxResults, nextToken }) {
      const matching = [...tables.taskDefinitions.values()]
        .filter((one) => one.status === status && (familyPrefix === undefined || one.family === familyPrefix))
        .sort((a, b) => (a.family < b.family ? -1 : a.family > b.family ? 1 : a.revision - b.revision));
      if (sort === 'DESC') matching.reverse();
      const { items, next } = page(matching, maxResults ?? 100, nextToken);
      return { taskDefinitionArns: items.map(({ taskDefinitionArn }) => taskDefinitionArn), nextToken: next };
    },
    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitionFamilies.html */
    ListTaskDefinitionFamilies({ familyPrefix = '', status, maxResults, nextToken }) {
      const active = new Set(
        [...tables.taskDefinitions.values()]
          .filter((one) => one.status === 'ACTIVE')
          .map(({ family }) => family),
      );
      const matching = [...tables.families.keys()]
        .filter((family) => family.startsWith(familyPrefix))
        .filter((family) => !status || status === 'ALL' || (status === 'ACTIVE') === active.has(family))
        .sort();
      const { items, next } = page(matching, maxResults ?? 100, nextToken);
      return { families: items, nextToken: next };
    },
    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html */
    DeregisterTaskDefinition({ taskDefinition = '' }) {
      if (!/:\d+$/.test(taskDefinition)) throw clientError('Family and revision must be specified.');
      const record = lookUp(ecs, taskDefinition);
      if (!record) throw clientError('The specified task definition does not exist.');
      return {
        taskDefinition: tables.taskDefinitions.patch(record.taskDefinitionArn, {
          status: 'INACTIVE',
          deregisteredAt: record.deregisteredAt ?? now(),
        }),
      };
    },
    /** Only what is INACTIVE, at most ten. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html */
    DeleteTaskDefinitions({ taskDefinitions = [] }) {
      if (taskDefinitions.length > 10)
        throw invalidParameter('At most 10 task definitions can be deleted at once.');
      const deleted: sdk.TaskDefinition[] = [];
      const failures: sdk.Failure[] = [];
      for (const wanted of taskDefinitions) {
        const record = /:\d+$/.test(wanted) ? lookUp(ecs, wanted) : undefined;
        if (record?.status !== 'INACTIVE' || inUse(record.taskDefinitionArn)) {
          const reason = record
            ? 'The specified task definition is still in ACTIVE status or in use.'
            : 'MISSING';
          failures.push({ arn: record?.taskDefinitionArn ?? wanted, reason });
          continue;
        }
        tables.taskDefinitions.delete(record.taskDefinitionArn);
        tables.tags.delete(record.taskDefinitionArn);
        deleted.push({ ...record, status: 'DELETE_IN_PROGRESS', deleteRequestedAt: now() });
      }
      return { taskDefinitions: deleted, failures };
    },
  };
}

/** What a registered container shows where nothing was said. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
function withDefaults(
  container: sdk.ContainerDefinition,
): TaskDefinitionRecord['containerDefinitions'][number] {
  return {
    cpu: 0,
    environment: [],
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...container,
    name: container.name ?? '',
    image: container.image ?? '',
    essential: container.essential ?? true,
    portMappings: (container.portMappings ?? []).map((mapping) => ({
      ...mapping,
      hostPort: mapping.hostPort || mapping.containerPort,
      protocol: mapping.protocol ?? 'tcp',
    })),
    // Bounds and defaults: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
    ...(container.healthCheck
      ? { healthCheck: { interval: 30, timeout: 5, retries: 3, ...container.healthCheck } }
      : {}),
  };
}

/** `family`, `family:revision` or an ARN; a family alone is its newest ACTIVE revision. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
function lookUp({ tables, arns }: Ecs, wanted: string): TaskDefinitionRecord | undefined {
  const [, family = '', revision] = /^(.*?)(?::(\d+))?$/.exec(nameOf(wanted)) ?? [];
  if (revision) return tables.taskDefinitions.get(arns.taskDefinition(family, Number(revision)));
  for (let last = tables.families.get(family)?.last ?? 0; last > 0; last--) {
    const record = tables.taskDefinitions.get(arns.taskDefinition(family, last));
    if (record?.status === 'ACTIVE') return record;
  }
  return undefined;
}

/** The revision that a task or service is to use now. */
export function usableDefinition(ecs: Ecs, wanted: string | undefined): TaskDefinitionRecord {
  const record = lookUp(ecs, wanted ?? '');
  if (!record) throw clientError('TaskDefinition not found.');
  if (record.status !== 'ACTIVE') throw clientError('TaskDefinition is inactive');
  if (!record.compatibilities?.includes('FARGATE'))
    throw invalidParameter('Task definition does not support launch_type FARGATE.');
  return record;
}
