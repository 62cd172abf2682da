import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, sha256 } from '../../images/canonical.ts';
import { launchEnvironment } from '../../launch/context.ts';
import type { Build } from '../state.ts';
import { snapshot } from './snapshot.ts';
import type { CacheRequest } from './parse.ts';

/** A folder that outlives the step, and what ends the step's turn with it. */
export interface CacheFolder {
  readonly path: string;
  release(): void;
}

/** Folders of `--mount=type=cache`; they may be removed while nothing is built. */
export const cacheMounts = (stateDirectory: string): string => join(stateDirectory, 'mounts');

const busy = new Map<string, Promise<void>>();

export async function openCache(build: Build, request: CacheRequest): Promise<CacheFolder> {
  const { netd, stateDirectory } = build.launch;
  const identity = sha256(canonicalJson([netd.ids, request.id, request.from ?? null, request.source])).slice(
    0,
    32,
  );
  const { name, release } = await turn(join(cacheMounts(stateDirectory), identity), request.sharing);
  try {
    await mkdir(cacheMounts(stateDirectory), { recursive: true });
    const fresh = await mkdir(name).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (fresh) await prepare(build, request, name);
    return { path: name, release };
  } catch (error) {
    release();
    throw error;
  }
}

async function prepare(build: Build, request: CacheRequest, path: string): Promise<void> {
  const { netd } = build.launch;
  const inside = async (...argv: readonly string[]) => {
    const { code, stderr } = await netd.run(argv, { env: launchEnvironment });
    if (code !== 0) throw new Error(`cannot prepare the cache ${request.id}: ${stderr.trim()}`);
  };
  if (request.from !== undefined) {
    const origin = await snapshot(build, request.from, request.source);
    if ((await readdir(origin)).length > 0) await inside('cp', '-a', '--', `${origin}/.`, path);
  }
  await inside('chmod', request.mode, '--', path);
  if (netd.ids === 'range') await inside('chown', `${request.uid}:${request.gid}`, '--', path);
}

/** `locked` waits for others, `private` takes another folder where this one is in use. */
async function turn(path: string, sharing: CacheRequest['sharing']) {
  if (sharing === 'shared') return { name: path, release: () => {} };
  let name = path;
  if (sharing === 'private') for (let index = 1; busy.has(name); index++) name = `${path}-${index}`;
  while (busy.has(name)) await busy.get(name);
  let free = () => {};
  busy.set(name, new Promise<void>((resolve) => (free = resolve)));
  const release = () => {
    busy.delete(name);
    free();
  };
  return { name, release };
}
