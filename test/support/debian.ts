import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packLayer } from '../../src/region/runtime/images/layer/pack.ts';
import { testCacheHome } from '../../src/region/runtime/testing/heavy.ts';

export interface DebianLayers {
  /** Archives, compressed: the distribution alone, and what each program adds to it. */
  readonly base: Buffer;
  readonly added: Readonly<Record<string, Buffer>>;
  /** A program that needs no library. */
  readonly busybox: Buffer;
}

/** A root by debootstrap; then each set of packages by apt-get in a chroot, whose changes overlayfs collects. */
const script = String.raw`
set -eu
work=$1 mirror=$2
shift 2
export DEBIAN_FRONTEND=noninteractive LC_ALL=C TMPDIR=/tmp PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
debootstrap --variant=minbase --include=ca-certificates,busybox-static bookworm "$work/base" "$mirror"
printf '#!/bin/sh\nexit 101\n' > "$work/base/usr/sbin/policy-rc.d"
chmod 755 "$work/base/usr/sbin/policy-rc.d"
mkdir -p "$work/base/etc/postgresql-common"
echo 'create_main_cluster = false' > "$work/base/etc/postgresql-common/createcluster.conf"
rm -rf "$work/base/var/cache/apt/archives"/*.deb
echo force-unsafe-io > "$work/base/etc/dpkg/dpkg.cfg.d/unsafe-io"
install_set() {
  name=${'${1%%=*}'} packages=${'${1#*=}'}
  root="$work/root-$name"
  mkdir -p "$work/$name" "$work/work-$name" "$root"
  mount -t overlay -o "userxattr,lowerdir=$work/base,upperdir=$work/$name,workdir=$work/work-$name" overlay "$root"
  mount -t proc proc "$root/proc"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  chroot "$root" apt-get install -qq -y --no-install-recommends $packages
  chroot "$root" apt-get clean
  rm -rf "$root/var/lib/apt/lists" "$root/usr/share/doc" "$root/tmp"/*
  umount "$root/proc" "$root"
}
# Two at a time: what one unpacks, the other fetches.
running=
for set; do
  install_set "$set" &
  if [ -n "$running" ]; then wait "$running"; fi
  running=$!
done
wait "$running"
`;

/** Made as root, once; the packages by layer name. */
export function debianLayers(packages: Readonly<Record<string, readonly string[]>>): DebianLayers {
  const names = Object.keys(packages).sort();
  const recipe = createHash('sha256')
    .update(JSON.stringify([script, packages]))
    .digest('hex')
    .slice(0, 16);
  const folder = join(testCacheHome, `debian-${recipe}`);
  if (!existsSync(folder)) make(folder, names, packages);
  const read = (name: string) => readFileSync(join(folder, name));
  return {
    base: read('base.tar.gz'),
    added: Object.fromEntries(names.map((name) => [name, read(`${name}.tar.gz`)])),
    busybox: read('busybox'),
  };
}

function make(
  folder: string,
  names: readonly string[],
  packages: Readonly<Record<string, readonly string[]>>,
): void {
  if (process.getuid!() !== 0)
    throw new Error(
      'the images of this test are made by debootstrap, which needs root: run the tests as root once',
    );
  if (!existsSync('/usr/sbin/debootstrap'))
    execFileSync('apt-get', ['install', '-qq', '-y', 'debootstrap'], { stdio: 'ignore' });
  const work = mkdtempSync(join(tmpdir(), 'fairway-debian-'));
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const sets = names.map((name) => `${name}=${packages[name]!.join(' ')}`);
  try {
    execFileSync('unshare', ['--mount', 'sh', '-c', script, 'sh', work, mirror(), ...sets], {
      stdio: ['ignore', 'ignore', 'pipe'],
      maxBuffer: 1 << 26,
    });
    for (const name of ['base', ...names]) {
      const archive = join(work, `${name}.tar`);
      packLayer(join(work, name), archive);
      writeFileSync(join(draft, `${name}.tar.gz`), gzipSync(readFileSync(archive), { level: 1 }));
      rmSync(archive);
    }
    writeFileSync(join(draft, 'busybox'), readFileSync(join(work, 'base/bin/busybox')));
    renameSync(draft, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Where this machine gets its packages. */
function mirror(): string {
  const sites = execFileSync('apt-get', ['indextargets', '--format', '$(SITE) $(COMPONENT)'], {
    encoding: 'utf8',
  });
  const line = sites.split('\n').find((text) => text.endsWith(' main') && !text.includes('security'));
  return line?.split(' ')[0] ?? 'http://deb.debian.org/debian';
}
