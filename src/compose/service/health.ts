import type { HealthCheck } from '../app.ts';
import {
  type Field,
  field,
  type Findings,
  flag,
  integer,
  mapping,
  seconds,
  text,
  texts,
  wrong,
} from '../read.ts';

/** Seconds that ECS accepts: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
const RANGES = { interval: [5, 300], timeout: [2, 60], start_period: [0, 300], retries: [1, 10] } as const;

/** Reads `healthcheck`; undefined where there is none or it is switched off. */
export function readHealthCheck(found: Findings, at: Field | undefined): HealthCheck | undefined {
  if (!mapping(found, at) || !at) return undefined;
  if (flag(found, field(at, 'disable'))?.value) return undefined;
  const test = field(at, 'test');
  const { position } = at.tree;
  if (!test) {
    wrong(
      found,
      position,
      `${at.name} has no test`,
      'write `test: COMMAND`, the one that fails when the service is ill',
    );
    return undefined;
  }
  const command =
    test.tree.kind === 'scalar'
      ? ['CMD-SHELL', text(found, test)?.value ?? '']
      : texts(found, test).map(({ value }) => value);
  if (command[0] === 'NONE') return undefined;
  if ((command[0] !== 'CMD' && command[0] !== 'CMD-SHELL') || command.length < 2) {
    wrong(
      found,
      test.tree.position,
      `${test.name} begins with ${JSON.stringify(command[0] ?? '')}`,
      "write ['CMD', PROGRAM, …], ['CMD-SHELL', LINE] or ['NONE']",
    );
    return undefined;
  }
  const interval = within('interval');
  const timeout = within('timeout');
  const startPeriod = within('start_period');
  const retries = within('retries');
  return {
    command,
    position,
    ...(interval === undefined ? {} : { intervalSeconds: interval }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    ...(retries === undefined ? {} : { retries }),
    ...(startPeriod === undefined ? {} : { startPeriodSeconds: startPeriod }),
  };

  function within(key: keyof typeof RANGES): number | undefined {
    const read = key === 'retries' ? integer : seconds;
    const written = read(found, field(at, key));
    if (!written) return undefined;
    const [least, most] = RANGES[key];
    const value = Math.min(most, Math.max(least, Math.ceil(written.value)));
    if (value !== written.value)
      found.notices.push({
        code: 'compose-health-range',
        message: `${at?.name}.${key} becomes ${value}${key === 'retries' ? '' : ' s'}: ECS takes whole ${key === 'retries' ? 'numbers' : 'seconds'} from ${least} to ${most}`,
        position: written.position,
      });
    return value;
  }
}
