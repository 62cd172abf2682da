import { existsSync, readFileSync } from 'node:fs';
import { rangesOfUser } from './id-map.ts';
import { fetchedNft } from './fetch-nft.ts';
import { tryIn } from './try-in.ts';
import { findProgram } from './tools.ts';

/** One thing that the local region needs or uses of this machine. */
export interface DoctorCheck {
  readonly id: string;
  readonly title: string;
  /** `limited`: the region works, with what `detail` says missing. */
  readonly state: 'ok' | 'limited' | 'failed';
  readonly detail: string;
  readonly remedy?: string;
}

type Outcome = Omit<DoctorCheck, 'id' | 'title'>;

/** What this machine can and cannot do for the local region, tried rather than guessed where that is possible. */
export async function doctorChecks(options: {
  readonly cacheDirectory: string;
}): Promise<readonly DoctorCheck[]> {
  const checks: readonly {
    readonly id: string;
    readonly title: string;
    run(): Promise<Outcome> | Outcome;
  }[] = [
    { id: 'linux', title: 'Linux', run: linux },
    { id: 'tools', title: 'programs of the system', run: programs },
    { id: 'namespaces', title: 'namespaces', run: namespaces },
    { id: 'nft', title: 'packet filter (nft)', run: () => packetFilter(options.cacheDirectory) },
    { id: 'overlay', title: 'layered file systems (overlayfs)', run: overlay },
    { id: 'ids', title: 'further user ids', run: ids },
    { id: 'ports', title: 'ports below 1024', run: lowPorts },
    { id: 'cgroups', title: 'limits of CPU and memory (cgroups)', run: cgroups },
  ];
  return Promise.all(
    checks.map(async ({ id, title, run }) => {
      try {
        return { id, title, ...(await run()) };
      } catch (error) {
        return {
          id,
          title,
          state: 'failed' as const,
          detail: error instanceof Error ? error.message : String(error),
        };
      }
    }),
  );
}

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '');
const isRoot = () => process.getuid?.() === 0;

function linux(): Outcome {
  if (process.platform === 'linux') return { state: 'ok', detail: read('/proc/sys/kernel/osrelease') };
  return {
    state: 'failed',
    detail: `this is ${process.platform}; the local region needs Linux namespaces`,
    remedy: 'run Fairway in a Linux machine or container; check, synth and deploy work here',
  };
}

function programs(): Outcome {
  const missing = ['unshare', 'nsenter', 'setpriv', 'mount', 'ip'].filter((name) => !findProgram(name));
  if (missing.length === 0) return { state: 'ok', detail: 'unshare, nsenter, setpriv, mount, ip' };
  return {
    state: 'failed',
    detail: `missing: ${missing.join(', ')}`,
    remedy: 'install util-linux, mount and iproute2 with the package manager of the system',
  };
}

async function namespaces(): Promise<Outcome> {
  const script = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && "$1" link set lo up';
  const failure = await tryIn(
    ['--net', '--mount', '--pid', '--fork', '--mount-proc'],
    script,
    findProgram('ip') ?? 'ip',
  );
  if (failure === undefined) return { state: 'ok', detail: isRoot() ? 'as root' : 'as an ordinary user' };
  return { state: 'failed', detail: failure, remedy: namespaceRemedy() };
}

/** The settings that are known to forbid user namespaces. */
function namespaceRemedy(): string {
  if (read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1')
    return 'AppArmor restricts user namespaces: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (and the same line in /etc/sysctl.d/60-fairway.conf)';
  if (read('/proc/sys/kernel/unprivileged_userns_clone') === '0')
    return 'sudo sysctl -w kernel.unprivileged_userns_clone=1 (and the same line in /etc/sysctl.d/60-fairway.conf)';
  if (read('/proc/sys/user/max_user_namespaces') === '0')
    return 'sudo sysctl -w user.max_user_namespaces=15000';
  if (existsSync('/.dockerenv') || existsSync('/run/.containerenv'))
    return 'this is a container: start it with --privileged, or with --security-opt seccomp=unconfined --security-opt systempaths=unconfined';
  return 'allow unprivileged user namespaces, or run as root';
}

async function packetFilter(cacheDirectory: string): Promise<Outcome> {
  const path = findProgram('nft');
  const nft = path ? { path, env: {} } : fetchedNft(cacheDirectory);
  if (!nft) {
    if (findProgram('apt-get') && findProgram('dpkg-deb'))
      return {
        state: 'limited',
        detail: 'nft is not installed: its packages are fetched into the cache on first use',
      };
    return { state: 'failed', detail: 'nft is not installed', remedy: 'install the package nftables' };
  }
  const rules =
    'add table ip t; add set ip t s { type ipv4_addr . inet_service; flags dynamic,timeout; timeout 1m; }';
  const failure = await tryIn(['--net'], '"$1" "$2"', nft.path, rules, nft.env);
  if (failure === undefined) return { state: 'ok', detail: nft.path };
  return {
    state: 'failed',
    detail: failure,
    remedy:
      'the kernel needs nf_tables with sets, maps, NAT and connection tracking: sudo modprobe nf_tables nft_ct nft_nat',
  };
}

async function overlay(): Promise<Outcome> {
  const script = `
    mount -t tmpfs tmpfs /mnt && cd /mnt && mkdir lower upper work merged &&
    mount -t overlay -o userxattr,lowerdir=lower,upperdir=upper,workdir=work overlay merged`;
  const failure = await tryIn(['--mount'], script);
  if (failure === undefined) return { state: 'ok', detail: 'overlay with userxattr' };
  return {
    state: 'failed',
    detail: failure,
    remedy: 'Linux 5.11 or newer with overlayfs: sudo modprobe overlay',
  };
}

function ids(): Outcome {
  const ranges = rangesOfUser();
  if (isRoot() && ranges) return { state: 'ok', detail: `${ranges.uids.count} from ${ranges.uids.start}` };
  if (ranges && findProgram('newuidmap') && findProgram('newgidmap'))
    return { state: 'ok', detail: `${ranges.uids.count} from ${ranges.uids.start}` };
  const packages = 'sudo apt-get install uidmap';
  return {
    state: 'limited',
    detail: ranges
      ? 'newuidmap is missing: programs that switch to another user fail in containers'
      : '/etc/subuid and /etc/subgid give this user no range: programs that switch to another user fail in containers',
    remedy: ranges
      ? packages
      : `${packages}; sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "$USER"`,
  };
}

function lowPorts(): Outcome {
  const first = Number(read('/proc/sys/net/ipv4/ip_unprivileged_port_start') || 1024);
  if (isRoot() || first <= 80)
    return { state: 'ok', detail: 'load balancers listen on their own ports where these are free' };
  return {
    state: 'limited',
    detail: `ports below ${first} are root's: listeners of load balancers appear on the next free port from 8000 on`,
    remedy: 'sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80',
  };
}

function cgroups(): Outcome {
  const second = existsSync('/sys/fs/cgroup/cgroup.controllers');
  const detail = `cgroup ${second ? 'v2' : 'v1'}: limits of CPU and memory are not enforced`;
  return { state: 'limited', detail };
}
