import { chmod, constants, copyFile, cp, readdir, realpath, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { closure } from '../launch/tools.ts';
import { makeDirectory } from './files.ts';

/** What native modules link besides: glibc's own parts and the C++ runtime. */
const companions =
  /^(libc|libm|libdl|libpthread|librt|libresolv|libutil|libanl|libnss_(dns|files)|libstdc\+\+|libgcc_s|libatomic)\.so\.\d+$/;

/** The Node of this machine with its libraries, npm and npx, at the places of the official image. */
export async function fillNode(root: string, nodePath: string): Promise<void> {
  await chmod(root, 0o755);
  const node = await realpath(nodePath);
  await makeDirectory(root, '/usr/local/bin');
  await place(node, join(root, 'usr/local/bin/node'));
  await symlink('node', join(root, 'usr/local/bin/nodejs'));
  await copyLibraries(root, node);
  const share = '/usr/share/nodejs';
  // Debian's own Node keeps parts of itself and npm there.
  const external =
    (await isDirectory(share)) && !(await isDirectory(join(dirname(node), '../lib/node_modules/npm')));
  const modules = external ? share : join(dirname(node), '../lib/node_modules');
  const target = external ? share : '/usr/local/lib/node_modules';
  // https://github.com/nodejs/corepack comes with Node up to 24.
  if (!external && (await isDirectory(join(modules, 'corepack')))) {
    await copyTree(join(modules, 'corepack'), join(root, target, 'corepack'));
    await symlink(`${target}/corepack/dist/corepack.js`, join(root, 'usr/local/bin/corepack'));
  }
  if (external) await copyTree(share, join(root, share));
  else if (await isDirectory(join(modules, 'npm')))
    await copyTree(join(modules, 'npm'), join(root, target, 'npm'));
  else return;
  for (const name of ['npm', 'npx'])
    await symlink(`${target}/npm/bin/${name}-cli.js`, join(root, 'usr/local/bin', name));
}

async function copyLibraries(root: string, program: string): Promise<void> {
  const { loader, libraries } = await closure(program);
  const libc = libraries.get('libc.so.6');
  const folder = libc ? dirname(libc) : '/usr/lib';
  const inside = underUsr(folder);
  await makeDirectory(root, inside);
  for (const [soname, path] of libraries) await place(path, join(root, inside, soname));
  for (const name of await readdir(folder))
    if (companions.test(name) && !libraries.has(name))
      await place(await realpath(join(folder, name)), join(root, inside, name));
  const loaderPath = underUsr(loader);
  await makeDirectory(root, dirname(loaderPath));
  await place(await realpath(loader), join(root, dirname(loaderPath), basename(loader)));
}

const underUsr = (path: string) => (path.startsWith('/usr/') ? path : `/usr${path}`);

async function place(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await chmod(to, 0o755);
}

async function copyTree(from: string, to: string): Promise<void> {
  await makeDirectory('/', dirname(to));
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
}

const isDirectory = (path: string) =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
