import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperationError } from '../../common/problem.ts';
import { controlClient, type ControlClient } from './control-client.ts';
import { isAlive } from './lock.ts';
import type { Paths } from './paths.ts';
import type { RegionInfo } from './protocol.ts';

export interface Connection {
  readonly control: ControlClient;
  readonly info: RegionInfo;
  /** Whether this call started the region. */
  readonly started: boolean;
}

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 30_000;
const LOOK_AGAIN_MS = 8;

/** What tells one build of Fairway from another. */
export function buildId(programs: string): string {
  return String(Math.round(statSync(join(programs, '.built')).mtimeMs));
}

/** The region that runs, if one does. */
export async function findRegion(paths: Paths): Promise<Connection | undefined> {
  const control = controlClient(paths.socket);
  try {
    return { control, info: await control.get<RegionInfo>('info'), started: false };
  } catch (error) {
    control.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET') return undefined;
    throw error;
  }
}

/**
 * The region process of this user: the one that runs, or a new one. One of another build is stopped first; what it runs
 * comes back with the new one, since its state is durable.
 * @param programs folder of the bundled programs
 */
export async function connectRegion(paths: Paths, programs: string): Promise<Connection> {
  const found = await findRegion(paths);
  if (found?.info.build === buildId(programs)) return found;
  if (found) await stopRegion(found);
  return startRegion(paths, programs);
}

export async function stopRegion({ control, info }: Connection): Promise<void> {
  await control.post('shutdown').catch(() => undefined);
  control.close();
  const deadline = Date.now() + STOP_DEADLINE_MS;
  while (isAlive(info.pid)) {
    if (Date.now() > deadline)
      throw new OperationError({
        code: 'region-stuck',
        message: `the region process ${info.pid} does not end`,
        fix: `kill -9 ${info.pid}, then try again: its state is kept`,
      });
    await sleep(LOOK_AGAIN_MS);
  }
}

async function startRegion(paths: Paths, programs: string): Promise<Connection> {
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  mkdirSync(dirname(paths.socket), { recursive: true, mode: 0o700 });
  const log = openSync(paths.log, 'a', 0o600);
  const offset = statSync(paths.log).size;
  const child = spawn(process.execPath, [join(programs, 'region.mjs')], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', log, log],
    env: { ...process.env, FAIRWAY_BUILD: buildId(programs) },
  });
  closeSync(log);
  child.unref();
  let exited: number | null | undefined;
  child.once('exit', (code) => (exited = code));
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    const found = await findRegion(paths);
    if (found) {
      child.removeAllListeners();
      return { ...found, started: found.info.pid === child.pid };
    }
    // Another command may have been quicker: then its region answers at the next look.
    if (exited !== undefined && exited !== 0) throw startFailure(paths, offset);
    if (Date.now() > deadline) throw startFailure(paths, offset);
    await sleep(LOOK_AGAIN_MS);
  }
}

function startFailure(paths: Paths, offset: number): OperationError {
  const said = readFileSync(paths.log).subarray(offset).toString().trim();
  return new OperationError({
    code: 'region-not-started',
    message: `the local region did not start: ${said || `nothing was said in ${paths.log}`}`,
    fix: 'fairway doctor tells what this machine can do',
  });
}
