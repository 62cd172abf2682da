import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OperationError } from '../../../common/problem.ts';
import { canonicalJson, sha256 } from '../images/canonical.ts';
import type { ImageStore } from '../images/store.ts';

const execute = promisify(execFile);

/** Where the programs lie that finish the start of a container; users' PATH may lack the sbin folders. */
export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The lowest layer under every container: `/.fairway` holds what must run after the host is out of sight (dropping privileges can
 * only be the last step, and an image may have no program for it), and the mount points that images leave out. The programs
 * are this machine's own util-linux and coreutils with their libraries, started by their own loader.
 */
export interface LaunchTools {
  readonly layer: string;
  /** What a container's /dev starts as. */
  readonly devices: string;
}

/** `install` and `rm` put files into a container that runs. */
const programs = ['umount', 'setsid', 'setpriv', 'unshare', 'env', 'sh', 'install', 'rm'];
const shape = 6;

export async function launchTools(store: ImageStore): Promise<LaunchTools> {
  const files = new Map<string, string>();
  for (const program of programs) files.set(program, await find(program));
  const stamps = await Promise.all(
    [...files.values()].map(async (path) => {
      const { size, mtimeMs, ino } = await stat(path);
      return [path, size, mtimeMs, ino];
    }),
  );
  const key = sha256(canonicalJson(['launch-tools', shape, stamps]));
  await store.ensureLayer(key, (directory) => fill(directory, files));
  const devices = sha256(canonicalJson(['devices', shape]));
  await store.ensureLayer(devices, fillDevices);
  return { layer: store.layerPath(key), devices: store.layerPath(devices) };
}

async function fill(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  const home = join(directory, '.fairway');
  for (const name of ['.fairway/host', 'proc', 'sys', 'dev', 'etc'])
    await mkdir(join(directory, name), { recursive: true });
  // Where a build's certificates are mounted.
  await writeFile(join(home, 'certificates.pem'), '');
  for (const name of ['hosts', 'hostname', 'resolv.conf']) await writeFile(join(directory, 'etc', name), '');
  for (const [name, path] of files) {
    const { loader, libraries } = await closure(path);
    for (const [soname, library] of libraries) await copyFile(library, join(home, soname));
    await copyFile(loader, join(home, 'loader'));
    await copyFile(path, join(home, name));
    for (const executable of [name, 'loader']) await chmod(join(home, executable), 0o755);
  }
  await chmod(directory, 0o755);
}

/** https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#default-devices; the nodes are bound over the files. */
export const deviceNames = ['null', 'zero', 'full', 'random', 'urandom', 'tty'] as const;

async function fillDevices(directory: string): Promise<void> {
  for (const name of deviceNames) await writeFile(join(directory, name), '');
  for (const name of ['pts', 'shm', 'mqueue']) await mkdir(join(directory, name));
  const links = {
    fd: '/proc/self/fd',
    stdin: '/proc/self/fd/0',
    stdout: '/proc/self/fd/1',
    stderr: '/proc/self/fd/2',
  };
  for (const [name, target] of Object.entries({ ...links, ptmx: 'pts/ptmx', core: '/proc/kcore' }))
    await symlink(target, join(directory, name));
  await chmod(directory, 0o755);
}

/** The dynamic loader and the libraries of a program, by the name they are loaded under. */
export async function closure(
  program: string,
): Promise<{ readonly loader: string; readonly libraries: ReadonlyMap<string, string> }> {
  const { stdout } = await execute('ldd', [program], { env: { PATH: systemPath, LC_ALL: 'C' } });
  const libraries = new Map<string, string>();
  let loader: string | undefined;
  for (const line of stdout.split('\n')) {
    const [, soname, path] = /^\s*(\S+) => (\/\S+)/.exec(line) ?? [];
    if (soname && path) libraries.set(soname, await realpath(path));
    const [, absolute] = /^\s*(\/\S+) \(/.exec(line) ?? [];
    if (absolute) loader = absolute;
  }
  if (!loader) throw new Error(`ldd names no dynamic loader for ${program}: ${stdout.trim()}`);
  return { loader, libraries };
}

async function find(program: string): Promise<string> {
  for (const directory of systemPath.split(':')) {
    const path = join(directory, program);
    const head = await readFile(path).then(
      (bytes) => bytes.subarray(0, 4).toString('latin1'),
      () => undefined,
    );
    if (head === '\x7fELF') return realpath(path);
  }
  throw new OperationError({
    code: 'tool-missing',
    message: `${program} is not on this machine`,
    fix: 'install util-linux and coreutils: containers are started with their programs',
  });
}
