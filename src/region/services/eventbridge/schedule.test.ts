import { expect, test } from 'vitest';
import { nextRun, parseSchedule } from './schedule.ts';

/** A Friday. */
const start = Date.UTC(2026, 0, 2, 10, 7, 30);

test.each([
  ['rate(1 minute)', '2026-01-02T10:08:30'],
  ['rate(2 hours)', '2026-01-02T12:07:30'],
  ['cron(15 12 * * ? *)', '2026-01-02T12:15:00'],
  ['cron(0 10 * * ? *)', '2026-01-03T10:00:00'],
  ['cron(0/15 * * * ? *)', '2026-01-02T10:15:00'],
  ['cron(0 18 ? * MON-FRI *)', '2026-01-02T18:00:00'],
  ['cron(0 9 ? * FRI-MON *)', '2026-01-03T09:00:00'],
  ['cron(0 8 1 * ? *)', '2026-02-01T08:00:00'],
  ['cron(0 8 L * ? *)', '2026-01-31T08:00:00'],
  ['cron(0 8 ? * 3#2 *)', '2026-01-13T08:00:00'],
  ['cron(0 8 ? * 6L *)', '2026-01-30T08:00:00'],
  // The 3rd is a Saturday, so its nearest weekday is the 2nd.
  ['cron(0 11 3W * ? *)', '2026-01-02T11:00:00'],
  ['cron(0 0 29 FEB ? *)', '2028-02-29T00:00:00'],
  ['cron(0 0 1 1 ? 2025)', undefined],
])('%s is next due at %s', (expression, expected) => {
  const schedule = parseSchedule(expression)!;
  const at = nextRun(schedule, start, start);
  expect(at === undefined ? undefined : new Date(at).toISOString().slice(0, 19)).toBe(expected);
});

test('a rate counts from when the rule was put, whenever it is asked', () => {
  const schedule = parseSchedule('rate(5 minutes)')!;
  expect(nextRun(schedule, start, start + 12 * 60_000)).toBe(start + 15 * 60_000);
});

test.each([
  'cron(0 0 * * * *)',
  'cron(0 0 ? * ? *)',
  'cron(61 0 * * ? *)',
  'cron(0 0 * * ?)',
  'rate(1 hours)',
])('%s is refused', (expression) => expect(parseSchedule(expression)).toBeUndefined());
