import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { namespaceOf } from '../../../network/namespace.ts';
import type { LastWords } from '../../../region.ts';
import type { Container, Image } from '../../../runtime/runtime.ts';
import { definitionOf, type Ecs, type TaskDefinitionRecord, type TaskRecord } from '../state.ts';
import { advanceTask, changeTask, isBefore, requestStop } from '../task-status.ts';
import { containerSpec } from './container-spec.ts';
import { deferred } from './deferred.ts';
import { awaitDependency } from './dependencies.ts';
import { messageOf, named, TaskFailure } from './failure.ts';
import { descriptionOf, ensureInterface, releaseInterface } from './interface.ts';
import { changeContainer, liveContainer, type LiveContainer } from './live-container.ts';
import { rememberLines } from './last-words.ts';
import { memoryLimits } from './memory-limits.ts';
import { openLogs, type LogSink } from './logs.ts';
import { deregister, isDraining, register, reportHealth } from './registrations.ts';
import { checkRoles, rolesOf } from './roles.ts';
import { resolveSecrets, type Secrets } from './secrets.ts';
import { prepareVolumes, volumesOfTask, type TaskVolume } from './volumes.ts';
import { waitUntil } from './wait-until.ts';

/** One task while this process looks after it. */
export interface LiveTask {
  /** Its record wants it stopped. */
  stop(): void;
  container(name: string): Container | undefined;
  lastWords(): readonly LastWords[];
  /** Starts a container's program again in its place; false where it does not run. */
  restart(name: string, image?: Image): Promise<boolean>;
  /** Resolves when its record says STOPPED. */
  readonly done: Promise<void>;
}

interface Prepared {
  readonly images: ReadonlyMap<string, Image>;
  readonly secrets: Secrets;
  readonly logs: ReadonlyMap<string, LogSink>;
}

