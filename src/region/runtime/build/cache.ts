import { join } from 'node:path';
import type { Netd } from '../../network/netd-client.ts';
import { measureInside } from '../images/sweep.ts';
import { removeInside } from '../launch/context.ts';
import { cacheMounts } from './mounts/cache.ts';
import { recordsOf } from './records.ts';

/** What builds keep besides layers: folders of `RUN --mount=type=cache`, and the store of the buildah that is fetched. */
export interface BuildCache {
  /** Bytes. */
  measure(): Promise<number>;
  /** Also forgets which layers builds used. */
  remove(): Promise<void>;
}

/** The store of the fetched buildah. */
export const buildahStore = (stateDirectory: string): string => join(stateDirectory, 'buildah');

/** `stateDirectory` is that of the builds. */
export function buildCache(netd: Netd, stateDirectory: string): BuildCache {
  const folders = [cacheMounts(stateDirectory), buildahStore(stateDirectory)];
  return {
    measure: () => measureInside(netd, folders),
    async remove() {
      for (const path of [...folders, recordsOf(stateDirectory)]) await removeInside(netd, path);
    },
  };
}
