import type * as sdk from '@aws-sdk/client-ecs';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { findCluster } from './clusters.ts';
import { invalidParameter } from './errors.ts';
import { nameOf } from './ids.ts';
import { page } from './page.ts';
import { runTask } from './run-task.ts';
import type { ClusterRecord, Ecs, Sdk, TaskRecord } from './state.ts';
import { usableDefinition } from './task-definitions.ts';
import { requestStop } from './task-status.ts';
import { viewTask } from './task-view.ts';

export function taskHandlers(ecs: Ecs): Handlers<Sdk> {
  const { tables, arns } = ecs;
  const find = (cluster: ClusterRecord, wanted: string): TaskRecord | undefined => {
    const task = tables.tasks.get(nameOf(wanted));
    return task?.clusterArn === cluster.arn ? task : undefined;
  };

  return {
    RunTask: (input) => runTask(ecs, input),

    /**
     * Places tasks on container instances by name, of which a cluster on Fargate has none: each is MISSING, as on AWS.
     * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StartTask.html
     */
    StartTask({ cluster: name, containerInstances = [], taskDefinition }) {
      const cluster = findCluster(ecs, name);
      if (containerInstances.length === 0) throw invalidParameter('containerInstances can not be empty.');
      if (containerInstances.length > 10)
        throw invalidParameter('containerInstances can have at most 10 items.');
      usableDefinition(ecs, taskDefinition);
      return {
        tasks: [],
        failures: containerInstances.map((wanted) => ({
          arn: arns.containerInstance(cluster.name, nameOf(wanted)),
          reason: 'MISSING',
        })),
      };
    },

    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html */
    StopTask({ task: wanted = '', cluster, reason }) {
      const task = find(findCluster(ecs, cluster), wanted);
      if (!task) throw invalidParameter('The referenced task was not found.');
      requestStop(ecs, task.id, 'UserInitiated', reason ?? 'Task stopped by user');
      return { task: viewTask(ecs, tables.tasks.get(task.id) ?? task) };
    },

    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html */
    DescribeTasks({ tasks = [], cluster: clusterName, include }) {
      if (tasks.length > 100) throw invalidParameter('tasks can have at most 100 items.');
      const cluster = findCluster(ecs, clusterName);
      const found = tasks.map((wanted) => ({ wanted, task: find(cluster, wanted) }));
      return {
        tasks: found.flatMap(({ task }) => (task ? [viewTask(ecs, task, include)] : [])),
        failures: found
          .filter(({ task }) => !task)
          .map(({ wanted }) => ({ arn: arns.task(cluster.name, nameOf(wanted)), reason: 'MISSING' })),
      };
    },

    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html */
    ListTasks(input) {
      const cluster = findCluster(ecs, input.cluster);
      checkFilters(input);
      if (input.serviceName && !tables.services.has(arns.service(cluster.name, nameOf(input.serviceName))))
        throw new ApiError('ServiceNotFoundException', 'Service not found.');
      const wanted = input.desiredStatus ?? 'RUNNING';
      const matching = [...tables.tasks.values()].filter(
        (task) =>
          task.clusterArn === cluster.arn &&
          task.desiredStatus === wanted &&
          (!input.serviceName || task.group === `service:${nameOf(input.serviceName)}`) &&
          (!input.family || nameOf(task.taskDefinitionArn).split(':')[0] === input.family) &&
          (!input.startedBy || task.startedBy === input.startedBy) &&
          (!input.launchType || input.launchType === 'FARGATE') &&
          !input.containerInstance,
      );
      const { items, next } = page(matching, input.maxResults ?? 100, input.nextToken);
      return { taskArns: items.map(({ arn }) => arn), nextToken: next };
    },
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html (startedBy) */
function checkFilters({ startedBy, family, serviceName, containerInstance }: sdk.ListTasksRequest): void {
  if (startedBy && (family ?? serviceName ?? containerInstance))
    throw invalidParameter('startedBy must be the only filter.');
}