/** Lives a task's life, from its interface to its removal. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
export function liveTask(ecs: Ecs, id: string, ended: () => boolean): LiveTask {
  const { region, tables, now } = ecs;
  const current = (): TaskRecord => {
    const task = tables.tasks.get(id);
    if (!task) throw new Error(`task ${id} has no record`);
    return task;
  };
  const definition = definitionOf(ecs, current().taskDefinitionArn);
  const said = new Map(definition.containerDefinitions.map(({ name }) => [name, rememberLines()]));
  const lastWords = () => [...said].map(([container, { lines }]) => ({ container, lines: lines() }));
  const stopRequested = deferred();
  const essentialExited = deferred<void>();
  let stopping = false;
  let registering: Promise<void> = Promise.resolve();
  const containers = new Map<string, LiveContainer>(
    definition.containerDefinitions.map((container) => [
      container.name,
      liveContainer({ ecs, taskId: id, definition: container, ended, onHealth: () => void tellHealth() }),
    ]),
  );
  const live = (name: string): LiveContainer => {
    const container = containers.get(name);
    if (!container) throw new Error(`task ${id} has no container ${name}`);
    return container;
  };
  for (const { name, essential } of definition.containerDefinitions)
    if (essential !== false)
      live(name).exited.then(
        () => essentialExited.resolve(),
        () => {},
      );

  async function tellHealth(): Promise<void> {
    await registering.catch(() => {});
    if (!stopping)
      await reportHealth(ecs, current()).catch((error) => region.log(`task ${id}: ${messageOf(error)}`));
  }

  async function life(): Promise<void> {
    if (isBefore(current().lastStatus, 'ACTIVATING')) {
      const up = start();
      const forever = up.then(() => new Promise<never>(() => {}));
      try {
        await Promise.race([stopRequested.promise, essentialExited.promise, forever]);
        // No effect where the stop was asked for.
        requestStop(ecs, id, 'EssentialContainerExited', 'Essential container in task exited');
      } catch (error) {
        const stopCode = error instanceof TaskFailure ? error.stopCode : 'TaskFailedToStart';
        requestStop(ecs, id, stopCode, messageOf(error));
      }
    } else {
      // Its containers were children of a host that is gone: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html
      requestStop(
        ecs,
        id,
        'InfrastructureHealth',
        `Host EC2 (instance ${region.identity.region}-local) stopped/terminated.`,
      );
      for (const { name, lastStatus } of current().containers)
        if (lastStatus !== 'STOPPED') changeContainer(ecs, id, name, { lastStatus: 'STOPPED' });
    }
    stopping = true;
    await shutDown();
  }

  async function start(): Promise<void> {
    ensureInterface(ecs, current());
    const [prepared] = await Promise.all([
      prepare(ecs, current(), definition, (name, lines) => said.get(name)?.add(lines)),
      region.plane.network.settled().catch((error: unknown) => {
        throw new TaskFailure(`ResourceInitializationError: failed to configure ENI: ${messageOf(error)}`);
      }),
    ]);
    if (stopping) return;
    const volumes = await prepareVolumes(ecs, current(), definition, prepared.images);
    if (stopping) return;
    advanceTask(ecs, id, 'ACTIVATING');
    await Promise.all(
      definition.containerDefinitions.map(({ name }) => startContainer(name, { ...prepared, volumes })),
    );
    if (stopping) return;
    registering = register(ecs, current());
    await registering;
    if (stopping) return;
    advanceTask(ecs, id, 'RUNNING', { startedAt: now() });
    void tellHealth();
  }

  async function startContainer(
    name: string,
    { images, secrets, logs, volumes }: Prepared & { readonly volumes: ReadonlyMap<string, TaskVolume> },
  ): Promise<void> {
    const container = definition.containerDefinitions.find((one) => one.name === name);
    const image = images.get(name);
    const sink = logs.get(name);
    if (!container || !image || !sink) throw new Error(`container ${name} of task ${id} is not prepared`);
    await dependenciesOf(container);
    if (stopping) return;
    const specOf = (one: Image, runtimeId: string) => ({
      ...containerSpec({
        identity: region.identity,
        task: current(),
        definition,
        container,
        image: one,
        runtimeId,
        volumes,
        secrets: secrets.get(name) ?? {},
        topology: region.internal.ec2.topology(),
      }),
      network: namespaceOf(descriptionOf(ecs, current())),
      memory: memoryLimits(current(), definition, container),
    });
    await live(name).start(image, specOf, sink);
  }

  async function dependenciesOf({ name, dependsOn = [] }: ContainerDefinition): Promise<void> {
    try {
      await Promise.all(
        dependsOn.map((dependency) => {
          const { containerName = '' } = dependency;
          const other = definition.containerDefinitions.find((one) => one.name === containerName);
          return awaitDependency(
            region.clock,
            name ?? '',
            dependency,
            live(containerName),
            other?.startTimeout,
          );
        }),
      );
    } catch (error) {
      // The code that a program would have had that was asked to end.
      if (!stopping)
        changeContainer(ecs, id, name ?? '', {
          reason: named('CannotStartContainerError', error),
          exitCode: 143,
        });
      throw new TaskFailure('Task failed to start');
    }
  }

  async function shutDown(): Promise<void> {
    const served = [...containers.values()].some(({ process }) => process) && current().registered;
    advanceTask(ecs, id, 'DEACTIVATING', { stoppingAt: now() });
    await registering.catch(() => {});
    await attempt('deregistration', deregister(ecs, current()));
    // SIGTERM comes after connection draining: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-service.html
    // Nothing is left to drain when the program itself has ended.
    const dead = () => current().stopCode === 'EssentialContainerExited';
    if (served && !dead()) {
      const drained = waitUntil(region, ['elbv2/'], () => !isDraining(ecs, current()));
      await Promise.race([drained, essentialExited.promise]);
    }
    advanceTask(ecs, id, 'STOPPING');
    await Promise.all(definition.containerDefinitions.map(({ name }) => stopContainer(name)));
    advanceTask(ecs, id, 'DEPROVISIONING', { executionStoppedAt: now() });
    await Promise.all([...containers.values()].map(({ remove }) => attempt('removal', remove())));
    for (const volume of volumesOfTask(ecs, id, definition))
      await attempt('volume', region.plane.runtime.removeVolume?.(volume));
    releaseInterface(ecs, current());
    changeTask(ecs, id, {
      containers: current().containers.map((container) => ({ ...container, lastStatus: 'STOPPED' })),
    });
    tables.lastWords.put(id, { words: lastWords() });
    advanceTask(ecs, id, 'STOPPED', { stoppedAt: now() });
  }

  /** What fails on the way out must not keep the rest from ending. */
  async function attempt(what: string, work: Promise<void> | undefined): Promise<void> {
    await work?.catch((error: unknown) => region.log(`task ${id}: ${what}: ${messageOf(error)}`));
  }

  /** After every container that depends on it. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */
  const stops = new Map<string, Promise<void>>();
  function stopContainer(name: string): Promise<void> {
    const known = stops.get(name);
    if (known) return known;
    const dependents = definition.containerDefinitions.filter(({ dependsOn = [] }) =>
      dependsOn.some(({ containerName }) => containerName === name),
    );
    const stop = Promise.all(dependents.map((one) => stopContainer(one.name))).then(() => live(name).stop());
    stops.set(name, stop);
    return stop;
  }

  return {
    stop: () => stopRequested.resolve(),
    container: (name) => containers.get(name)?.process,
    lastWords,
    restart: async (name, image) => (await containers.get(name)?.restart(image)) ?? false,
    done: life(),
  };
}

/** Images, secrets and log streams, all at once. */
async function prepare(
  ecs: Ecs,
  task: TaskRecord,
  definition: TaskDefinitionRecord,
  remember: (container: string, lines: readonly string[]) => void,
): Promise<Prepared> {
  const { runtime } = ecs.region.plane;
  const { containerDefinitions } = definition;
  async function pull(): Promise<ReadonlyMap<string, Image>> {
    changeTask(ecs, task.id, { pullStartedAt: ecs.now() });
    const images = await Promise.all(
      containerDefinitions.map(async ({ name, image }) => {
        try {
          return [name, await runtime.resolve(ecs.swaps.get(image) ?? image)] as const;
        } catch (error) {
          const reason = named('CannotPullContainerError', error);
          changeContainer(ecs, task.id, name, { reason: reason.slice(0, 1024) });
          throw new TaskFailure(reason);
        }
      }),
    );
    changeTask(ecs, task.id, { pullStoppedAt: ecs.now() });
    return new Map(images);
  }
  await checkRoles(ecs, rolesOf(task, definition));
  const openAll = containerDefinitions.map(
    async ({ name, logConfiguration }) =>
      [name, await openLogs(ecs, logConfiguration, name, task.id, (lines) => remember(name, lines))] as const,
  );
  const [images, secrets, logs] = await Promise.all([
    pull(),
    resolveSecrets(ecs, definition),
    Promise.all(openAll),
  ]);
  return { images, secrets, logs: new Map(logs) };
}
