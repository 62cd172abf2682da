import { InputError } from '../common/problem.ts';
import type { Wanted } from '../region/process/connect.ts';
import type { Invocation, OptionHelp } from './command.ts';

const LEAST = 0.1;
const MOST = 1000;

export const timeOptions: readonly OptionHelp[] = [
  {
    name: 'time-scale',
    value: 'N',
    help: `how many times as fast as the machine's the region's time goes, ${LEAST} to ${MOST} (docs/rollouts.md)`,
  },
  {
    name: 'pace',
    value: 'PACE',
    help: 'aws: every wait as on AWS; eager: those that only let things settle are cut short (default)',
  },
];

/** What the command line says of the region's time; rejects what cannot be. */
export function wantedTime({ text }: Pick<Invocation, 'text'>): Wanted {
  const scale = text('time-scale');
  const pace = text('pace');
  return {
    ...(scale === undefined ? {} : { timeScale: timeScaleOf(scale) }),
    ...(pace === undefined ? {} : { pace: paceOf(pace) }),
  };
}

function timeScaleOf(text: string): number {
  const scale = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (scale >= LEAST && scale <= MOST) return scale;
  throw new InputError([
    {
      code: 'usage',
      message: `--time-scale "${text}" is no number from ${LEAST} to ${MOST}`,
      fix: 'write --time-scale 20 for time that goes twenty times as fast',
    },
  ]);
}

function paceOf(text: string): 'eager' | 'aws' {
  if (text === 'eager' || text === 'aws') return text;
  throw new InputError([
    { code: 'usage', message: `--pace "${text}" is neither eager nor aws`, fix: 'write --pace aws' },
  ]);
}
