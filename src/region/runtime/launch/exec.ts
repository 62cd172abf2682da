import type { InsideProcess } from '../../network/netd-client.ts';
import type { Container, ContainerSpec } from '../runtime.ts';
import { type LaunchContext, launchEnvironment } from './context.ts';
import { passEnvironment } from './environment.ts';
import { dropPrivileges } from './privileges.ts';
import { execScript } from './scripts.ts';
import { onTerminal } from './terminal.ts';
import { resolveUser } from './user.ts';

export interface RunningContainer {
  /** The launcher above the program, as netd sees it. */
  readonly pid: number;
  /** How far above it. */
  readonly depth: number;
  readonly spec: ContainerSpec;
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
}
type ExecOptions = NonNullable<Parameters<Container['exec']>[1]>;

/** Another program in a running container, with no more rights than the container's own. */
export function execInside(
  { netd }: LaunchContext,
  { pid, depth, spec, environment, directory }: RunningContainer,
  argv: readonly string[],
  options: ExecOptions,
): InsideProcess {
  const variables = { ...environment, ...(options.tty ? { TERM: 'xterm' } : {}), ...options.environment };
  const passed = passEnvironment(variables);
  const begin = async () => {
    const user = await resolveUser(spec.image.layers, options.user ?? spec.user ?? spec.image.config.user);
    const joining = ['/bin/sh', '-c', execScript, 'fairway', ...[pid, depth, passed.count].map(String)];
    const privileges = dropPrivileges({
      ids: netd.ids,
      user,
      capabilities: spec.capabilities,
      late: passed.late,
      directory,
      terminal: options.tty,
    });
    const command = [...joining, ...privileges, ...argv];
    const plain = { argv: command, env: { ...launchEnvironment, ...passed.env } };
    const { argv: words, env } = options.tty ? onTerminal(plain) : plain;
    return netd.spawn(words, { env });
  };
  // nsenter forks into the PID namespace: its child is the program. Below script(1) stands one more shell.
  return deferProcess(begin(), options.tty ? 2 : 1);
}

/** What env(1), the last step before the program, says when there is none: in the words of the container runtime. */
export function inRuntimeWords(text: string): string {
  return text.replace(
    /^\/\.fairway\/env: [‘'](.*)[’']: (No such file or directory|Permission denied)$/m,
    (_, program: string, reason: string) =>
      `OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": ${
        reason === 'Permission denied' ? 'permission denied' : 'executable file not found in $PATH'
      }: unknown`,
  );
}

/** A process whose beginning waits for something. */
function deferProcess(beginning: Promise<InsideProcess>, programDepth: number): InsideProcess {
  const started = beginning.then((child) => child.started);
  started.catch(() => {});
  const use = (action: (child: InsideProcess) => void) => void beginning.then(action, () => {});
  return {
    started,
    exited: beginning.then(
      (child) => child.exited,
      () => ({ code: null, signal: null }),
    ),
    onStdout: (listener) => use((child) => child.onStdout(listener)),
    onStderr: (listener) =>
      use((child) => {
        let first = true;
        child.onStderr((chunk) => {
          listener(first ? Buffer.from(inRuntimeWords(chunk.toString('latin1')), 'latin1') : chunk);
          first = false;
        });
      }),
    onMessage: (listener) => use((child) => child.onMessage(listener)),
    send: (message, handle) => use((child) => child.send(message, handle)),
    write: (chunk) => use((child) => child.write(chunk)),
    end: () => use((child) => child.end()),
    signal: async (signal, depth = programDepth) => (await beginning).signal(signal, depth),
  };
}
