import { constants } from 'node:os';
import type { Container, ContainerSpec } from '../../../runtime/runtime.ts';
import { newRuntimeId } from '../ids.ts';
import type { ContainerRecord, Ecs, TaskDefinitionRecord } from '../state.ts';
import { changeTask } from '../task-status.ts';
import { deferred } from './deferred.ts';
import { named, TaskFailure } from './failure.ts';
import { startHealthCheck } from './health-check.ts';
import type { LogSink } from './logs.ts';

/** One container of a task, from before its start to after its end. */
export interface LiveContainer {
  readonly name: string;
  readonly started: Promise<void>;
  readonly exited: Promise<number>;
  readonly healthy: Promise<void>;
  /** The process, while it runs. */
  readonly process: Container | undefined;
  start(spec: Omit<ContainerSpec, 'id' | 'onOutput'>, logs: LogSink): Promise<void>;
  /** Resolves when it has ended; at once when it never ran. */
  stop(): Promise<void>;
  /** Removes what it wrote. */
  remove(): Promise<void>;
}

export interface LiveContainerOptions {
  readonly ecs: Ecs;
  readonly taskId: string;
  readonly definition: TaskDefinitionRecord['containerDefinitions'][number];
  readonly onHealth: () => void;
  /** The region is going down, and takes its containers with it: their ends are not news. */
  readonly ended: () => boolean;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */
const defaultStopTimeout = 30;

/**
 * A program that is PID 1 loses signals that it has no handler for yet: pid_namespaces(7). One that has only just been started is
 * asked a second time, so that whoever stops it at once does not wait for the whole stop timeout, as on AWS.
 */
const justStarted = 2_000;
const askAgainAfter = 1_000;

export function liveContainer({
  ecs,
  taskId,
  definition,
  onHealth,
  ended,
}: LiveContainerOptions): LiveContainer {
  const { name } = definition;
  const { runtime } = ecs.region.plane;
  const { clock } = ecs.region;
  const started = deferred();
  const exited = deferred<number>();
  const healthy = deferred();
  let starting: Promise<Container> | undefined;
  let running: Container | undefined;
  let removable: Container | undefined;
  let stopSignal = 'SIGTERM';
  let startedAt = 0;
  let endHealthCheck = () => {};
  const change = (changes: Partial<ContainerRecord>) => changeContainer(ecs, taskId, name, changes);

  function watch(container: Container, logs: LogSink): void {
    void container.exited.then(({ code, signal }) => {
      running = undefined;
      endHealthCheck();
      if (ended()) return;
      logs.flush();
      const exitCode = exitCodeOf(code, signal);
      change({ lastStatus: 'STOPPED', exitCode });
      exited.resolve(exitCode);
    });
    const check = definition.healthCheck;
    if (!check) return;
    endHealthCheck = startHealthCheck({
      clock,
      check,
      container,
      onStatus(status, said) {
        if (ended()) return;
        const { healthStatus } = recordOf(ecs, taskId, name) ?? {};
        if (status === 'HEALTHY') healthy.resolve();
        if (status === healthStatus) return;
        change({
          healthStatus: status,
          reason: status === 'UNHEALTHY' ? healthReason(said) : undefined,
        });
        onHealth();
      },
    });
  }

  return {
    name,
    started: started.promise,
    exited: exited.promise,
    healthy: healthy.promise,
    get process() {
      return running;
    },
    async start(spec, logs) {
      const id = newRuntimeId(taskId);
      starting = runtime.start({ ...spec, id, onOutput: logs.write });
      try {
        const container = await starting;
        running = container;
        startedAt = clock.now();
        removable = container;
        stopSignal = spec.image.config.stopSignal ?? stopSignal;
        change({ lastStatus: 'RUNNING', runtimeId: id, imageDigest: spec.image.digest });
        watch(container, logs);
        started.resolve();
      } catch (error) {
        const reason = named('CannotStartContainerError', error);
        change({ lastStatus: 'STOPPED', reason });
        started.reject(error);
        exited.reject(error);
        throw new TaskFailure(reason);
      }
    },
    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html */
    async stop() {
      await starting?.catch(() => {});
      const container = running;
      if (!container) return;
      endHealthCheck();
      const cancel = clock.schedule(
        (definition.stopTimeout ?? defaultStopTimeout) * 1000,
        () => void container.signal('SIGKILL').catch(() => false),
      );
      const ask = () => container.signal(stopSignal).catch(() => false);
      const cancelAsking =
        clock.now() - startedAt < justStarted ? clock.schedule(askAgainAfter, () => void ask()) : undefined;
      await ask();
      await exited.promise;
      cancel();
      cancelAsking?.();
    },
    async remove() {
      await removable?.remove();
      removable = undefined;
    },
  };
}

/** The last line of what a health check said, as far as it fits: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Container.html (reason) */
function healthReason(said: string): string | undefined {
  const line = said.trim().split('\n').at(-1)!.trim();
  return line ? `its health check said: ${line}`.slice(0, LONGEST_REASON) : undefined;
}

const LONGEST_REASON = 255;

const recordOf = ({ tables }: Ecs, taskId: string, name: string): ContainerRecord | undefined =>
  tables.tasks.get(taskId)?.containers.find((container) => container.name === name);

export function changeContainer(
  ecs: Ecs,
  taskId: string,
  name: string,
  changes: Partial<ContainerRecord>,
): void {
  const containers = ecs.tables.tasks.get(taskId)?.containers ?? [];
  changeTask(ecs, taskId, {
    containers: containers.map((container) =>
      container.name === name ? { ...container, ...changes } : container,
    ),
  });
}

/** 137 for SIGKILL, 143 for SIGTERM. https://repost.aws/knowledge-center/ecs-task-stopped */
export function exitCodeOf(code: number, signal: string | undefined): number {
  const number = signal === undefined ? undefined : constants.signals[signal as NodeJS.Signals];
  return number === undefined ? code : 128 + number;
}
