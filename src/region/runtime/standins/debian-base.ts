import { chmod, copyFile, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleCertificates, removeDocumentation } from './base.ts';
import type { BaseContext, BaseLayer } from './base-layer.ts';
import { installInto } from './dpkg.ts';
import { makeDirectory, merged, mergeUsr, ownAll, putFiles } from './files.ts';
import type { StandInFile } from './model.ts';

/** What is essential, and what apt needs: https://wiki.debian.org/Debootstrap (variant minbase). */
const names = [
  'adduser',
  'apt',
  'base-files',
  'base-passwd',
  'bash',
  'bsdutils',
  'ca-certificates',
  'coreutils',
  'dash',
  'debianutils',
  'diffutils',
  'dpkg',
  'findutils',
  'gpgv',
  'grep',
  'gzip',
  'hostname',
  'init-system-helpers',
  'libc-bin',
  'login',
  'mawk',
  'mount',
  'ncurses-base',
  'ncurses-bin',
  'passwd',
  'perl-base',
  'sed',
  'sysvinit-utils',
  'tar',
  'tzdata',
  'util-linux',
];

/** A minimal root of this machine's own distribution, in which apt-get works: to dpkg all of it is installed. */
export const debian: BaseLayer = {
  shape: 2,
  whole: true,
  packages: (ids) => [...names, ...(ids === 'single' ? ['fakeroot'] : [])],
  fill: async (root, context) => {
    await chmod(root, 0o755);
    await installInto(root, context.packages, context.archives);
    await mergeUsr(root);
    for (const name of merged) {
      await makeDirectory(root, `/usr/${name}`);
      await symlink(`usr/${name}`, join(root, name));
    }
    await ownAll(root);
    await putFiles(root, { ...etc, ...aptFiles(context), ...(context.ids === 'single' ? oneUser : {}) });
    await keepOriginal(root);
    await bundleCertificates(root);
    await removeDocumentation(root);
    for (let section = 1; section <= 8; section++) await makeDirectory(root, `/usr/share/man/man${section}`);
  },
};

/** What the maintainer scripts of base-files, base-passwd, dash and mawk would have put in place. */
async function keepOriginal(root: string): Promise<void> {
  const copies = {
    'usr/share/base-passwd/passwd.master': 'etc/passwd',
    'usr/share/base-passwd/group.master': 'etc/group',
    'usr/share/base-files/dot.bashrc': 'root/.bashrc',
    'usr/share/base-files/dot.profile': 'root/.profile',
    'usr/share/base-files/profile': 'etc/profile',
  };
  for (const [from, to] of Object.entries(copies)) await copyFile(join(root, from), join(root, to));
  const passwd = (await readFile(join(root, 'etc/passwd'), 'utf8')).replace(
    /^(root:)\*?(:.*)$/m,
    (_, before: string, after: string) => `${before}x${after}`,
  );
  const shadow = passwd
    .split('\n')
    .filter(Boolean)
    .map((line) => `${line.split(':')[0]}:*:19000:0:99999:7:::\n`);
  const group = await readFile(join(root, 'etc/group'), 'utf8');
  const gshadow = group
    .split('\n')
    .filter(Boolean)
    .map((line) => `${line.split(':')[0]}:*::\n`);
  await putFiles(root, {
    '/etc/passwd': { text: passwd.replaceAll(/^([^:]+):\*:/gm, '$1:x:') },
    '/etc/shadow': { text: shadow.join(''), mode: 0o640 },
    '/etc/gshadow': { text: gshadow.join(''), mode: 0o640 },
  });
}

const pam = (kind: string, success: string) =>
  `${kind}\t[${success} default=ignore]\tpam_unix.so\n${kind}\trequisite\tpam_deny.so\n${kind}\trequired\tpam_permit.so\n`;

