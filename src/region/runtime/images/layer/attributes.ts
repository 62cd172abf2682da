import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { TarError, padding, type TarEntry } from '../tar/entry.ts';
import { tarReader } from '../tar/read.ts';
import { tarEnd, tarHeader } from '../tar/write.ts';
import type { Attributed } from './tree.ts';

/**
 * Extended attributes, which Node cannot read or write: GNU tar can, and is on every machine with dpkg or rpm. `user.overlay.opaque`
 * hides what lower layers have in a directory: https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories
 */
const opaqueAttribute = 'user.overlay.opaque';
const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

export function markOpaque(directory: string, paths: readonly string[]): void {
  if (paths.length === 0) return;
  if (paths.includes('')) throw new TarError('it hides everything below its root, which no layer can');
  const entries = paths.map((path) => ({ path, entry: opaqueEntry(directory, path) }));
  const problem = extract(directory, entries);
  if (problem)
    throw new TarError(`a directory of it hides those below, which cannot be noted here: ${problem}`);
}

/**
 * Sets what the archive tells of files and directories; what this machine does not allow is told. Capabilities of files have no
 * effect here in any case, because containers start without a way to gain privileges.
 */
export function setAttributes(directory: string, attributed: readonly Attributed[]): readonly string[] {
  const wanted = attributed.filter(({ entry }) => entry.kind === 'file' || entry.kind === 'directory');
  if (wanted.length === 0) return [];
  const problem = extract(directory, wanted);
  return problem === undefined
    ? []
    : [`extended attributes of ${wanted.length} files are not all kept: ${problem}`];
}

/** The directories of `paths` that are opaque. */
export function findOpaque(directory: string, paths: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  if (paths.length === 0) return found;
  const options = [
    '--create',
    '--file=-',
    '--format=posix',
    '--no-recursion',
    '--xattrs',
    `--xattrs-include=${opaqueAttribute}`,
  ];
  const { stdout, stderr, status, error } = spawnSync(
    'tar',
    [...options, '--null', '--verbatim-files-from', '--files-from=-'],
    {
      cwd: directory,
      env,
      input: paths.map((path) => `./${path}\0`).join(''),
      maxBuffer: 1 << 30,
    },
  );
  if (status !== 0)
    throw new Error(`cannot read the attributes of a layer: ${error?.message ?? String(stderr).trim()}`);
  const reader = tarReader({
    entry: ({ name, attributes }) => {
      if (attributes[opaqueAttribute]?.toString() === 'y')
        found.add(name.replace(/^\.\//, '').replace(/\/$/, ''));
    },
    content: () => {},
    end: () => {},
  });
  reader.push(stdout);
  return found;
}

/** Writes entries once more, over themselves: the reason where that failed. */
function extract(directory: string, entries: readonly Attributed[]): string | undefined {
  const blocks = entries.flatMap(({ path, entry }) => {
    const content = entry.kind === 'file' ? readFileSync(`${directory}/${path}`) : Buffer.alloc(0);
    const name = entry.kind === 'directory' ? `./${path}/` : `./${path}`;
    const { mode, uid, gid } = lstatSync(`${directory}/${path}`);
    return [
      tarHeader({ ...entry, name, mode: mode & 0o7777, uid, gid, size: content.length }),
      content,
      Buffer.alloc(padding(content.length)),
    ];
  });
  const { status, stderr, error } = spawnSync(
    'tar',
    [
      '--extract',
      '--file=-',
      '--overwrite',
      '--same-permissions',
      '--numeric-owner',
      '--xattrs',
      '--xattrs-include=*',
    ],
    { cwd: directory, env, input: Buffer.concat([...blocks, tarEnd]) },
  );
  if (status === 0 && !stderr.includes('Cannot')) return undefined;
  return error?.message ?? String(stderr).trim().split('\n')[0];
}

function opaqueEntry(directory: string, path: string): TarEntry {
  const { mode, uid, gid, mtimeMs } = lstatSync(`${directory}/${path}`);
  return {
    name: path,
    kind: 'directory',
    attributes: { [opaqueAttribute]: Buffer.from('y') },
    mode: mode & 0o7777,
    uid,
    gid,
    size: 0,
    mtime: mtimeMs / 1000,
    link: '',
  };
}
