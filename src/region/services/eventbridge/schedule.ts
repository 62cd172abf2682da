import { parseCron, nextCron, type Cron } from './cron.ts';

export type Schedule =
  | { readonly kind: 'rate'; readonly interval: number }
  | { readonly kind: 'cron'; readonly cron: Cron };

const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = { minute: MINUTE, hour: 60 * MINUTE, day: 24 * 60 * MINUTE };

/**
 * `rate(5 minutes)`, `rate(1 hour)`: a unit of one is written without s; `cron(0 12 * * ? *)`. Undefined for anything else.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseSchedule(expression: string): Schedule | undefined {
  const [, count, unit, plural] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  if (unit !== undefined) {
    const value = Number(count);
    if (value < 1 || (plural === 's') !== value > 1) return undefined;
    return { kind: 'rate', interval: value * UNITS[unit]! };
  }
  const [, fields] = /^cron\((.+)\)$/.exec(expression) ?? [];
  const cron = fields === undefined ? undefined : parseCron(fields);
  return cron && { kind: 'cron', cron };
}

/**
 * The first time after `after`; undefined where there is none. A rate counts from when the rule was put; a cron expression is read in
 * UTC, to the minute. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function nextRun(schedule: Schedule, since: number, after: number): number | undefined {
  if (schedule.kind === 'cron') return nextCron(schedule.cron, after);
  const passed = Math.floor((after - since) / schedule.interval);
  return since + (Math.max(passed, 0) + 1) * schedule.interval;
}
