import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Netd } from '../../network/netd-client.ts';
import { removeInside } from '../launch/context.ts';

const abandonedAfter = 3_600_000;

/** Removes the drafts of layers and build steps that were interrupted; others may be at work in the same cache. */
export async function sweep(netd: Netd, cacheDirectory: string): Promise<void> {
  for (const folder of ['images/tmp', 'builds/containers', 'builds/tmp']) {
    const path = join(cacheDirectory, folder);
    for (const name of await readdir(path).catch(() => [])) {
      const { ctimeMs } = await stat(join(path, name)).catch(() => ({ ctimeMs: Date.now() }));
      if (Date.now() - ctimeMs > abandonedAfter) await removeInside(netd, join(path, name));
    }
  }
}
