import { basename, join } from 'node:path';
import { copyFolder } from '../copy/copy-folder.ts';
import { copyLayers } from '../copy/copy-from.ts';
import { emptyState, type Build } from '../state.ts';

/**
 * What a source has at a path, as a layer of its own: a step that mounts it sees exactly these files whatever happens to the folder
 * meanwhile, and the layer's key tells whether they are the same as before. Gives the folder or file to mount.
 */
export async function snapshot(build: Build, from: string | undefined, path: string): Promise<string> {
  const { store } = build.launch;
  const source =
    from === undefined ? ({ kind: 'folder', ...build.folder } as const) : await build.source(from);
  const plan = { sources: [path], destination: '/', parents: false, exclude: [] };
  const made =
    source.kind === 'folder'
      ? await copyFolder(build, emptyState, { ...plan, folder: source })
      : await copyLayers(build, emptyState, { ...plan, layers: source.layers });
  if (typeof made === 'string') throw new Error(made);
  return join(store.layerPath(made.key), made.isDirectory ? '' : basename(path));
}
