import { InputError, type Position } from '../common/problem.ts';
import { stageChain } from './expose.ts';
import type { Dockerfile, Instruction } from './model.ts';

/** https://docs.docker.com/reference/dockerfile/#healthcheck */
export interface HealthCheck {
  /** `CMD` and arguments, `CMD-SHELL` and a line, or `NONE`. */
  readonly test: readonly string[];
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly retries?: number;
  readonly startPeriodSeconds?: number;
}

/** The health check of a target: the last HEALTHCHECK of its stages within the file; undefined where only its base image could have one. */
export function healthCheckOf(
  dockerfile: Dockerfile,
  target?: string,
): (HealthCheck & { readonly position: Position }) | undefined {
  const instruction = stageChain(dockerfile, target)
    .stages.flatMap((stage) => stage.instructions)
    .findLast(({ keyword }) => keyword === 'HEALTHCHECK');
  return instruction && { ...readHealthCheck(instruction), position: instruction.position };
}

const known = ['interval', 'timeout', 'start-period', 'start-interval', 'retries'];

export function readHealthCheck(instruction: Instruction): HealthCheck {
  const flags: Record<string, string> = {};
  for (const { name, value = '' } of instruction.flags) {
    if (!known.includes(name))
      wrong(
        instruction,
        `HEALTHCHECK --${name} is not known`,
        `understood are ${known.map((flag) => `--${flag}`).join(', ')}`,
      );
    flags[name] = value;
  }
  const [kind, ...words] = instruction.args;
  if (kind === 'NONE') return { test: ['NONE'] };
  if (kind !== 'CMD' || words.length === 0)
    return wrong(
      instruction,
      `HEALTHCHECK ${kind ?? ''} is not known`,
      'write HEALTHCHECK CMD … or HEALTHCHECK NONE',
    );
  const seconds = (flag: string, name: string) =>
    flags[flag] === undefined ? {} : { [name]: readDuration(flags[flag], instruction) };
  const retries = flags['retries'];
  if (retries !== undefined && !/^\d+$/.test(retries))
    wrong(instruction, `--retries=${retries} is no number`, 'write a number such as 3');
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
    wrong(instruction, `${text} is no duration`, 'write one such as 30s or 1m30s');
  return parts.reduce((sum, [, value, unit = 's']) => sum + Number(value) * (units[unit] ?? 1), 0);
}

function wrong({ position }: Instruction, message: string, fix: string): never {
  throw new InputError([{ code: 'dockerfile-healthcheck', message, position, fix }]);
}
