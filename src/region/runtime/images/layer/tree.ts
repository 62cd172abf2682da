import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { posix } from 'node:path';
import { TarError, type TarEntry } from '../tar/entry.ts';
import type { TarHandler } from '../tar/read.ts';
import { makeFifo } from './whiteouts.ts';

/** https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts */
const whiteoutPrefix = '.wh.';
const opaqueName = '.wh..wh..opq';
/** Enough for every image, and a bound for those that would not end. */
const mostLost = 20_000;

export interface Attributed {
  readonly path: string;
  readonly entry: TarEntry;
}
export interface LayerTree extends TarHandler {
  /** What needs other programs, once all files are there. Paths are relative to the directory. */
  pending(): {
    readonly whiteouts: readonly string[];
    readonly opaque: readonly string[];
    readonly attributed: readonly Attributed[];
  };
  /** Directories get their times last: whatever is made in them changes those. */
  finish(): void;
  /** Directories that belong to someone who does not exist here. */
  lostOwners(): Readonly<Record<string, string>>;
  size(): number;
  notes(): readonly string[];
  close(): void;
}

/**
 * Writes entries below `directory`, which nobody else writes to. A parent must be a directory that this layer made itself, so that no
 * link of the layer can lead what follows anywhere else.
 */
export function layerTree(directory: string, { owners }: { readonly owners: boolean }): LayerTree {
  const made = new Map<string, 'directory' | 'other'>([['', 'directory']]);
  const times = new Map<string, TarEntry>();
  const whiteouts = new Set<string>();
  const opaque = new Set<string>();
  const attributed = new Map<string, TarEntry>();
  const devices: string[] = [];
  const foreign = new Set<string>();
  const lost = new Map<string, string>();
  let file = -1;
  let current: TarEntry | undefined;
  let bytes = 0;
  const place = (path: string) => `${directory}/${path}`;

  function ensureParents(path: string): void {
    const end = path.lastIndexOf('/');
    if (end < 0) return;
    const parent = path.slice(0, end);
    const kind = made.get(parent);
    if (kind === 'directory') return;
    if (kind === 'other')
      throw new TarError(
        `${JSON.stringify(path)} would be written through ${JSON.stringify(parent)}, which is no directory but a link or file of the same layer`,
      );
    ensureParents(parent);
    mkdirSync(place(parent), 0o755);
    made.set(parent, 'directory');
  }

  /** The later of two entries of one name counts. */
  function clear(path: string, kind: TarEntry['kind']): 'kept' | 'free' {
    const known = made.get(path);
    if (known === undefined) return 'free';
    if (known === 'directory' && kind === 'directory') return 'kept';
    if (path === '') throw new TarError('the root of the layer is no directory');
    if (known === 'other') unlinkSync(place(path));
    else {
      rmSync(place(path), { recursive: true });
      for (const other of made.keys()) if (other.startsWith(`${path}/`)) forget(other);
    }
    forget(path);
    return 'free';
  }
  function forget(path: string): void {
    made.delete(path);
    times.delete(path);
    attributed.delete(path);
  }

  /** Whether the owner must be set, and can be. */
  const isOwned = ({ uid, gid }: TarEntry) => owners && (uid !== 0 || gid !== 0);
  function own(entry: TarEntry, change: () => void): void {
    if (!isOwned(entry)) return;
    try {
      change();
    } catch (error) {
      // An id that is not mapped here: https://man7.org/linux/man-pages/man2/chown.2.html (EINVAL)
      if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
      foreign.add(`${entry.uid}:${entry.gid}`);
    }
  }

  function whiteout(path: string, name: string): void {
    const parent = posix.dirname(path) === '.' ? '' : posix.dirname(path);
    ensureParents(path);
    if (name === opaqueName) {
      opaque.add(parent);
      return;
    }
    const hidden = name.slice(whiteoutPrefix.length);
    // Other names that begin so are aufs' own.
    if (hidden.startsWith(whiteoutPrefix)) return;
    if (hidden === '' || hidden === '.' || hidden === '..')
      throw new TarError(`${JSON.stringify(path)} is a whiteout that names nothing`);
    whiteouts.add(parent === '' ? hidden : `${parent}/${hidden}`);
  }

  return {
    entry(entry) {
      current = undefined;
      const path = insidePath(entry.name);
      const name = path.slice(path.lastIndexOf('/') + 1);
      if (name.startsWith(whiteoutPrefix)) return whiteout(path, name);
      if (entry.kind === 'character' || entry.kind === 'block') {
        devices.push(`/${path}`);
        return;
      }
      ensureParents(path);
      const kept = clear(path, entry.kind) === 'kept';
      const target = place(path);
      switch (entry.kind) {
        case 'directory':
          if (!kept) mkdirSync(target, 0o700);
          own(entry, () => chownSync(target, entry.uid, entry.gid));
          chmodSync(target, entry.mode);
          times.set(path, entry);
          if (!owners && lost.size < mostLost) lost.set(`/${path}`, `${entry.uid}:${entry.gid}`);
          break;
        case 'file':
          file = openSync(
            target,
            constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
            entry.mode & 0o777,
          );
          break;
        case 'symlink':
          symlinkSync(insideLink(path, entry.link), target);
          own(entry, () => lchownSync(target, entry.uid, entry.gid));
          lutimesSync(target, entry.mtime, entry.mtime);
          break;
        case 'hardlink':
          linkSync(place(linked(path, entry.link)), target);
          break;
        case 'fifo':
          makeFifo(target);
          own(entry, () => chownSync(target, entry.uid, entry.gid));
          chmodSync(target, entry.mode);
          utimesSync(target, entry.mtime, entry.mtime);
          break;
      }
      made.set(path, entry.kind === 'directory' ? 'directory' : 'other');
      if (Object.keys(entry.attributes).length > 0 && entry.kind !== 'hardlink') attributed.set(path, entry);
      current = entry;
    },
    content(chunk) {
      if (file < 0) return;
      bytes += chunk.length;
      for (let at = 0; at < chunk.length;) at += writeSync(file, chunk, at);
    },
    end() {
      const entry = current;
      if (file < 0 || !entry) return;
      const done = file;
      own(entry, () => fchownSync(done, entry.uid, entry.gid));
      // Changing the owner takes these bits away.
      if (entry.mode & 0o7000) fchmodSync(done, entry.mode);
      futimesSync(done, entry.mtime, entry.mtime);
      file = -1;
      closeSync(done);
    },
    pending() {
      for (const path of whiteouts) {
        // What the layer itself brings replaces what is below; a directory hides it whole.
        const kind = made.get(path);
        if (kind) whiteouts.delete(path);
        if (kind === 'directory') opaque.add(path);
      }
      return {
        whiteouts: [...whiteouts],
        opaque: [...opaque],
        attributed: [...attributed].map(([path, entry]) => ({ path, entry })),
      };
    },
    finish() {
      for (const [path, { mtime }] of [...times].reverse()) utimesSync(place(path), mtime, mtime);
      if (!times.has('')) chmodSync(directory, 0o755);
    },
    lostOwners: () => Object.fromEntries(lost),
    size: () => bytes,
    notes: () => [
      ...(devices.length > 0 ? [`device nodes are left out: ${some(devices)}`] : []),
      ...(foreign.size > 0
        ? [`owners that do not exist on this machine became root: ${some([...foreign])}`]
        : []),
    ],
    close() {
      if (file >= 0) closeSync(file);
      file = -1;
    },
  };

  /** A hard link's target, which must be a file that this layer brought. */
  function linked(path: string, link: string): string {
    const target = insidePath(link);
    if (made.get(target) !== 'other')
      throw new TarError(
        `${JSON.stringify(path)} is a hard link to ${JSON.stringify(link)}, which is no file of the same layer`,
      );
    return target;
  }
}

/** The path of an entry below the root, without `.` and slashes at its end. */
function insidePath(name: string): string {
  if (name.startsWith('/') && name !== '/') throw new TarError(`${JSON.stringify(name)} is an absolute path`);
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new TarError(`${JSON.stringify(name)} leads out of the root`);
  if (parts.some((part) => part.includes('\0')))
    throw new TarError(`${JSON.stringify(name)} is no file name`);
  return parts.join('/');
}

/** A relative link may go up as far as the root: https://github.com/moby/moby/blob/v28.0.0/pkg/archive/archive.go (breakoutError) */
function insideLink(path: string, link: string): string {
  if (link === '') throw new TarError(`${JSON.stringify(path)} is a symbolic link to nothing`);
  if (link.startsWith('/')) return link;
  let depth = path.split('/').length - 1;
  for (const part of link.split('/')) {
    if (part === '' || part === '.') continue;
    depth += part === '..' ? -1 : 1;
    if (depth < 0)
      throw new TarError(
        `the symbolic link ${JSON.stringify(path)} leads out of the root: ${JSON.stringify(link)}`,
      );
  }
  return link;
}

const some = (names: readonly string[]) =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
