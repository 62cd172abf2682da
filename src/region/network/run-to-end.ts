import type { Netd, RunResult, SpawnOptions } from './netd-client.ts';

/** Runs a short program and collects what it writes; rejects when it could not be started. */
export async function runToEnd(
  netd: Pick<Netd, 'spawn'>,
  argv: readonly string[],
  { input, ...options }: SpawnOptions & { readonly input?: string } = {},
): Promise<RunResult> {
  const process = netd.spawn(argv, options);
  const written = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  process.onStdout((chunk) => void written.stdout.push(chunk));
  process.onStderr((chunk) => void written.stderr.push(chunk));
  if (input !== undefined) process.write(input);
  process.end();
  await process.started;
  const { code, signal } = await process.exited;
  return {
    code,
    signal,
    stdout: Buffer.concat(written.stdout).toString(),
    stderr: Buffer.concat(written.stderr).toString(),
  };
}
