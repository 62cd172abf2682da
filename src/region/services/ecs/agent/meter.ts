import type { Measurement } from '../../../region.ts';
import { startReconciler, type Reconciler } from '../../../reconciler.ts';
import { nameOf } from '../ids.ts';
import type { Ecs, TaskRecord } from '../state.ts';
import { taskUsage, utilization, type FindContainer, type TaskUsage } from './usage.ts';

const MINUTE = 60_000;

/**
 * Measures each minute the tasks of services that somebody looks at: one datum per task, so that the sample count of a minute is the
 * number of running tasks. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html
 */
export function startMeter(ecs: Ecs, find: FindContainer): Reconciler {
  const { store, clock, log, internal } = ecs.region;
  const before = new Map<string, TaskUsage>();
  let minute = Math.floor(clock.now() / MINUTE);

  const dimensionsOf = ({ clusterName, serviceArn = '' }: TaskRecord) => ({
    ClusterName: clusterName,
    ServiceName: nameOf(serviceArn),
  });
  async function measure(task: TaskRecord, due: boolean): Promise<readonly Measurement[]> {
    const earlier = before.get(task.id);
    if (earlier && !due) return [];
    const usage = await taskUsage(ecs, find, task);
    if (!usage) return [];
    before.set(task.id, usage);
    if (!earlier || !due) return [];
    const { cpu, memory } = utilization(ecs, task, earlier, usage);
    const datum = (metric: string, value: number): Measurement => ({
      namespace: 'AWS/ECS',
      metric,
      dimensions: dimensionsOf(task),
      value,
      unit: 'Percent',
      // In the minute that has just ended.
      at: (minute + 1) * MINUTE - 1,
    });
    return [datum('CPUUtilization', cpu), datum('MemoryUtilization', memory)];
  }
  async function run(): Promise<number | void> {
    const running = [...ecs.tables.tasks.values()].filter(
      ({ serviceArn, lastStatus }) => serviceArn && lastStatus === 'RUNNING',
    );
    const watched = new Map<string | undefined, boolean>();
    for (const task of running)
      if (!watched.has(task.serviceArn))
        watched.set(task.serviceArn, internal.cloudwatch.watched('AWS/ECS', dimensionsOf(task)));
    const wanted = running.filter(({ serviceArn }) => watched.get(serviceArn));
    const ids = new Set(wanted.map(({ id }) => id));
    for (const id of before.keys()) if (!ids.has(id)) before.delete(id);
    const current = Math.floor(clock.now() / MINUTE);
    const due = current > minute;
    if (due) minute = current - 1;
    const measured = await Promise.all(wanted.map((task) => measure(task, due)));
    minute = current;
    const all = measured.flat();
    if (all.length > 0) internal.cloudwatch.record(all);
    return running.length > 0 ? (current + 1) * MINUTE - clock.now() : undefined;
  }
  // An alarm that is new is why something is measured at all.
  return startReconciler({
    store,
    clock,
    log,
    name: 'ecs meter',
    watch: ['ecs/tasks', 'cloudwatch/alarms'],
    run,
  });
}
