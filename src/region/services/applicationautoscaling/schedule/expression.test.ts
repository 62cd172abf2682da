import { expect, test } from 'vitest';
import { parseSchedule } from './expression.ts';

const after = Date.UTC(2026, 0, 1);
const next = (text: string, zone = 'UTC'): string | undefined => {
  const at = parseSchedule(text, zone, after)?.(after);
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);
};

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
  ['cron(30 2 29 3 ? 2026)', 'Europe/Vienna', undefined],
  ['cron(0 12 * * * *)', 'UTC', undefined],
  ['cron(61 12 * * ? *)', 'UTC', undefined],
])('%s in %s', (text, zone, expected) => expect(next(text, zone)).toBe(expected));