const session = 'session\trequired\tpam_permit.so\nsession\trequired\tpam_unix.so\n';
const etc: Readonly<Record<string, StandInFile>> = {
  '/etc/nsswitch.conf': {
    text: 'passwd: files\ngroup: files\nshadow: files\ngshadow: files\nhosts: files dns\nnetworks: files\nprotocols: db files\nservices: db files\n',
  },
  '/etc/shells': { text: '/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/dash\n/usr/bin/dash\n' },
  '/etc/localtime': { link: '/usr/share/zoneinfo/Etc/UTC' },
  '/etc/timezone': { text: 'Etc/UTC\n' },
  '/etc/environment': { text: '' },
  '/etc/alternatives': { directory: true },
  '/etc/pam.d/common-auth': { text: pam('auth', 'success=1') },
  '/etc/pam.d/common-account': { text: pam('account', 'success=1 new_authtok_reqd=done') },
  '/etc/pam.d/common-password': { text: pam('password', 'success=1') },
  '/etc/pam.d/common-session': { text: session },
  '/etc/pam.d/common-session-noninteractive': { text: session },
  '/usr/bin/sh': { link: 'dash' },
  '/usr/bin/awk': { link: 'mawk' },
  '/usr/bin/nawk': { link: 'mawk' },
  '/usr/bin/which': { link: 'which.debianutils' },
  '/usr/bin/pager': { link: 'more' },
  '/tmp': { directory: true, mode: 0o1777 },
  '/var/tmp': { directory: true, mode: 0o1777 },
  '/root': { directory: true, mode: 0o700 },
  '/run': { directory: true },
  '/run/lock': { directory: true, mode: 0o1777 },
  '/var/run': { link: '/run' },
  '/var/lock': { link: '/run/lock' },
  '/var/log': { directory: true },
  '/var/mail': { directory: true },
  '/usr/local/bin': { directory: true },
  '/usr/local/sbin': { directory: true },
  '/usr/local/lib': { directory: true },
  '/var/lib/dpkg/available': { text: '' },
  '/var/lib/dpkg/diversions': { text: '' },
  '/var/lib/dpkg/statoverride': { text: '' },
  '/var/lib/dpkg/info/format': { text: '1\n' },
  '/var/lib/dpkg/alternatives': { directory: true },
  '/var/lib/dpkg/updates': { directory: true },
  '/var/lib/dpkg/parts': { directory: true },
  '/var/lib/dpkg/triggers': { directory: true },
  '/var/lib/apt/lists/partial': { directory: true },
  '/var/cache/apt/archives/partial': { directory: true },
  '/var/log/apt': { directory: true },
  // https://github.com/debuerreotype/debuerreotype/blob/master/scripts/debuerreotype-minimizing-config
  '/usr/sbin/policy-rc.d': { text: '#!/bin/sh\nexit 101\n', mode: 0o755 },
  '/etc/dpkg/dpkg.cfg.d/docker': {
    text: 'force-unsafe-io\npath-exclude /usr/share/doc/*\npath-exclude /usr/share/man/*\npath-exclude /usr/share/locale/*\npath-include /usr/share/doc/*/copyright\n',
  },
  '/etc/dpkg/dpkg.cfg.d/fairway': { text: 'force-confdef\nforce-confnew\n' },
};

/** Its packages come from where this machine has its own. */
function aptFiles({ origins }: BaseContext): Readonly<Record<string, StandInFile>> {
  const sources = origins.map(({ uri, suite, component }) => `deb ${uri} ${suite} ${component}\n`);
  return {
    '/etc/apt/sources.list': { text: sources.join('') },
    '/etc/apt/apt.conf.d/fairway': {
      text: [
        // The containers' capabilities do not let it become another user everywhere.
        'APT::Sandbox::User "root";',
        'Acquire::Languages "none";',
        'Acquire::Retries "2";',
        'APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };',
        'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };',
        '',
      ].join('\n'),
    },
  };
}

/** Where no user but root exists, packages are unpacked and set up as if their owners did. */
const oneUser: Readonly<Record<string, StandInFile>> = {
  '/etc/apt/apt.conf.d/fairway-one-user': {
    text: 'Dir::Bin::dpkg "/usr/local/lib/fairway/dpkg";\nDir::Log::Terminal "";\n',
  },
  '/usr/local/lib/fairway/dpkg': {
    text: '#!/bin/sh\n[ "$FAKEROOTKEY" ] && exec /usr/bin/dpkg "$@"\nFAKEROOTDONTTRYCHOWN=1 exec fakeroot-sysv -- /usr/bin/dpkg "$@"\n',
    mode: 0o755,
  },
};
