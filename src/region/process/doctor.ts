import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rangesOfUser } from '../network/id-map.ts';
import { findProgram } from '../network/tools.ts';

const execute = promisify(execFile);

/** One thing that this machine can do or cannot, and what to do about it. */
export interface Finding {
  readonly name: string;
  /** `missing`: `up` cannot work without it; `limited`: something works less well. */
  readonly state: 'good' | 'limited' | 'missing';
  readonly detail: string;
  readonly remedy?: string;
}

const LEAST_SPACE_GIB = 2;

/** Looks at everything that the local region needs, each by trying it rather than by asking for versions. */
export async function examine(cacheDirectory: string): Promise<readonly Finding[]> {
  return Promise.all([
    system(),
    userNamespaces(),
    overlay(),
    ...['ip', 'setpriv', 'nsenter'].map(program),
    packetFilter(),
    packages(),
    idRange(),
    lowPorts(),
    space(cacheDirectory),
    limits(),
  ]);
}

function system(): Finding {
  if (process.platform === 'linux')
    return { name: 'Linux', state: 'good', detail: `${process.platform}, Node ${process.versions.node}` };
  return {
    name: 'Linux',
    state: 'missing',
    detail: `this is ${process.platform}: synth and deploy work, up needs Linux namespaces`,
    remedy: 'run Fairway in a Linux virtual machine or container',
  };
}

async function userNamespaces(): Promise<Finding> {
  const name = 'user namespaces';
  const failure = await attempt('unshare', ['-Urnmp', '--fork', '--mount-proc', 'true']);
  if (failure === undefined) return { name, state: 'good', detail: 'allowed to this user' };
  const restricted = read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1';
  return {
    name,
    state: 'missing',
    detail: failure,
    remedy: restricted
      ? 'AppArmor forbids them: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0'
      : 'sudo sysctl user.max_user_namespaces=10000 (and kernel.unprivileged_userns_clone=1 where it exists); in a container, start it with --security-opt seccomp=unconfined',
  };
}

async function overlay(): Promise<Finding> {
  const name = 'layered file systems';
  const folder = await mkdtemp(join(tmpdir(), 'fairway-doctor-'));
  const script =
    'cd "$1" && mkdir lower upper work merged && mount -t overlay -o userxattr,lowerdir=lower,upperdir=upper,workdir=work overlay merged';
  const failure = await attempt('unshare', ['-Urm', 'sh', '-c', script, 'sh', folder]);
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  if (failure === undefined) return { name, state: 'good', detail: 'overlayfs in a user namespace' };
  return { name, state: 'missing', detail: failure, remedy: 'a Linux kernel of 5.11 or newer is needed' };
}

function program(name: string): Finding {
  const path = findProgram(name);
  if (path) return { name, state: 'good', detail: path };
  return {
    name,
    state: 'missing',
    detail: 'not found',
    remedy: `install the package ${name === 'ip' ? 'iproute2' : 'util-linux'}`,
  };
}

function packetFilter(): Finding {
  const path = findProgram('nft');
  if (path) return { name: 'nft', state: 'good', detail: path };
  if (findProgram('apt-get'))
    return {
      name: 'nft',
      state: 'good',
      detail: 'not installed: fetched as a package into the cache at first use',
    };
  return { name: 'nft', state: 'missing', detail: 'not found', remedy: 'install the package nftables' };
}

function packages(): Finding {
  const name = 'stand-in images';
  if (findProgram('apt-get') && findProgram('dpkg-deb'))
    return { name, state: 'good', detail: 'made from the packages of this system' };
  return {
    name,
    state: 'missing',
    detail: 'apt-get or dpkg-deb is missing, of whose packages stand-in images are made',
    remedy: 'use Debian or Ubuntu',
  };
}

function idRange(): Finding {
  const name = 'user ids for containers';
  const ranges = rangesOfUser();
  const mappers = findProgram('newuidmap') && findProgram('newgidmap');
  if (process.getuid?.() === 0 || (ranges && mappers))
    return { name, state: 'good', detail: `${ranges?.uids.count ?? 0} ids from ${ranges?.uids.start ?? 0}` };
  return {
    name,
    state: 'limited',
    detail: 'one id only: images that switch between several users do not work',
    remedy: ranges
      ? 'install the package uidmap'
      : `install the package uidmap, then: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "$USER"`,
  };
}

function lowPorts(): Finding {
  const first = Number(read('/proc/sys/net/ipv4/ip_unprivileged_port_start') ?? 1024);
  if (process.getuid?.() === 0 || first <= 80)
    return { name: 'port 80', state: 'good', detail: 'allowed to this user' };
  return {
    name: 'port 80',
    state: 'limited',
    detail: `ports below ${first} are not allowed to this user: listeners on them are served from 8000 on`,
    remedy: 'sudo sysctl net.ipv4.ip_unprivileged_port_start=80',
  };
}

async function space(cacheDirectory: string): Promise<Finding> {
  let folder = cacheDirectory;
  while (!existsSync(folder)) folder = join(folder, '..');
  const { bavail, bsize } = await statfs(folder);
  const free = (bavail * bsize) / 2 ** 30;
  const detail = `${free.toFixed(1)} GiB free for images (${cacheDirectory})`;
  if (free >= LEAST_SPACE_GIB) return { name: 'space', state: 'good', detail };
  return { name: 'space', state: 'limited', detail, remedy: 'set XDG_CACHE_HOME to a folder with more room' };
}

function limits(): Finding {
  return {
    name: 'CPU of tasks',
    state: 'limited',
    detail: 'what a task definition gives is not enforced on this machine; of memory it is, by looking',
  };
}

async function attempt(name: string, args: readonly string[]): Promise<string | undefined> {
  const path = findProgram(name);
  if (!path) return `${name} is not installed`;
  try {
    await execute(path, [...args], { timeout: 10_000 });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    return stderr?.trim() || message;
  }
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
