import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OperationError } from '../../../common/problem.ts';
import type { Container, ContainerSpec } from '../runtime.ts';
import { containerProc } from './container-proc.ts';
import { type LaunchContext, launchEnvironment, removeInside } from './context.ts';
import { containerEnvironment, passEnvironment } from './environment.ts';
import { execInside } from './exec.ts';
import { wrongFormat } from './exec-format.ts';
import { openOutput } from './output.ts';
import { prepareContainer, type RootOptions } from './prepare.ts';
import { putInside } from './put.ts';
import { dropPrivileges } from './privileges.ts';
import { startScript } from './scripts.ts';
import { usageOf } from './usage.ts';
import { resolveUser } from './user.ts';
import { onTerminal } from './terminal.ts';
import type { Volumes } from './volumes.ts';
import { watchLauncher } from './watch-launcher.ts';

/** The launcher stands between netd and the program: a shell waits, its child is the program; script(1) stands above both. */
const programDepths = { empty: 1, open: 1, terminal: 2 } as const;
/** What a process outside of the container could still hold open is not waited for longer. */
const drainMilliseconds = 500;

export async function startContainer(
  context: LaunchContext,
  volumes: Volumes,
  options: RootOptions,
): Promise<Container> {
  const { netd } = context;
  const { spec } = options;
  const [program = ''] = spec.argv;
  if (program === '') throw cannotStart('no command specified');
  if (!/^[A-Za-z0-9][\w.-]*$/.test(spec.id)) throw new Error(`${spec.id} cannot name a container's folder`);
  const user = await resolveUser(spec.image.layers, spec.user ?? spec.image.config.user).catch(
    (error: Error) => {
      throw cannotStart(error.message);
    },
  );
  const directory = join(context.stateDirectory, 'containers', spec.id);
  const [output, prepared] = await Promise.all([
    openOutput(directory, spec.onOutput, spec.input),
    prepareContainer(context, volumes, directory, options),
  ]).catch(async (error: unknown) => {
    await removeInside(netd, directory);
    throw error;
  });
  const environment = containerEnvironment(
    { ...spec.image.config.environment, ...spec.environment },
    spec.hostname,
    user.home,
  );
  const path = environment['PATH'] ?? '';
  const unfit = await wrongFormat(spec.image.layers, program, path, prepared.workingDirectory);
  if (unfit !== undefined) {
    output.close();
    return endedContainer(context, spec, directory, unfit);
  }
  const passed = passEnvironment(environment);
  const launcher = ['unshare', '--mount', '--pid', '--ipc', '--uts', '--', '/bin/sh', '-c', startScript];
  const place = [prepared.workingDirectory, path, program, String(passed.count)];
  const { init, capabilities, input = 'empty' } = spec;
  const privileges = dropPrivileges({
    ids: netd.ids,
    user,
    capabilities,
    late: passed.late,
    init,
    terminal: input === 'terminal',
  });
  const plain = {
    argv: [...launcher, 'fairway', ...prepared.arguments, ...place, ...privileges, ...spec.argv],
    env: { ...launchEnvironment, ...passed.env },
  };
  const { argv, env } = input === 'terminal' ? onTerminal(plain) : plain;
  const programDepth = programDepths[input];
  const child = netd.spawn(argv, { env, network: spec.network });
  // A terminal whose other end closes tells its program to end.
  if (input !== 'terminal') child.end();
  const { ready, errors } = watchLauncher(child, input === 'terminal' ? spec.onOutput : undefined);
  const pid = await child.started;
  const started = await Promise.race([ready, child.exited.then(() => false)]);
  if (started) output.release();
  else {
    output.close();
    await removeInside(netd, directory);
    throw cannotStart(errors().trim());
  }
  const proc = containerProc(netd, pid, programDepth);
  let outOfMemory = false;
  const guarded = {
    path: proc.path,
    async kill(victim: string) {
      outOfMemory = true;
      await proc.kill(victim);
    },
  };
  const unguard = spec.memory ? context.memory?.watch(guarded, spec.memory) : undefined;
  let ended = false;
  const exited = child.exited.then(async ({ code, signal }) => {
    ended = true;
    unguard?.();
    await Promise.race([output.ended, delay(drainMilliseconds)]);
    return { ...exitOf(code, signal), ...(outOfMemory ? { outOfMemory } : {}) };
  });
  const exec: Container['exec'] = (argv, execOptions = {}) =>
    execInside(
      context,
      { pid, depth: programDepth, spec, environment, directory: prepared.workingDirectory },
      argv,
      execOptions,
    );
  return {
    id: spec.id,
    exited,
    signal: (signal) => child.signal(signal, programDepth),
    exec,
    async usage() {
      const path = ended ? undefined : proc.path();
      return path === undefined ? undefined : usageOf(path);
    },
    put: (source, target) => putInside(exec, source, target),
    remove: async () => {
      await child.signal('SIGKILL', programDepth);
      await exited;
      output.close();
      await removeInside(netd, directory);
    },
  };
}

/**
 * https://docs.docker.com/engine/containers/run/#exit-status: 128 and the signal's number, which is how the shell around the program
 * tells it. Without a code netd itself has ended.
 */
function exitOf(
  code: number | null,
  signal: string | null,
): { readonly code: number; readonly signal?: string } {
  if (code === null) return { code: 137, signal: signal ?? 'SIGKILL' };
  const name = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return name === undefined ? { code } : { code, signal: name };
}

/** What the container runtime says where the program cannot run at all: its log has the line, its exit code is 255. */
function endedContainer(
  context: LaunchContext,
  spec: ContainerSpec,
  directory: string,
  program: string,
): Container {
  spec.onOutput('stderr', Buffer.from(`exec ${program}: exec format error\n`));
  return {
    id: spec.id,
    exited: Promise.resolve({ code: 255 }),
    signal: () => Promise.resolve(false),
    exec: () => {
      throw new OperationError({
        code: 'container-not-running',
        message: `container ${spec.id} is not running`,
      });
    },
    remove: () => removeInside(context.netd, directory),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
function cannotStart(reason: string): OperationError {
  return new OperationError({
    code: 'container-start',
    message: `CannotStartContainerError: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${reason || 'the launcher ended'}: unknown`,
    fix: reason.startsWith('exec: ')
      ? 'check the command and entry point: is the program in the image, under this name, and is each argument an element of its own?'
      : undefined,
  });
}
