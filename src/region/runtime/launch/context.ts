import type { Netd } from '../../network/netd-client.ts';
import type { ImageStore } from '../images/store.ts';
import type { MemoryGuard } from './memory-guard.ts';
import { type LaunchTools, systemPath } from './tools.ts';

/** What starting and building share. */
export interface LaunchContext {
  readonly netd: Netd;
  readonly store: ImageStore;
  /** `containers`, `volumes` and `tmp` lie below it. */
  readonly stateDirectory: string;
  readonly tools: () => Promise<LaunchTools>;
  /** Absent: no limit of memory is kept (builds). */
  readonly memory?: MemoryGuard;
}

/** For the launching programs; libmount's new interface cuts the list of layers at 256 bytes. */
export const launchEnvironment = { PATH: systemPath, LIBMOUNT_FORCE_MOUNT2: 'always', LC_ALL: 'C' };

/** Runs one of the fixed scripts in a mount namespace of its own, so that nothing has to be unmounted. */
export async function runScript(netd: Netd, script: string, args: readonly string[]): Promise<void> {
  const argv = ['unshare', '--mount', '--', '/bin/sh', '-c', script, 'fairway', ...args];
  const { code, signal, stderr } = await netd.run(argv, { env: launchEnvironment });
  if (code !== 0) throw new Error(stderr.trim() || `ended with ${signal ?? code}`);
}

/** Removes what containers wrote: its owners may be ids that only exist inside. */
export async function removeInside(netd: Netd, path: string): Promise<void> {
  const { code, stderr } = await netd.run(['rm', '-rf', '--', path], { env: launchEnvironment });
  if (code !== 0) throw new Error(`cannot remove ${path}: ${stderr.trim()}`);
}
