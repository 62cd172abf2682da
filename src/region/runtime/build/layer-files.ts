import { chmod, lstat, mkdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Netd } from '../../network/netd-client.ts';
import { lookUp } from '../images/view.ts';
import { launchEnvironment } from '../launch/context.ts';

/** Writes into a new layer's directory so that what lies below keeps its modes and owners. */
export interface LayerWriter {
  /** The place of an absolute path; its parents are made, like those below where there are some. */
  place(path: string): Promise<string>;
  /** Makes a directory; one that the image has stays as it is. */
  directory(path: string, mode?: number): Promise<void>;
  /** Directories made anew, without those of the image. */
  readonly made: readonly string[];
  /** Gives paths of the layer to an owner that may only exist inside. */
  finish(
    owner: { readonly uid: number; readonly gid: number } | undefined,
    paths: readonly string[],
  ): Promise<void>;
}

export function layerWriter(netd: Netd, root: string, below: readonly string[]): LayerWriter {
  const done = new Set<string>(['/']);
  const made: string[] = [];
  /** Directory in the layer → the one below that it must look like. */
  const foreign: (readonly [from: string, to: string])[] = [];

  async function directory(path: string, mode = 0o755): Promise<void> {
    if (done.has(path)) return;
    done.add(path);
    await directory(parentOf(path));
    const target = join(root, path);
    const { source, stats } = await lookUp(below, path);
    await mkdir(target).catch(ignoreExisting);
    if (!source || !stats?.isDirectory()) {
      made.push(path);
      return chmod(target, mode);
    }
    await chmod(target, stats.mode & 0o7777);
    await utimes(target, stats.atime, stats.mtime);
    if (stats.uid !== (await lstat(target)).uid) foreign.push([source, target]);
  }
  const change = async (args: readonly string[]) => {
    const { code, stderr } = await netd.run(['chown', '--no-dereference', ...args], {
      env: launchEnvironment,
    });
    if (code !== 0) throw new Error(`cannot change owners: ${stderr.trim()}`);
  };
  return {
    made,
    directory,
    async place(path) {
      await directory(parentOf(path));
      return join(root, path);
    },
    async finish(owner, paths) {
      for (const [from, to] of foreign) await change([`--reference=${from}`, '--', to]);
      if (!owner) return;
      const all = [...made, ...paths].map((path) => join(root, path));
      for (let at = 0; at < all.length; at += 500)
        await change([`${owner.uid}:${owner.gid}`, '--', ...all.slice(at, at + 500)]);
    },
  };
}

const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/';

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
