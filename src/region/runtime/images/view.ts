import { lstat, readFile, readdir, readlink } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { join } from 'node:path';

/** One file of a stack of layers, seen as overlayfs would show it. */
export interface ViewEntry {
  /** Its path in the image, without symbolic links. */
  readonly path: string;
  /** Where it lies on this machine; absent when nothing is at `path`. */
  readonly source?: string;
  readonly stats?: Stats;
}

/**
 * Finds `path` in the stack (top layer first) without leaving it: absolute links start at the image's root, `..` ends there.
 * What is missing resolves to where it would be made.
 */
export async function lookUp(layers: readonly string[], path: string, base = '/'): Promise<ViewEntry> {
  const pending = split(path);
  let at: string[] = path.startsWith('/') ? [] : split(base);
  let links = 0;
  let entry = await visible(layers, at);
  while (pending.length > 0) {
    const name = pending.shift() ?? '';
    if (name === '..') {
      at = at.slice(0, -1);
      entry = await visible(layers, at);
      continue;
    }
    entry = await visible(layers, [...at, name]);
    if (!entry.stats?.isSymbolicLink()) {
      at = [...at, name];
      continue;
    }
    if (++links > 40) throw new Error(`too many symbolic links in ${path}`);
    const target = await readlink(entry.source ?? '');
    pending.unshift(...split(target));
    if (target.startsWith('/')) at = [];
    entry = await visible(layers, at);
  }
  return entry;
}

/** The text of a file of the image; undefined when there is none. */
export async function readTextIn(layers: readonly string[], path: string): Promise<string | undefined> {
  const { source, stats } = await lookUp(layers, path);
  return source && stats?.isFile() ? readFile(source, 'utf8') : undefined;
}

/** Names in a directory of the image. */
export async function listIn(layers: readonly string[], path: string): Promise<readonly string[]> {
  const { path: real, stats } = await lookUp(layers, path);
  if (!stats?.isDirectory()) return [];
  const names = new Set<string>();
  for (const layer of layers)
    for (const name of await readdir(join(layer, real)).catch(() => [])) names.add(name);
  const present = await Promise.all(
    [...names].map(async (name) =>
      (await visible(layers, [...split(real), name])).stats ? name : undefined,
    ),
  );
  return present.filter((name) => name !== undefined).sort();
}

const split = (path: string) => path.split('/').filter((part) => part !== '' && part !== '.');

/** The topmost entry of a path whose directories hold no links; a whiteout (character device 0:0) hides what is below it. */
async function visible(layers: readonly string[], parts: readonly string[]): Promise<ViewEntry> {
  const path = `/${parts.join('/')}`;
  for (const layer of layers) {
    const source = join(layer, path);
    const stats = await lstat(source).catch(ignoreMissing);
    if (stats) return isWhiteout(stats) ? { path } : { path, source, stats };
    if (await hidden(layer, parts)) return { path };
  }
  return { path };
}

/** Whether the layer cuts the path off above: a whiteout, or something that is no directory, on the way. */
async function hidden(layer: string, parts: readonly string[]): Promise<boolean> {
  for (let depth = 1; depth < parts.length; depth++) {
    const stats = await lstat(join(layer, ...parts.slice(0, depth))).catch(ignoreMissing);
    if (!stats) return false;
    if (!stats.isDirectory()) return true;
  }
  return false;
}

const isWhiteout = (stats: Stats) => stats.isCharacterDevice() && stats.rdev === 0;

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
