import { startNetd } from '../start-netd.ts';
import { findProgram } from '../tools.ts';

/** `killed-region NETD ready|starting MARK`: prints the launcher's process id, then waits to be killed. */
const [program = '', when, mark = ''] = process.argv.slice(2);
const unshare = findProgram('unshare') ?? '/usr/bin/unshare';
const starting = startNetd({ program, tools: { unshare }, log: () => {} });
if (when === 'ready') {
  const netd = await starting;
  const sleeper = netd.spawn(['/bin/sleep', mark]);
  const stray = netd.spawn(['/bin/sh', '-c', 'setsid sleep "$1" & exit 0', 'sh', mark]);
  await Promise.all([sleeper.started, stray.exited]);
}
process.stdout.write(`${launcher()}\n`);
setInterval(() => {}, 1000);

function launcher(): number {
  const [child] = (process as unknown as { _getActiveHandles(): { pid?: number; connected?: boolean }[] })
    ._getActiveHandles()
    .filter((handle) => handle.connected);
  return child?.pid ?? 0;
}
