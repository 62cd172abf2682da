import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeDirectory, merged, mergeUsr, putFiles } from './files.ts';
import type { BaseLayer } from './base-layer.ts';
import type { StandInFile } from './model.ts';

const execute = promisify(execFile);

const etc: Readonly<Record<string, StandInFile>> = {
  '/etc/nsswitch.conf': {
    text: 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\nprotocols: files\n',
  },
  '/etc/os-release': {
    text: 'PRETTY_NAME="Fairway stand-in"\nNAME="Fairway stand-in"\nID=fairway-stand-in\nID_LIKE=debian\n',
  },
  '/etc/profile': { text: 'export PS1="\\w \\$ "\n' },
  '/etc/shells': { text: '/bin/sh\n' },
  '/etc/services': { text: 'domain 53/tcp\ndomain 53/udp\nhttp 80/tcp\nhttps 443/tcp\nredis 6379/tcp\n' },
  '/etc/protocols': { text: 'ip 0 IP\nicmp 1 ICMP\ntcp 6 TCP\nudp 17 UDP\n' },
  '/tmp': { directory: true, mode: 0o1777 },
  '/var/tmp': { directory: true, mode: 0o1777 },
  '/root': { directory: true, mode: 0o700 },
  '/var/log': { directory: true },
  '/var/lib': { directory: true },
  '/var/cache': { directory: true },
  '/var/run': { link: '/run' },
  '/run': { directory: true },
  ...Object.fromEntries(
    [
      'bin',
      'dev',
      'home',
      'media',
      'mnt',
      'opt',
      'proc',
      'srv',
      'sys',
      'usr/local/bin',
      'usr/local/sbin',
      'usr/sbin',
    ]
      .filter((name) => !merged.includes(name))
      .map((name) => [`/${name}`, { directory: true } as const]),
  ),
};

/** Programs of BusyBox that would only mislead: they act on the machine or on a package database that is not there. */
const leftOut = new Set([
  'busybox',
  'dpkg',
  'dpkg-deb',
  'rpm',
  'init',
  'linuxrc',
  'halt',
  'poweroff',
  'reboot',
]);

const fillSmall: BaseLayer['fill'] = async (root, { packages, archives }) => {
  await chmod(root, 0o755);
  for (const { file } of archives) await packages.extract(file, root);
  await mergeUsr(root);
  for (const name of merged) {
    await makeDirectory(root, `/usr/${name}`);
    await symlink(`usr/${name}`, join(root, name));
  }
  await putFiles(root, etc);
  const applets = (await execute(join(root, 'usr/bin/busybox'), ['--list'])).stdout.trim().split('\n');
  const present = new Set(await readdir(join(root, 'usr/bin')));
  for (const applet of applets)
    if (!leftOut.has(applet) && !present.has(applet)) await symlink('busybox', join(root, 'usr/bin', applet));
  await bundleCertificates(root);
  await removeDocumentation(root);
};

/** BusyBox: a shell with the usual small programs, and the certificates of the public authorities. */
export const small: BaseLayer = {
  shape: 3,
  whole: false,
  packages: () => ['busybox-static', 'ca-certificates'],
  fill: fillSmall,
};

/** What update-ca-certificates makes of all of the package's certificates. */
export async function bundleCertificates(root: string): Promise<void> {
  const authorities = join(root, 'usr/share/ca-certificates/mozilla');
  const names = (await readdir(authorities)).sort();
  const certificates = await Promise.all(names.map((name) => readFile(join(authorities, name), 'utf8')));
  const bundle = certificates.map((text) => text.trimEnd()).join('\n');
  await putFiles(root, {
    '/etc/ssl/certs/ca-certificates.crt': { text: `${bundle}\n` },
    '/etc/ca-certificates.conf': { text: names.map((name) => `mozilla/${name}\n`).join('') },
  });
}

export async function removeDocumentation(root: string): Promise<void> {
  for (const path of [
    'usr/share/doc',
    'usr/share/man',
    'usr/share/lintian',
    'usr/share/bug',
    'usr/share/locale',
  ])
    await rm(join(root, path), { recursive: true, force: true });
}
