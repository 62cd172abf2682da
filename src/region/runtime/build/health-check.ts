import type { Instruction } from '../../../dockerfile/model.ts';
import type { ImageConfig } from '../runtime.ts';
import { flagsOf, refuse } from './state.ts';

/** https://docs.docker.com/reference/dockerfile/#healthcheck */
export function readHealthCheck(instruction: Instruction): NonNullable<ImageConfig['healthCheck']> {
  const flags = flagsOf(instruction, ['interval', 'timeout', 'start-period', 'start-interval', 'retries']);
  const [kind, ...words] = instruction.args;
  if (kind === 'NONE') return { test: ['NONE'] };
  if (kind !== 'CMD' || words.length === 0)
    return refuse(
      instruction,
      `HEALTHCHECK ${kind ?? ''} is not known`,
      'write HEALTHCHECK CMD … or HEALTHCHECK NONE',
    );
  const seconds = (flag: string, name: string) =>
    flags[flag] === undefined ? {} : { [name]: readDuration(flags[flag], instruction) };
  const retries = flags['retries'];
  if (retries !== undefined && !/^\d+$/.test(retries))
    refuse(instruction, `--retries=${retries} is no number`, 'write a number such as 3');
  return {
    test: [instruction.form === 'json' ? 'CMD' : 'CMD-SHELL', ...words],
    ...seconds('interval', 'intervalSeconds'),
    ...seconds('timeout', 'timeoutSeconds'),
    ...seconds('start-period', 'startPeriodSeconds'),
    ...(retries === undefined ? {} : { retries: Number(retries) }),
  };
}

const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 1e-6, ns: 1e-9 };

/** `1m30s`: https://pkg.go.dev/time#ParseDuration */
function readDuration(text: string, instruction: Instruction): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|ns)/g)];
  if (parts.map(([part]) => part).join('') !== text || parts.length === 0)
    refuse(instruction, `${text} is no duration`, 'write one such as 30s or 1m30s');
  return parts.reduce((sum, [, value, unit = 's']) => sum + Number(value) * (units[unit] ?? 1), 0);
}
