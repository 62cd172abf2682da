import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { testCacheHome } from '../../src/region/runtime/testing/heavy.ts';
import { regionProcesses } from './processes.ts';

/** Who runs Fairway in a test. */
export interface User {
  readonly name: string;
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
}

/** The user who runs the tests and, when that is root, an ordinary one too. */
export const users: readonly User[] =
  process.getuid!() === 0
    ? [
        { name: 'root', ids: undefined },
        { name: 'an ordinary user', ids: { uid: 65534, gid: 65534 } },
      ]
    : [{ name: 'an ordinary user', ids: undefined }];

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home of its own for one region: nothing in it is shared with another test but the cache of packages and images. */
export interface Home {
  readonly directory: string;
  readonly user: User;
  readonly env: Readonly<Record<string, string>>;
  /** Copies an example into the home, where a test may change it. */
  example(name: string): string;
  /** A folder of the home that the user may write. */
  folder(name: string): string;
  run(
    args: readonly string[],
    options?: { cwd?: string; env?: Record<string, string>; input?: string },
  ): Promise<Result>;
  start(args: readonly string[], options?: { cwd?: string }): ChildProcess;
  /** `fairway status --json` */
  status(project: string): Promise<Status>;
  /** The process ids of the region and everything below it. */
  processes(): readonly number[];
  regionPid(): number | undefined;
  dispose(): Promise<void>;
}

export interface Status {
  readonly stack: string;
  readonly state: string;
  readonly urls: readonly string[];
  readonly services: readonly {
    readonly name: string;
    readonly desired: number;
    readonly running: number;
    readonly healthy: number;
    readonly tasks: readonly { id: string; address: string; lastStatus: string; health: string }[];
  }[];
}

export function createHome(user: User = users[0]!): Home {
  const installation = inject('installation');
  const directory = mkdtempSync(join(tmpdir(), 'fairway-home-'));
  const own = (path: string) => {
    if (user.ids) chownSync(path, user.ids.uid, user.ids.gid);
    return path;
  };
  own(directory);
  const cache = user.ids ? join(tmpdir(), `fairway-test-cache-${user.ids.uid}`) : testCacheHome;
  if (!existsSync(cache)) {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    own(cache);
  }
  const env: Record<string, string> = {
    PATH: process.env.PATH!,
    HOME: directory,
    XDG_STATE_HOME: join(directory, 'state'),
    XDG_CACHE_HOME: cache,
    npm_config_registry: inject('npmRegistry'),
    SECRET_OF_THE_HOST: 'must-not-be-seen',
    FAIRWAY_OUTSIDE: '203.0.113.10=127.0.0.1',
    ...(process.env.NODE_EXTRA_CA_CERTS ? { NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS } : {}),
  };
  const start = (args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) =>
    spawn(process.execPath, ['--', join(installation, 'dist/cli.mjs'), ...args], {
      cwd: options.cwd ?? directory,
      env: { ...env, ...options.env },
      stdio: 'pipe',
      ...user.ids,
    });
  const regionPid = () => {
    try {
      return (
        JSON.parse(readFileSync(join(directory, 'state/fairway/region.lock'), 'utf8')) as { pid: number }
      ).pid;
    } catch {
      return undefined;
    }
  };
  const run: Home['run'] = (args, options = {}) =>
    new Promise((resolve, reject) => {
      const child = start(args, options);
      let stdout = '';
      let stderr = '';
      child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
      child.stdin!.on('error', () => undefined);
      child.stdin!.end(options.input ?? '');
    });
  const folder = (name: string) => {
    const path = join(directory, name);
    mkdirSync(path, { recursive: true });
    return own(path);
  };
  return {
    directory,
    user,
    env,
    run,
    start,
    folder,
    regionPid,
    example(name) {
      const path = join(directory, name);
      cpSync(join(installation, 'examples', name), path, { recursive: true });
      chmodSync(path, 0o755);
      return path;
    },
    async status(project) {
      const { code, stdout, stderr } = await run(['-f', project, 'status', '--json']);
      if (code !== 0) throw new Error(`status exited ${code}: ${stderr}`);
      return JSON.parse(stdout) as Status;
    },
    processes: () => regionProcesses(regionPid()),
    async dispose() {
      const left = regionProcesses(regionPid());
      for (const pid of left.slice(0, 1)) kill(pid, 'SIGTERM');
      for (let waited = 0; waited < 100 && left.some(isAlive); waited++) await pause(100);
      for (const pid of left) kill(pid, 'SIGKILL');
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

export function isAlive(pid: number): boolean {
  try {
    // A zombie has ended; its parent has only not asked yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Ended already.
  }
}

/** Looks again and again until `look` gives something, or time is up: then it throws what was last seen. */
export async function eventually<T>(
  look: () => Promise<T | undefined | false>,
  seconds = 30,
  what = 'it',
): Promise<T> {
  const until = Date.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      last = error;
    }
    if (Date.now() > until)
      throw new Error(`${what} did not come about within ${seconds} s`, { cause: last });
    await pause(50);
  }
}
