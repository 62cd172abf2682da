import { lstat, mkdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { OperationError } from '../../../common/problem.ts';
import { lookUp } from '../images/view.ts';
import type { Image, Mount } from '../runtime.ts';
import { bind, type MountEntry } from './fstab.ts';
import type { Volumes } from './volumes.ts';

export interface PreparedMounts {
  readonly entries: readonly MountEntry[];
  /** Mount points to be made in the root. */
  readonly directories: readonly string[];
  readonly files: readonly string[];
}

/** The task's own mounts, outer ones first. */
export async function prepareMounts(
  mounts: readonly Mount[],
  image: Image,
  volumes: Volumes,
): Promise<PreparedMounts> {
  const placed = await Promise.all(
    mounts.map(async (mount) => ({ mount, target: (await lookUp(image.layers, mount.target)).path })),
  );
  placed.sort((a, b) => a.target.split('/').length - b.target.split('/').length);
  const entries: MountEntry[] = [];
  const directories: string[] = [];
  const files: string[] = [];
  for (const { mount, target } of placed) {
    if (target === '/') throw cannotMount(mount, 'the root itself cannot be replaced');
    const outer = entries.findLast((entry) => target.startsWith(`${entry.target}/`));
    if (outer && outer.type === 'none')
      await refuseLinks(outer.source, relative(outer.target, target), mount);
    const source = await sourceOf(mount, image, volumes);
    const isFile = mount.kind === 'bind' && source !== undefined && !(await stat(source)).isDirectory();
    const nested = outer && !isFile ? ',X-mount.mkdir' : '';
    if (!outer) (isFile ? files : directories).push(target);
    if (source === undefined)
      entries.push({
        source: 'tmpfs',
        target,
        type: 'tmpfs',
        options: [
          'nosuid,nodev,noexec,mode=1777',
          ...(mount.mebibytes === undefined ? [] : [`size=${mount.mebibytes}m`]),
          ...(mount.options ?? []),
        ]
          .join(',')
          .concat(nested),
      });
    else if (mount.readonly)
      entries.push(bind(source, target, `rbind,ro,${await lockedFlags(source)}${nested}`));
    else entries.push(bind(source, target, `rbind${nested}`));
  }
  return { entries, directories, files };
}

async function sourceOf(mount: Mount, image: Image, volumes: Volumes): Promise<string | undefined> {
  if (mount.kind === 'tmpfs') return undefined;
  if (mount.source === undefined) throw cannotMount(mount, 'it has no source');
  if (mount.kind === 'volume') {
    const volume = await volumes.prepare(mount.source, mount.initially ?? { image, path: mount.target });
    if (mount.subpath === undefined) return volume;
    // Looked at from inside: it may belong to an id that only exists there.
    await volumes.ensureFolder(mount.source, mount.subpath);
    return join(volume, relative('/', join('/', mount.subpath)));
  }
  const present = await stat(mount.source).catch(() => undefined);
  // As docker does for a bind whose source is not there.
  if (!present) await mkdir(mount.source, { recursive: true });
  return mount.source;
}

/** What a container wrote must not lead a mount point out of it. */
async function refuseLinks(source: string, path: string, mount: Mount): Promise<void> {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const stats = await lstat(join(source, ...parts.slice(0, depth))).catch(() => undefined);
    if (stats?.isSymbolicLink())
      throw cannotMount(mount, `${parts.slice(0, depth).join('/')} is a symbolic link`);
  }
}

/** A read-only remount in a user namespace must keep the flags its file system came with. */
async function lockedFlags(source: string): Promise<string> {
  const flags = ['nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'relatime'];
  let best = { length: -1, options: [] as readonly string[] };
  for (const line of (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')) {
    const [, , , , point = '', options = ''] = line.split(' ');
    const path = point.replace(/\\([0-7]{3})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    );
    const covers = path === '/' || source === path || source.startsWith(`${path}/`);
    if (covers && path.length >= best.length) best = { length: path.length, options: options.split(',') };
  }
  return flags.filter((flag) => best.options.includes(flag)).join(',') || 'relatime';
}

function cannotMount({ source, target }: Mount, reason: string): OperationError {
  return new OperationError({
    code: 'container-mount',
    message: `CannotCreateContainerError: cannot mount ${source ?? 'tmpfs'} at ${target}: ${reason}`,
    fix: 'mount it at another path',
  });
}
