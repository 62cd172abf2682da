import { expect, test } from 'vitest';
import { parseSchedule } from './expression.ts';

const text = (at: number | undefined, length: number) =>
  at === undefined ? undefined : new Date(at).toISOString().slice(0, length);

const newYear = Date.UTC(2026, 0, 1);

test.each([
  ['at(2026-03-01T08:30:00)', 'UTC', '2026-03-01T08:30'],
  ['at(2026-07-01T08:30:00)', 'Europe/Vienna', '2026-07-01T06:30'],
  ['at(2025-03-01T08:30:00)', 'UTC', undefined],
  ['rate(1 minute)', 'UTC', '2026-01-01T00:01'],
  ['rate(5 hours)', 'UTC', '2026-01-01T05:00'],
  ['rate(1 hours)', 'UTC', undefined],
  ['rate(0 minutes)', 'UTC', undefined],
  ['cron(0 22 * * ? *)', 'Europe/Vienna', '2026-01-01T21:00'],
  ['cron(15 8 ? * MON-FRI *)', 'UTC', '2026-01-01T08:15'],
  ['cron(0/30 0 ? * SUN *)', 'UTC', '2026-01-04T00:00'],
  ['cron(0 12 L * ? *)', 'UTC', '2026-01-31T12:00'],
  ['cron(0 12 ? * 6#3 *)', 'UTC', '2026-01-16T12:00'],
  ['cron(0 12 ? FEB FRIL *)', 'UTC', '2026-02-27T12:00'],
  ['cron(0 12 1W 2 ? *)', 'UTC', '2026-02-02T12:00'],
  ['cron(0 12 31W 5 ? *)', 'UTC', '2026-05-29T12:00'],
  ['cron(0 12 ? * L *)', 'UTC', '2026-01-03T12:00'],
  ['cron(0 0 12 * * ? *)', 'UTC', '2026-01-01T12:00'],
  ['cron(30 2 29 3 ? 2026)', 'Europe/Vienna', undefined],
  ['cron(0 12 * * * *)', 'UTC', undefined],
  ['cron(61 12 * * ? *)', 'UTC', undefined],
])('%s in %s', (expression, zone, expected) => {
  const schedule = parseSchedule(expression, { begin: newYear, zone, at: true, seconds: true });
  expect(text(schedule?.(newYear), 16)).toBe(expected);
});

/** A Friday. */
const begin = Date.UTC(2026, 0, 2, 10, 7, 30);

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
  const schedule = parseSchedule(expression, { begin })!;
  expect(text(schedule(begin), 19)).toBe(expected);
});

test('a rate counts from its begin, whenever it is asked', () => {
  const schedule = parseSchedule('rate(5 minutes)', { begin })!;
  expect(schedule(begin + 12 * 60_000)).toBe(begin + 15 * 60_000);
});

test.each([
  'cron(0 0 * * * *)',
  'cron(0 0 ? * ? *)',
  'cron(61 0 * * ? *)',
  'cron(0 0 * * ?)',
  'cron(0 0 * * ? 2030-2027)',
  'cron(0 0 0W * ? *)',
  'cron(0/5/5 0 * * ? *)',
  'cron(1-2-3 0 * * ? *)',
  'cron(0/0 0 * * ? *)',
  'rate(1 hours)',
  'rate(5 minute)',
  // Without the option that allows them.
  'at(2026-03-01T08:30:00)',
  'cron(0 0 12 * * ? *)',
])('%s is refused', (expression) => expect(parseSchedule(expression, { begin })).toBeUndefined());
