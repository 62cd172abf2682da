import { type Day, parseCron } from './cron.ts';
import { dayIn, timeIn } from './zone.ts';

/** The first time after `after`; undefined when there is none any more. */
export type Schedule = (after: number) => number | undefined;

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const DAYS_AHEAD = 5 * 366;

/**
 * `at(yyyy-mm-ddThh:mm:ss)`, `rate(5 minutes)`, counted from `begin`, or `cron(…)`; undefined where it is none of them.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
 */
export function parseSchedule(text: string, zone: string, begin: number): Schedule | undefined {
  const [, kind, inner = ''] = /^(at|rate|cron)\((.*)\)$/.exec(text.trim()) ?? [];
  switch (kind) {
    case 'at':
      return once(inner, zone);
    case 'rate':
      return repeated(inner, begin);
    case 'cron':
      return byCalendar(inner, zone);
    default:
      return undefined;
  }
}

function once(text: string, zone: string): Schedule | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(text) ?? [];
  if (second === undefined) return undefined;
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  const at = timeIn(zone, date, Number(hour), Number(minute), Number(second));
  return at === undefined ? undefined : (after) => (at > after ? at : undefined);
}

function repeated(text: string, begin: number): Schedule | undefined {
  const [, value = '', unit = '', plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(text) ?? [];
  const every = Number(value) * (UNITS[unit] ?? 0);
  if (every <= 0 || (value === '1') === (plural === 's')) return undefined;
  return (after) => begin + Math.max(1, Math.floor((after - begin) / every) + 1) * every;
}

function byCalendar(text: string, zone: string): Schedule | undefined {
  const cron = parseCron(text);
  if (!cron) return undefined;
  return (after) => {
    let day = dayIn(zone, after);
    for (let round = 0; round < DAYS_AHEAD; round++, day = nextDay(day)) {
      if (!cron.matches(day)) continue;
      for (const hour of cron.hours)
        for (const minute of cron.minutes) {
          const at = timeIn(zone, day, hour, minute);
          if (at !== undefined && at > after) return at;
        }
    }
    return undefined;
  };
}

function nextDay({ year, month, day }: Day): Day {
  const next = new Date(Date.UTC(year, month - 1, day + 1));
  return { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() };
}
