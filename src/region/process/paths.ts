import { createHash } from 'node:crypto';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Where Fairway keeps what it keeps, by https://specifications.freedesktop.org/basedir-spec/latest/ */
export interface Paths {
  /** Durable: the region's journal, volumes, objects, logs. */
  readonly state: string;
  /** May be deleted at any time: images, packages, tools. */
  readonly cache: string;
  /** The region's control socket. */
  readonly socket: string;
  readonly lock: string;
  /** What the region process itself says. */
  readonly log: string;
}

/** Longest path a unix socket can have on Linux, less the final zero: unix(7). */
const LONGEST_SOCKET_PATH = 107;

export function pathsOf(env: Readonly<Record<string, string | undefined>>): Paths {
  const home = env.HOME || homedir();
  const state = join(env.XDG_STATE_HOME || join(home, '.local', 'state'), 'fairway');
  const cache = join(env.XDG_CACHE_HOME || join(home, '.cache'), 'fairway');
  const socket = join(state, 'region.sock');
  return {
    state,
    cache,
    socket: shorten(socket),
    lock: join(state, 'region.lock'),
    log: join(state, 'region.log'),
  };
}

function shorten(socket: string): string {
  if (Buffer.byteLength(socket) <= LONGEST_SOCKET_PATH) return socket;
  const name = createHash('sha256').update(socket).digest('hex').slice(0, 16);
  return join(tmpdir(), `fairway-${userInfo().uid}-${name}`, 'region.sock');
}
