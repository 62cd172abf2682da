import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, writeSync } from 'node:fs';
import { padding, type EntryKind, type TarEntry } from '../tar/entry.ts';
import { tarEnd, tarHeader } from '../tar/write.ts';
import { findOpaque } from './attributes.ts';

export interface Packed {
  readonly diffId: string;
  /** Of the archive. */
  readonly size: number;
}

/**
 * The layer in a directory as a tar archive: sorted by name, whole seconds, ids alone. The same directory gives the same bytes, so that
 * its digest can be told long before anyone wants the archive itself, in a new file of the name `archive`.
 */
export function packLayer(directory: string, archive?: string): Packed {
  const output = archive === undefined ? undefined : openSync(archive, 'wx', 0o600);
  try {
    return write(directory, output);
  } finally {
    if (output !== undefined) closeSync(output);
  }
}

function write(directory: string, output: number | undefined): Packed {
  const hash = createHash('sha256');
  let size = 0;
  const put = (bytes: Buffer) => {
    hash.update(bytes);
    size += bytes.length;
    if (output !== undefined) for (let at = 0; at < bytes.length;) at += writeSync(output, bytes, at);
  };
  const paths = walk(directory);
  const opaque = findOpaque(
    directory,
    paths.filter(({ kind }) => kind === 'directory').map(({ path }) => path),
  );
  const links = new Map<string, string>();
  const buffer = Buffer.allocUnsafe(1 << 20);
  for (const { path, kind } of paths) {
    const stats = lstatSync(`${directory}/${path}`);
    const common = {
      mode: stats.mode & 0o7777,
      uid: stats.uid,
      gid: stats.gid,
      size: 0,
      mtime: Math.floor(stats.mtimeMs / 1000),
      link: '',
      attributes: {},
    };
    if (kind === 'whiteout') {
      const at = path.lastIndexOf('/') + 1;
      put(
        tarHeader({ ...common, ...plain, kind: 'file', name: `${path.slice(0, at)}.wh.${path.slice(at)}` }),
      );
      continue;
    }
    if (kind === 'directory') {
      put(tarHeader({ ...common, kind, name: `${path}/` }));
      if (opaque.has(path))
        put(tarHeader({ ...common, ...plain, kind: 'file', name: `${path}/.wh..wh..opq` }));
      continue;
    }
    const identity = `${stats.dev}:${stats.ino}`;
    const first = stats.nlink > 1 ? links.get(identity) : undefined;
    if (first !== undefined) {
      put(tarHeader({ ...common, kind: 'hardlink', name: path, link: first }));
      continue;
    }
    if (stats.nlink > 1) links.set(identity, path);
    if (kind === 'symlink')
      put(
        tarHeader({ ...common, mode: 0o777, kind, name: path, link: readlinkSync(`${directory}/${path}`) }),
      );
    else if (kind === 'fifo') put(tarHeader({ ...common, kind, name: path }));
    else {
      put(tarHeader({ ...common, kind: 'file', name: path, size: stats.size }));
      copy(`${directory}/${path}`, stats.size, buffer, put);
    }
  }
  put(tarEnd);
  return { diffId: `sha256:${hash.digest('hex')}`, size };
}

/** Of whiteouts only the name counts. */
const plain: Pick<TarEntry, 'mode' | 'uid' | 'gid' | 'mtime'> = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };

interface Found {
  readonly path: string;
  readonly kind: EntryKind | 'whiteout';
}

/** Every entry but the root, directories before what they hold, by name. */
function walk(directory: string, below = '', found: Found[] = []): readonly Found[] {
  const entries = readdirSync(`${directory}/${below}`, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      found.push({ path, kind: 'directory' });
      walk(directory, path, found);
    } else if (entry.isFile()) found.push({ path, kind: 'file' });
    else if (entry.isSymbolicLink()) found.push({ path, kind: 'symlink' });
    else if (entry.isFIFO()) found.push({ path, kind: 'fifo' });
    else if (entry.isCharacterDevice() && lstatSync(`${directory}/${path}`).rdev === 0)
      found.push({ path, kind: 'whiteout' });
    // Sockets are of no use to anyone else, and device nodes cannot be made here.
  }
  return found;
}

function copy(file: string, size: number, buffer: Buffer, put: (bytes: Buffer) => void): void {
  const handle = openSync(file, 'r');
  try {
    let left = size;
    while (left > 0) {
      const read = readSync(handle, buffer, 0, Math.min(buffer.length, left), null);
      if (read === 0) throw new Error(`${file} changed while it was packed`);
      left -= read;
      put(buffer.subarray(0, read));
    }
  } finally {
    closeSync(handle);
  }
  if (padding(size) > 0) put(Buffer.alloc(padding(size)));
}
