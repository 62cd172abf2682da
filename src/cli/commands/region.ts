import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, OperationError } from '../../common/problem.ts';
import { findRegion, startForeground, stopRegion } from '../../region/process/connect.ts';
import { pathsOf, type Paths } from '../../region/process/paths.ts';
import type { ActivityLine } from '../../region/process/protocol.ts';
import {
  defaultSettings,
  describeTime,
  isOrdinaryTime,
  type RegionSettings,
} from '../../region/process/settings.ts';
import type { Command, Invocation } from '../command.ts';
import { environmentOf } from './env.ts';
import { programs } from '../programs.ts';
import { renderActivity } from '../region/activity.ts';
import { holderOf, isFree } from '../region/port.ts';
import { timeOptions, wantedTime } from '../time-options.ts';

const PORT = 4566;

export const command: Command = {
  name: 'region',
  summary: 'Run the local AWS region in the foreground, for any AWS client',
  usage: '[OPTIONS]',
  details:
    'Prints the settings for AWS clients, then each call and what becomes of stacks, services and tasks, until Ctrl-C: that ends\nthe region and all in it. Its state is that of `fairway up`, and is kept; with --ephemeral it is empty, and goes with it.',
  options: [
    { name: 'ephemeral', help: 'begin with nothing, leave nothing, and touch no other region' },
    ...timeOptions,
    {
      name: 'port',
      value: 'N',
      help: `port of the endpoint on 127.0.0.1 (default: ${PORT}; 0: any free one)`,
    },
  ],
  arguments: [0, 0],
  async run(invocation) {
    const ephemeral = invocation.flag('ephemeral');
    const settings: RegionSettings = {
      ...defaultSettings,
      ...wantedTime(invocation),
      foreground: true,
      ephemeral,
      port: portOf(invocation.text('port')),
    };
    const home = ephemeral ? mkdtempSync(join(tmpdir(), 'fairway-region-')) : undefined;
    const paths = pathsOf(home === undefined ? invocation.env : { ...invocation.env, XDG_STATE_HOME: home });
    try {
      await takeOver(invocation, paths, settings.port!);
      return await runUntilInterrupted(invocation, paths, settings);
    } finally {
      if (home !== undefined) rmSync(home, { recursive: true, force: true });
    }
  },
};

function portOf(text = String(PORT)): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InputError([
    { code: 'usage', message: `--port "${text}" is no port`, fix: 'write a number from 0 to 65535' },
  ]);
}

/** Ends the region that runs in the background on the same state, once it is sure that this one can begin. */
async function takeOver({ terminal }: Invocation, paths: Paths, port: number): Promise<void> {
  const running = await findRegion(paths);
  const { settings, pid } = running?.info ?? {};
  if (running && settings?.foreground) {
    running.control.close();
    throw new OperationError({
      code: 'region-in-foreground',
      message: `the local region ${pid} runs in the foreground already, at ${running.info.endpoint}`,
      fix: 'use that one, end it with Ctrl-C, or run another one beside it: --ephemeral --port 0',
    });
  }
  const holder = port === 0 || (await isFree(port)) ? 'nobody' : holderOf(port);
  if (holder !== 'nobody' && (holder === undefined || holder.pid !== pid)) {
    running?.control.close();
    throw portTaken(port, holder);
  }
  if (!running) return;
  terminal.err(
    `taking over from the region that runs in the background (${pid}): its tasks are started again\n`,
  );
  await stopRegion(running);
}

const portTaken = (port: number, holder: ReturnType<typeof holderOf>): OperationError =>
  new OperationError({
    code: 'port-taken',
    message: `port ${port} is taken by ${holder ? `${holder.name} (process ${holder.pid})` : "another user's program"}`,
    fix: `write --port ${port + 1 > 65_535 ? PORT : port + 1}, or --port 0 for any that is free${holder ? '' : ` (sudo ss -ltnp 'sport = :${port}' tells whose it is)`}`,
  });

async function runUntilInterrupted(
  { terminal }: Invocation,
  paths: Paths,
  settings: RegionSettings,
): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  const { control, info, ended } = await startForeground(paths, programs, settings);
  const { dim, bold } = terminal.outStyle;
  terminal.out(
    [
      `${bold(info.endpoint)}${isOrdinaryTime(settings) ? '' : `   ${describeTime(settings)}`}`,
      '',
      ...Object.entries(environmentOf(info)).map(([name, value]) => `  export ${name}=${value}`),
      '',
      ...(settings.ephemeral
        ? [dim(`  for fairway's own commands: export XDG_STATE_HOME=${join(paths.state, '..')}`), '']
        : []),
      '',
    ].join('\n'),
  );
  const following = control
    .lines<ActivityLine>(
      'activity',
      (line) => terminal.out(`${renderActivity(line, terminal.outStyle)}\n`),
      interrupt.signal,
    )
    .catch(() => undefined);
  await Promise.race([ended, following]);
  const asked = interrupt.signal.aborted;
  if (asked) terminal.err('\nending the region\n');
  await stopRegion({ control, info, started: true });
  await ended;
  if (asked) return 0;
  terminal.err(`the region ended on its own; it said last:\n${lastOf(paths.log)}\n`);
  return 1;
}

/** The log goes with the state of an ephemeral region. */
function lastOf(log: string): string {
  try {
    return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
  } catch {
    return `(nothing is left of ${log})`;
  }
}
