import { execFile } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { StandIn, StandInFile } from './model.ts';

const execute = promisify(execFile);

/** The folders that a merged-usr system keeps under /usr: https://wiki.debian.org/UsrMerge */
export const merged = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];

/** Moves what packages bring in /bin, /lib, … to /usr; the base layer has the links. */
export async function mergeUsr(root: string): Promise<void> {
  for (const name of merged) {
    const path = join(root, name);
    const stats = await lstat(path).catch(() => undefined);
    if (!stats) continue;
    if (stats.isDirectory()) {
      await makeDirectory(root, `/usr/${name}`);
      if ((await readdir(path)).length > 0)
        await execute('cp', ['-a', '--remove-destination', `${path}/.`, join(root, 'usr', name)]);
    }
    await rm(path, { recursive: true });
  }
}

/** Writes a recipe's files. */
export async function putFiles(root: string, files: Readonly<Record<string, StandInFile>>): Promise<void> {
  for (const [path, file] of Object.entries(files)) {
    const target = join(root, path);
    if ('directory' in file) {
      await makeDirectory(root, path);
      await chmod(target, file.mode ?? 0o755);
      continue;
    }
    await makeDirectory(root, dirname(path));
    await rm(target, { force: true, recursive: 'link' in file });
    if ('link' in file) await symlink(file.link, target);
    else {
      await writeFile(target, file.text);
      await chmod(target, file.mode ?? 0o644);
    }
  }
}

/** As mkdir -p, whatever the umask. */
export async function makeDirectory(root: string, path: string): Promise<void> {
  let at = root;
  for (const part of path.split('/').filter(Boolean)) {
    at = join(at, part);
    const made = await mkdir(at).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (made) await chmod(at, 0o755);
  }
}

/**
 * Groups of the packages' files are numbers of this machine, where root unpacks them; inside they would be nobody's.
 */
export async function ownAll(root: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const others = ['(', '!', '-uid', '0', '-o', '!', '-gid', '0', ')'];
  await execute('find', [root, ...others, '-exec', 'chown', '-h', '0:0', '{}', '+']);
}

/** /etc as far as programs look into it; on those of the layer `below`, if it has any. */
export async function accounts(
  users: StandIn['users'],
  below?: string,
): Promise<Readonly<Record<string, StandInFile>>> {
  const entries = Object.entries(users);
  const lines = async (name: string, otherwise: readonly string[]) => {
    if (below === undefined) return otherwise;
    const present = (await readFile(join(below, 'etc', name), 'utf8')).split('\n').filter(Boolean);
    return present.filter((line) => !entries.some(([user]) => line.startsWith(`${user}:`)));
  };
  const passwd = [
    ...(await lines('passwd', [
      'root:x:0:0:root:/root:/bin/sh',
      'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
    ])),
    ...entries.map(
      ([name, { uid, home, shell }]) => `${name}:x:${uid}:${uid}::${home}:${shell ?? '/usr/sbin/nologin'}`,
    ),
  ];
  const systemGroups = ['root:x:0:', 'tty:x:5:', 'www-data:x:33:', 'nogroup:x:65534:'];
  const group = [
    ...(await lines('group', systemGroups)),
    ...entries.map(([name, { uid }]) => `${name}:x:${uid}:`),
  ];
  const shadowOf = (name: string) => `${name}:*:19000:0:99999:7:::`;
  const shadow = [
    ...(await lines('shadow', ['root', 'nobody'].map(shadowOf))),
    ...entries.map(([name]) => shadowOf(name)),
  ];
  const text = (all: readonly string[]) => `${all.join('\n')}\n`;
  return {
    '/etc/passwd': { text: text(passwd) },
    '/etc/group': { text: text(group) },
    '/etc/shadow': { text: text(shadow), mode: 0o640 },
    ...Object.fromEntries(
      entries
        .filter(([, { home }]) => home.startsWith('/home/'))
        .map(([name, { home }]) => [home, { directory: true, owner: name } as const]),
    ),
  };
}
