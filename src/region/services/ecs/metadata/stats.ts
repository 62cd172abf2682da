import { cpus } from 'node:os';
import { containerUsage, type FindContainer } from '../agent/usage.ts';
import { memoryLimits } from '../agent/memory-limits.ts';
import { definitionOf, type ContainerRecord, type Ecs, type TaskRecord } from '../state.ts';

type Reading = NonNullable<Awaited<ReturnType<typeof containerUsage>>> & { readonly system: number };

/**
 * What a container uses, in docker's shape, as far as it is known here: not its network, its disks and the parts of its time.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-examples.html
 */
export function containerStats(ecs: Ecs, find: FindContainer) {
  /** By the id of the container: what it said when it was asked before. */
  const before = new Map<string, Reading>();

  async function stats(task: TaskRecord, record: ContainerRecord): Promise<object | null> {
    const { name, runtimeId = '' } = record;
    const usage = await containerUsage(ecs, find(task.id, name));
    if (!usage) {
      before.delete(runtimeId);
      return null;
    }
    const now: Reading = { ...usage, system: systemNanoseconds() };
    const earlier = before.get(runtimeId);
    before.set(runtimeId, now);
    const definition = definitionOf(ecs, task.taskDefinitionArn);
    const defined = definition.containerDefinitions.find((one) => one.name === name) ?? { name };
    const { bytes, group } = memoryLimits(task, definition, defined);
    return {
      read: new Date(now.at).toISOString(),
      preread: new Date(earlier?.at ?? -62_135_596_800_000).toISOString(),
      cpu_stats: cpuStats(now),
      precpu_stats: earlier ? cpuStats(earlier) : { cpu_usage: { total_usage: 0 } },
      memory_stats: { usage: now.memoryBytes, limit: bytes ?? group.bytes },
      name,
      id: runtimeId,
    };
  }
  return {
    stats,
    /** Of each container that has run, by its id. */
    async taskStats(task: TaskRecord): Promise<object> {
      const started = task.containers.filter(({ runtimeId }) => runtimeId !== undefined);
      const all = await Promise.all(
        started.map(async (record) => [record.runtimeId, await stats(task, record)] as const),
      );
      return Object.fromEntries(all);
    },
  };
}

const cpuStats = ({ cpuMilliseconds, system }: Reading): object => ({
  cpu_usage: { total_usage: Math.round(cpuMilliseconds * 1e6) },
  system_cpu_usage: system,
  online_cpus: cpus().length,
});

/** All processors' time since the machine started, idle or not, as docker counts it. */
const systemNanoseconds = (): number =>
  cpus().reduce((sum, { times }) => sum + Object.values(times).reduce((all, time) => all + time, 0), 0) * 1e6;
