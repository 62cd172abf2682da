import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Netd } from '../../network/netd-client.ts';
import { launchEnvironment, removeInside } from '../launch/context.ts';

const abandonedAfter = 3_600_000;

/** Removes the drafts of layers and build steps that were interrupted; others may be at work in the same cache. */
export async function sweep(netd: Netd, cacheDirectory: string): Promise<void> {
  // Manifests as Fairway wrote them before images were OCI images.
  await removeInside(netd, join(cacheDirectory, 'images/manifests'));
  for (const folder of ['images/tmp', 'builds/containers', 'builds/tmp']) {
    const path = join(cacheDirectory, folder);
    for (const name of await readdir(path).catch(() => [])) {
      const { ctimeMs } = await stat(join(path, name)).catch(() => ({ ctimeMs: Date.now() }));
      if (Date.now() - ctimeMs > abandonedAfter) await removeInside(netd, join(path, name));
    }
  }
}

/** Bytes that directories take on the disk, whoever owns what is in them. */
export async function measureInside(netd: Netd, paths: readonly string[]): Promise<number> {
  let sum = 0;
  for (let at = 0; at < paths.length; at += 100) {
    const argv = ['du', '--summarize', '--block-size=1', '--', ...paths.slice(at, at + 100)];
    const { stdout } = await netd.run(argv, { env: launchEnvironment });
    for (const line of stdout.split('\n')) sum += Number(line.split('\t')[0] ?? 0);
  }
  return sum;
}
