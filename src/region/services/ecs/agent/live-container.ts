import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { constants } from 'node:os';
import type { Container, ContainerSpec, Image } from '../../../runtime/runtime.ts';
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
  start(image: Image, specOf: SpecOf, logs: LogSink): Promise<void>;
  /**
   * Ends the program and starts it again, from another image where one is given: its task and its address stay, and nobody is told
   * that it ended. False where nothing runs.
   */
  restart(image?: Image): Promise<boolean>;
  /** Resolves when it has ended; at once when it never ran. */
  stop(): Promise<void>;
  /** Removes what it wrote. */
  remove(): Promise<void>;
}

/** What starts a container from an image. */
export type SpecOf = (image: Image, runtimeId: string) => Omit<ContainerSpec, 'id' | 'onOutput'>;

interface Work {
  readonly image: Image;
  readonly specOf: SpecOf;
  readonly logs: LogSink;
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

/** How long a program that is restarted in its place may take to end. */
const restartPatience = 500;

/**
 * A program that is PID 1 loses signals that it has no handler for yet: pid_namespaces(7). At an eager pace one that has only just
 * been started is asked a second time, so that whoever stops it at once does not wait for the whole stop timeout, as on AWS.
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
  const { clock, pace } = ecs.region;
  const started = deferred();
  const exited = deferred<number>();
  const healthy = deferred();
  let starting: Promise<Container> | undefined;
  let running: Container | undefined;
  let removable: Container | undefined;
  let startedAt = 0;
  let stopping = false;
  let current: Work | undefined;
  let next: Work | undefined;
  /** Settles when what follows the program's end is done. */
  let relaunched: Promise<void> = Promise.resolve();
  let endHealthCheck = () => {};
  const change = (changes: Partial<ContainerRecord>) => changeContainer(ecs, taskId, name, changes);

  async function launch(work: Work): Promise<void> {
    const { image, logs } = work;
    const id = newRuntimeId(taskId);
    starting = runtime.start({ ...work.specOf(image, id), id, onOutput: logs.write });
    const container = await starting;
    running = container;
    startedAt = clock.now();
    removable = container;
    change({
      lastStatus: 'RUNNING',
      runtimeId: id,
      startedAt: new Date(startedAt),
      imageDigest: image.digest,
      healthStatus: 'UNKNOWN',
      reason: undefined,
    });
    void container.exited.then(({ code, signal, outOfMemory }) => {
      running = undefined;
      endHealthCheck();
      if (ended()) return;
      logs.flush();
      if (outOfMemory) change({ reason: OUT_OF_MEMORY });
      relaunched = after(exitCodeOf(code, signal), work);
    });
    watchHealth(container);
  }

  /** The program has ended: it runs again where that was asked for, or where its policy says so. */
  async function after(exitCode: number, work: Work): Promise<void> {
    const ranFor = clock.now() - startedAt;
    const again = stopping
      ? undefined
      : (next ?? (restarts(definition, exitCode, ranFor) ? work : undefined));
    next = undefined;
    if (again) {
      try {
        await removable?.remove();
        removable = undefined;
        if (stopping) throw new Error('it is to stop');
        change({ restartCount: (recordOf(ecs, taskId, name)?.restartCount ?? 0) + 1 });
        return await launch(again);
      } catch (error) {
        if (!stopping) change({ reason: named('CannotStartContainerError', error) });
      }
    }
    change({ lastStatus: 'STOPPED', exitCode });
    exited.resolve(exitCode);
  }

  /** SIGTERM (or the image's own), and SIGKILL after the stop timeout. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html */
  async function endOf(container: Container, patience: number): Promise<void> {
    const cancel = clock.schedule(patience, () => void container.signal('SIGKILL').catch(() => false));
    const stopSignal = current?.image.config.stopSignal ?? 'SIGTERM';
    const ask = () => container.signal(stopSignal).catch(() => false);
    const cancelAsking =
      pace === 'eager' && clock.now() - startedAt < justStarted
        ? clock.schedule(askAgainAfter, () => void ask())
        : undefined;
    await ask();
    await container.exited;
    cancel();
    cancelAsking?.();
  }

  function watchHealth(container: Container): void {
    const check = definition.healthCheck;
    if (!check) return;
    endHealthCheck = startHealthCheck({
      clock,
      pace,
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
    async start(image, specOf, logs) {
      current = { image, specOf, logs };
      try {
        await launch(current);
        started.resolve();
      } catch (error) {
        const reason = named('CannotStartContainerError', error);
        change({ lastStatus: 'STOPPED', reason });
        started.reject(error);
        exited.reject(error);
        throw new TaskFailure(reason);
      }
    },
    async restart(image) {
      const container = running;
      if (!container || !current || stopping) return false;
      current = image ? { ...current, image } : current;
      next = current;
      await endOf(container, restartPatience);
      await relaunched;
      return true;
    },
    async stop() {
      stopping = true;
      await starting?.catch(() => {});
      await relaunched;
      const container = running;
      if (!container) return;
      endHealthCheck();
      await endOf(container, (definition.stopTimeout ?? defaultStopTimeout) * 1000);
      await exited.promise;
    },
    async remove() {
      await removable?.remove();
      removable = undefined;
    },
  };
}

/**
 * Whether a container is started again without its task: not for codes that are ignored, and not when it ran for less than the
 * period since its last start. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html
 */
export function restarts(
  { restartPolicy: policy }: Pick<ContainerDefinition, 'restartPolicy'>,
  exitCode: number,
  ranForMilliseconds: number,
): boolean {
  if (!policy?.enabled || policy.ignoredExitCodes?.includes(exitCode)) return false;
  return ranForMilliseconds >= (policy.restartAttemptPeriod ?? 300) * 1000;
}

/** The last line of what a health check said, as far as it fits: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Container.html (reason) */
function healthReason(said: string): string | undefined {
  const line = said.trim().split('\n').at(-1)!.trim();
  return line ? `its health check said: ${line}`.slice(0, LONGEST_REASON) : undefined;
}

const LONGEST_REASON = 255;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
export const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

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
