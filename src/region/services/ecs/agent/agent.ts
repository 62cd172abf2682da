import type { Container, Image } from '../../../runtime/runtime.ts';
import type { LastWords } from '../../../region.ts';
import { startReconciler, type Reconciler } from '../../../reconciler.ts';
import type { Ecs } from '../state.ts';
import { messageOf } from './failure.ts';
import { sweepInterfaces } from './interface.ts';
import { liveTask, type LiveTask } from './live-task.ts';
import { startMeter } from './meter.ts';
import { purge } from './purge.ts';

export interface Agent {
  container(taskId: string, name: string): Container | undefined;
  restart(taskId: string, name: string, image?: Image): Promise<boolean>;
  lastWords(taskId: string): readonly LastWords[];
  start(): void;
  stop(): Promise<void>;
}

/** Sees to it that every task that is recorded as not stopped is looked after, and stops those that are to stop. */
export function createAgent(ecs: Ecs): Agent {
  const { region, tables } = ecs;
  const tasks = new Map<string, LiveTask>();
  let reconciler: Reconciler | undefined;
  let meter: Reconciler | undefined;
  const container: Agent['container'] = (taskId, name) => tasks.get(taskId)?.container(name);
  let ended = false;

  function adopt(id: string): LiveTask {
    const task = liveTask(ecs, id, () => ended);
    tasks.set(id, task);
    void task.done
      .catch((error) => {
        if (!ended) region.log(`task ${id}: ${messageOf(error)}`);
      })
      .finally(() => {
        tasks.delete(id);
        // A life that broke off is taken up again where its record stands.
        if (!ended && tables.tasks.get(id)?.lastStatus !== 'STOPPED')
          region.clock.schedule(1000, () => reconciler?.wake());
      });
    return task;
  }
  function run(): number | void {
    for (const { id, lastStatus, desiredStatus } of tables.tasks.values()) {
      if (lastStatus === 'STOPPED') continue;
      const task = tasks.get(id) ?? adopt(id);
      if (desiredStatus === 'STOPPED') task.stop();
    }
    return purge(ecs);
  }
  return {
    container,
    restart: async (taskId, name, image) => (await tasks.get(taskId)?.restart(name, image)) ?? false,
    lastWords: (taskId) => tasks.get(taskId)?.lastWords() ?? tables.lastWords.get(taskId)?.words ?? [],
    start() {
      sweepInterfaces(ecs);
      const { store, clock, log } = region;
      reconciler = startReconciler({ store, clock, log, name: 'ecs agent', watch: ['ecs/tasks'], run });
      meter = startMeter(ecs, container);
    },
    async stop() {
      ended = true;
      await meter?.stop();
      await reconciler?.stop();
    },
  };
}
