import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationError } from '../../../common/problem.ts';
import { lookUp } from '../images/view.ts';
import type { Mount } from '../runtime.ts';
import { type LaunchContext, launchEnvironment, removeInside, runScript } from './context.ts';
import { overlayOptions } from './overlay.ts';
import { copyScript, folderScript } from './scripts.ts';

type Content = NonNullable<Mount['initially']>;

/** Named volumes: directories that outlive containers. */
export interface Volumes {
  /** The directory of a volume; a new one begins with what the image has at `path`, owners and modes too, as docker does. */
  prepare(name: string, initially: Content): Promise<string>;
  /** See `Runtime.ensureVolumeFolder`. */
  ensureFolder(
    name: string,
    path: string,
    make?: { readonly uid: number; readonly gid: number; readonly mode: string },
  ): Promise<void>;
  list(): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
}

export function openVolumes(context: LaunchContext): Volumes {
  const directory = join(context.stateDirectory, 'volumes');
  const pending = new Map<string, Promise<string>>();

  async function create(name: string, initially: Content): Promise<string> {
    const path = join(directory, checkedName(name));
    if (await isDirectory(path)) return path;
    const draft = join(context.stateDirectory, 'tmp', `volume-${randomBytes(6).toString('hex')}`);
    await mkdir(directory, { recursive: true });
    await mkdir(join(draft, 'root'), { recursive: true });
    await mkdir(join(draft, 'volume'));
    const layers = initially === 'empty' ? [] : initially.image.layers;
    const entry = initially === 'empty' ? undefined : await lookUp(layers, initially.path);
    if (entry?.stats?.isDirectory()) {
      const tools = await context.tools();
      const overlay = overlayOptions([...layers, tools.layer]);
      const paths = [context.store.layersDirectory, overlay, join(draft, 'root')];
      await runScript(context.netd, copyScript, [...paths, 'content', entry.path, join(draft, 'volume')]);
    }
    await rename(join(draft, 'volume'), path);
    await removeInside(context.netd, draft);
    return path;
  }
  function prepare(name: string, initially: Content): Promise<string> {
    const running = pending.get(name) ?? create(name, initially).finally(() => pending.delete(name));
    pending.set(name, running);
    return running;
  }
  return {
    prepare,
    async ensureFolder(name, path, make) {
      const volume = await prepare(name, 'empty');
      const { netd } = context;
      // Where only one user id exists, everything is its own.
      const owner = make && netd.ids === 'range' ? `${make.uid}:${make.gid}` : '';
      const names = path.split('/').filter((part) => part !== '' && part !== '.');
      if (names.includes('..')) throw missingFolder(name, path);
      const { code, stderr } = await netd.run(
        ['/bin/sh', '-c', folderScript, 'fairway', volume, owner, make?.mode ?? '', ...names],
        { env: launchEnvironment },
      );
      if (code === 3 || code === 4) throw missingFolder(name, path);
      if (code !== 0) throw new Error(`cannot make ${path} of volume ${name}: ${stderr.trim()}`);
    },
    list: () => readdir(directory).catch(() => []),
    remove: (name) => removeInside(context.netd, join(directory, checkedName(name))),
  };
}

const missingFolder = (name: string, path: string) =>
  new OperationError({
    code: 'volume-folder-missing',
    message: `volume ${name} has no folder ${path}`,
    fix: 'make it, or mount another one',
  });

function checkedName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) return name;
  throw new OperationError({
    code: 'volume-name',
    message: `${JSON.stringify(name)} cannot name a volume`,
    fix: 'use letters, digits, dots, dashes and underscores',
  });
}

const isDirectory = (path: string) =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
