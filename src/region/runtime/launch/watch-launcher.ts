import type { InsideProcess } from '../../network/netd-client.ts';
import type { ContainerSpec } from '../runtime.ts';

export interface LauncherWatch {
  /** The program follows. */
  readonly ready: Promise<true>;
  /** Why it does not. */
  errors(): string;
}

/**
 * Listens to the launcher of a container: it says `ready` before it becomes the program. On a terminal what comes after that line
 * is the program's (`onOutput`), and errors come the same way.
 */
export function watchLauncher(child: InsideProcess, onOutput?: ContainerSpec['onOutput']): LauncherWatch {
  let errors = '';
  let isReady = false;
  child.onStderr((chunk) => void (errors += String(chunk)));
  const ready = new Promise<true>((resolve) =>
    child.onStdout((chunk) => {
      if (!onOutput) return resolve(true);
      if (isReady) return onOutput('stdout', chunk);
      errors += chunk.toString('latin1');
      const [, rest] = /^ready\r?\n([^]*)$/.exec(errors) ?? [];
      if (rest === undefined) return;
      isReady = true;
      if (rest !== '') onOutput('stdout', Buffer.from(rest, 'latin1'));
      resolve(true);
    }),
  );
  return { ready, errors: () => errors };
}
