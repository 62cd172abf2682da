import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { OperationError } from '../../../common/problem.ts';
import type { Container } from '../runtime.ts';

const tool = (name: string, ...args: readonly string[]) => [
  '/.fairway/loader',
  '--library-path',
  '/.fairway',
  `/.fairway/${name}`,
  ...args,
];

/**
 * Puts a file or folder of the host into a running container. A program inside writes it, so that no link in the container can lead
 * the write out of it, and nothing is written that its user may not write.
 */
export async function putInside(exec: Container['exec'], source: string, target: string): Promise<void> {
  const stats = await lstat(source).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (!stats) return run(exec, tool('rm', '-rf', '--', target), target);
  if (stats.isDirectory()) {
    await run(exec, tool('install', '-d', '--', target), target);
    for (const name of await readdir(source))
      await putInside(exec, `${source}/${name}`, posix.join(target, name));
    return;
  }
  // Sockets, devices and dangling links are not sources.
  if (!stats.isFile() && !stats.isSymbolicLink()) return;
  const mode = (stats.isSymbolicLink() ? 0o644 : stats.mode & 0o777).toString(8);
  await run(exec, tool('install', '-D', '-m', mode, '--', '/dev/stdin', target), target, source);
}

async function run(
  exec: Container['exec'],
  argv: readonly string[],
  target: string,
  source?: string,
): Promise<void> {
  const program = exec(argv);
  let said = '';
  program.onStderr((chunk) => void (said += String(chunk)));
  if (source !== undefined)
    for await (const chunk of createReadStream(source)) program.write(chunk as Buffer);
  program.end();
  const { code } = await program.exited;
  if (code !== 0)
    throw new OperationError({
      code: 'sync-refused',
      message: `cannot write ${target} in the container: ${said.trim().replace(/^.*?: /, '') || `ended with ${code}`}`,
      fix: 'copy to a folder that the user of the image owns (COPY --chown), or write `action: rebuild`',
    });
}
