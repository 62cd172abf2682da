import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperationError } from '../../common/problem.ts';
import { controlClient, type ControlClient } from './control-client.ts';
import { isAlive } from './lock.ts';
import type { Paths } from './paths.ts';
import type { RegionInfo } from './protocol.ts';
import { defaultSettings, describeTime, toArguments, type RegionSettings } from './settings.ts';

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
    const info = await control.get<RegionInfo>('info');
    // One of an earlier build says less of itself.
    return { control, info: { ...info, settings: info.settings ?? defaultSettings }, started: false };
  } catch (error) {
    control.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET') return undefined;
    throw error;
  }
}

/** How a command wants the region to run; what it does not name is as it is. */
export type Wanted = Partial<Pick<RegionSettings, 'timeScale' | 'pace'>>;

/**
 * The region process of this user: the one that runs, or a new one. One of another build is stopped first; what it runs
 * comes back with the new one, since its state is durable.
 * @param programs folder of the bundled programs
 */
export async function connectRegion(
  paths: Paths,
  programs: string,
  wanted: Wanted = {},
): Promise<Connection> {
  const found = await findRegion(paths);
  if (!found) return startRegion(paths, programs, { ...defaultSettings, ...wanted });
  const { settings } = found.info;
  const differs = Object.entries(wanted).some(([name, value]) => settings[name as keyof Wanted] !== value);
  const current = found.info.build === buildId(programs);
  if (current && !differs) return found;
  if (settings.foreground) {
    found.control.close();
    throw inForeground(found.info, differs);
  }
  if (differs && !(await found.control.post<{ stopped: boolean }>('shutdown', { onlyIdle: true })).stopped) {
    found.control.close();
    throw otherTime(found.info, wanted);
  }
  await stopRegion(found);
  return startRegion(paths, programs, { ...defaultSettings, ...settings, ...wanted });
}

const inForeground = ({ pid }: RegionInfo, differs: boolean): OperationError =>
  new OperationError({
    code: 'region-in-foreground',
    message: `the local region ${pid} runs in the foreground ${differs ? 'with another time' : 'from another build of Fairway'}`,
    fix: 'end it with Ctrl-C (fairway region), then try again',
  });

/** Time that goes on at another speed under what runs would be no rehearsal of anything. */
const otherTime = ({ pid, settings }: RegionInfo, wanted: Wanted): OperationError =>
  new OperationError({
    code: 'region-time',
    message: `the local region runs at ${describeTime(settings)}, not at ${describeTime({ ...settings, ...wanted })}, and something is deployed in it`,
    fix: `end it (kill ${pid}) and try again: its state is kept, and what it runs is started again; or take it down first (fairway down)`,
  });

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

async function startRegion(paths: Paths, programs: string, settings: RegionSettings): Promise<Connection> {
  const { child, offset } = launch(paths, programs, settings);
  child.unref();
  return whenReady(paths, child, offset);
}

/** A region that ends with this process, with its connection; `ended` resolves when it has. */
export async function startForeground(
  paths: Paths,
  programs: string,
  settings: RegionSettings,
): Promise<Connection & { readonly ended: Promise<void> }> {
  const { child, offset } = launch(paths, programs, settings);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return { ...(await whenReady(paths, child, offset)), ended };
}

/** In a session of its own, so that Ctrl-C reaches it only through whoever started it. */
function launch(
  paths: Paths,
  programs: string,
  settings: RegionSettings,
): { readonly child: ChildProcess; readonly offset: number } {
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  mkdirSync(dirname(paths.socket), { recursive: true, mode: 0o700 });
  const log = openSync(paths.log, 'a', 0o600);
  const offset = statSync(paths.log).size;
  const child = spawn(process.execPath, [join(programs, 'region.mjs'), ...toArguments(settings)], {
    detached: true,
    cwd: '/',
    stdio: [settings.foreground ? 'pipe' : 'ignore', log, log],
    env: { ...process.env, XDG_STATE_HOME: dirname(paths.state), FAIRWAY_BUILD: buildId(programs) },
  });
  closeSync(log);
  return { child, offset };
}

async function whenReady(paths: Paths, child: ChildProcess, offset: number): Promise<Connection> {
  let exited: number | null | undefined;
  const onExit = (code: number | null) => (exited = code);
  child.once('exit', onExit);
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    const found = await findRegion(paths);
    if (found) {
      child.off('exit', onExit);
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
