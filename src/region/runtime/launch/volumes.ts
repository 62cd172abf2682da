import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationError } from '../../../common/problem.ts';
import { lookUp } from '../images/view.ts';
import type { Image } from '../runtime.ts';
import { type LaunchContext, removeInside, runScript } from './context.ts';
import { overlayOptions } from './overlay.ts';
import { copyScript } from './scripts.ts';

/** Named volumes: directories that outlive containers. */
export interface Volumes {
  /** The directory of a volume; new ones begin with what the image has at `target`, owners and modes too, as docker does. */
  prepare(name: string, image: Image, target: string): Promise<string>;
  list(): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
}

export function openVolumes(context: LaunchContext): Volumes {
  const directory = join(context.stateDirectory, 'volumes');
  const pending = new Map<string, Promise<string>>();

  async function create(name: string, image: Image, target: string): Promise<string> {
    const path = join(directory, checkedName(name));
    if (await isDirectory(path)) return path;
    const draft = join(context.stateDirectory, 'tmp', `volume-${randomBytes(6).toString('hex')}`);
    await mkdir(directory, { recursive: true });
    await mkdir(join(draft, 'root'), { recursive: true });
    await mkdir(join(draft, 'volume'));
    const entry = await lookUp(image.layers, target);
    if (entry.stats?.isDirectory()) {
      const tools = await context.tools();
      const overlay = overlayOptions([...image.layers, tools.layer]);
      const paths = [context.store.layersDirectory, overlay, join(draft, 'root')];
      await runScript(context.netd, copyScript, [...paths, 'content', entry.path, join(draft, 'volume')]);
    }
    await rename(join(draft, 'volume'), path);
    await removeInside(context.netd, draft);
    return path;
  }
  return {
    prepare(name, image, target) {
      const running = pending.get(name) ?? create(name, image, target).finally(() => pending.delete(name));
      pending.set(name, running);
      return running;
    },
    list: () => readdir(directory).catch(() => []),
    remove: (name) => removeInside(context.netd, join(directory, checkedName(name))),
  };
}

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
