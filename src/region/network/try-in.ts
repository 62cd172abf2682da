import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from './tools.ts';

const execute = promisify(execFile);

/** Runs a fixed script in fresh namespaces, as netd is started; undefined when it went well, else what was said. */
export async function tryIn(
  namespaces: readonly string[],
  script: string,
  first = '',
  second = '',
  env: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const unshare = findProgram('unshare');
  if (!unshare) return 'unshare is missing';
  try {
    await execute(
      unshare,
      ['--user', '--map-root-user', ...namespaces, '--', '/bin/sh', '-c', script, 'sh', first, second],
      { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', ...env }, timeout: 10_000, cwd: '/' },
    );
    return undefined;
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    return stderr?.trim().split('\n')[0] || (error instanceof Error ? error.message : String(error));
  }
}
