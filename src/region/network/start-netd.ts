import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { OperationError } from '../../common/problem.ts';
import { mapIds } from './id-map.ts';
import { connectNetd } from './netd-connection.ts';
import type { Netd } from './netd-client.ts';
import type { Tools } from './tools.ts';

export interface StartNetdOptions {
  /** Path of netd.mjs. */
  readonly program: string;
  readonly tools: Pick<Tools, 'unshare' | 'newuidmap' | 'newgidmap'>;
  /** Default: the Node that runs this. */
  readonly nodePath?: string;
  readonly log: (message: string) => void;
}

/** In the user namespace, without an identity until the region has written the maps; ends with the region. */
const first = 'echo waiting; read -r go || exit 1; exec "$@" </dev/null';
/**
 * PID 1 of the namespaces. It stays a shell because a shell reaps what is orphaned, which Node does not. /run is hidden with its
 * sockets, and a place for names of network namespaces is made there.
 */
const second =
  'mount -t tmpfs -o mode=755,size=16m tmpfs /run && mkdir /run/netns && ip link set lo up || exit 1; "$@"; exit $?';

const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
const sh = (script: string) => ['/bin/sh', '-c', script, 'sh'];

/** Starts netd in namespaces of its own; everything of it ends when this process does. */
export async function startNetd({ program, tools, nodePath, log }: StartNetdOptions): Promise<Netd> {
  const child = spawn(
    tools.unshare,
    [
      '--user',
      ...sh(first),
      tools.unshare,
      ...namespaces,
      ...sh(second),
      nodePath ?? process.execPath,
      program,
    ],
    {
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
      // A session of its own: an interrupt typed at the terminal is the region's to handle.
      detached: true,
      cwd: '/',
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' },
    },
  );
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = `${errors}${String(chunk)}`.slice(-4000);
    for (const line of String(chunk).trimEnd().split('\n')) log(`netd: ${line}`);
  });
  child.stdin?.on('error', () => {});
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(cannotStart(error.message)));
    child.once('exit', () => reject(cannotStart(errors.trim() || 'it ended before it was ready')));
  });
  failed.catch(() => {});
  try {
    await Promise.race([failed, waiting(child)]);
    const ids = await mapIds(child.pid as number, tools).catch((error: unknown) => {
      throw cannotStart(error instanceof Error ? error.message : String(error));
    });
    const ready = new Promise((resolve) => void child.once('message', resolve));
    child.stdin?.end('go\n');
    await Promise.race([failed, ready]);
    return connectNetd(child, ids);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function waiting(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (!child.stdout) return;
    const lines = createInterface({ input: child.stdout });
    lines.once('line', () => resolve());
    lines.on('line', () => {});
  });
}

function cannotStart(reason: string): OperationError {
  return new OperationError({
    code: 'namespaces-unavailable',
    message: `cannot start the region's own namespaces: ${reason}`,
    fix: 'run `fairway doctor`: it says what this machine forbids and how to allow it',
  });
}
