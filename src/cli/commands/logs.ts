import type { LogLine } from '../../region/process/protocol.ts';
import { InputError } from '../../common/problem.ts';
import type { Command } from '../command.ts';
import { requireLocal } from '../local.ts';
import { projectName } from '../project.ts';
import type { Style } from '../terminal.ts';

export const command: Command = {
  name: 'logs',
  summary: 'Show what the services say',
  usage: '[OPTIONS] [SERVICE…]',
  options: [
    { name: 'follow', short: 'f', help: 'go on with what comes' },
    { name: 'tail', short: 'n', value: 'N', help: 'only the last N lines' },
    { name: 'since', value: 'TIME', help: 'lines since a time (2026-01-31T12:00:00Z) or an age (10m, 2h)' },
    { name: 'timestamps', short: 't', help: 'show when each line came' },
    { name: 'no-prefix', help: 'leave out service and task' },
    { name: 'json', help: 'print a line of JSON for each line' },
  ],
  arguments: [0, Number.POSITIVE_INFINITY],
  async run(invocation) {
    const { terminal } = invocation;
    const stack = await projectName(invocation);
    const { control, info } = await requireLocal(invocation);
    const query = new URLSearchParams({ stack, follow: String(invocation.flag('follow')) });
    for (const service of invocation.positionals) query.append('service', service);
    const tail = invocation.text('tail');
    if (tail !== undefined) query.set('tail', String(wholeNumber('tail', tail)));
    const since = invocation.text('since');
    if (since !== undefined) query.set('since', String(parseSince(since, info.now)));
    const interrupt = new AbortController();
    process.once('SIGINT', () => interrupt.abort());
    await control
      .lines<LogLine>(
        `logs?${query}`,
        (line) => {
          if (invocation.flag('json')) return terminal.out(`${JSON.stringify(line)}\n`);
          const stamp = invocation.flag('timestamps') ? `${new Date(line.timestamp).toISOString()} ` : '';
          const prefix = invocation.flag('no-prefix')
            ? ''
            : `${colourOf(line.service, terminal.outStyle)(`${line.service} ${line.task.slice(0, 8)}`)} | `;
          terminal.out(`${stamp}${prefix}${line.message}\n`);
        },
        interrupt.signal,
      )
      .catch((error: Error) => {
        if (!interrupt.signal.aborted) throw error;
      });
    control.close();
    return 0;
  },
};

function colourOf(service: string, style: Style): (text: string) => string {
  const colours = [style.cyan, style.green, style.yellow];
  const sum = [...service].reduce((total, letter) => total + letter.codePointAt(0)!, 0);
  return colours[sum % colours.length]!;
}

function wholeNumber(option: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InputError([
    { code: 'usage', message: `--${option} "${text}" is no number`, fix: `write --${option} 100` },
  ]);
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds since the epoch, of a time or an age before `now`. */
export function parseSince(text: string, now: number): number {
  const age = /^(\d+)([smhd])$/.exec(text);
  const time = age ? now - Number(age[1]) * UNITS[age[2]!]! : Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw new InputError([
    {
      code: 'usage',
      message: `--since "${text}" is neither a time nor an age`,
      fix: 'write --since 10m, or --since 2026-01-31T12:00:00Z',
    },
  ]);
}
