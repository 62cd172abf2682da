import type { Internal, Region, Service } from '../../region.ts';
import type { Reconciler } from '../../reconciler.ts';
import { createAgent } from './agent/agent.ts';
import { setBinds, startBindCleaner } from './binds.ts';
import { clusterHandlers } from './clusters.ts';
import { metadataEndpoint } from './metadata/endpoint.ts';
import { startAlarmWatch } from './scheduler/alarms.ts';
import { startScheduler } from './scheduler/scheduler.ts';
import { serviceDeploymentHandlers } from './service-deployments.ts';
import { serviceRevisionHandlers } from './service-revisions.ts';
import { serviceHandlers } from './services.ts';
import { settingHandlers } from './settings.ts';
import { createState, definitionOf, type Ecs, type EcsOptions, type Sdk } from './state.ts';
import { tagHandlers } from './tags.ts';
import { taskDefinitionHandlers } from './task-definitions.ts';
import { taskProtectionHandlers } from './task-protection.ts';
import { taskHandlers } from './tasks.ts';

/** Amazon ECS on Fargate: its operations, the service scheduler, and the agent that runs the tasks. */
export function createEcs(
  region: Region,
  options: EcsOptions = { taskSettles: 500 },
): Service<Sdk, Internal['ecs']> {
  const ecs = createState(region, options);
  const agent = createAgent(ecs);
  let scheduler: Reconciler | undefined;
  let alarmWatch: Reconciler | undefined;
  let bindCleaner: Reconciler | undefined;
  return {
    handlers: {
      ...clusterHandlers(ecs),
      ...taskDefinitionHandlers(ecs),
      ...serviceHandlers(ecs),
      ...serviceDeploymentHandlers(ecs),
      ...serviceRevisionHandlers(ecs),
      ...taskProtectionHandlers(ecs),
      ...taskHandlers(ecs),
      ...tagHandlers(ecs),
      ...settingHandlers(ecs),
    },
    internal: {
      container: agent.container,
      async swap(taskId, name, image) {
        const original = originalImage(ecs, taskId, name);
        if (image !== undefined && original !== undefined) ecs.swaps.set(original, image);
        const resolved = image === undefined ? undefined : await region.plane.runtime.resolve(image);
        return agent.restart(taskId, name, resolved);
      },
      lastWords: agent.lastWords,
      metadata: metadataEndpoint(ecs, agent.container),
      setBinds: (stack, binds) => setBinds(ecs, stack, binds),
    },
    start() {
      agent.start();
      bindCleaner = startBindCleaner(ecs);
      scheduler = startScheduler(ecs);
      alarmWatch = startAlarmWatch(ecs);
    },
    async stop() {
      await alarmWatch?.stop();
      await scheduler?.stop();
      await bindCleaner?.stop();
      await agent.stop();
    },
  };
}

/** The image that a container's task definition names. */
function originalImage(ecs: Ecs, taskId: string, name: string): string | undefined {
  const task = ecs.tables.tasks.get(taskId);
  if (!task) return undefined;
  return definitionOf(ecs, task.taskDefinitionArn).containerDefinitions.find((one) => one.name === name)
    ?.image;
}
