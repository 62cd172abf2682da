import { type Cron, type Day, parseCron } from './cron.ts';
import { dayIn, timeIn } from './zone.ts';

/** The first time after `after`; undefined when there is none any more. */
export type Schedule = (after: number) => number | undefined;

/** In what AWS's services differ. */
export interface ScheduleOptions {
  /** What a rate counts from. */
  readonly begin: number;
  /** Where the clock on the wall is of cron expressions and single times; UTC unless said. */
  readonly zone?: string;
  /** Whether a single time, `at(…)`, is taken. */
  readonly at?: boolean;
  /** Whether a cron expression may begin with its second, which is 0. */
  readonly seconds?: boolean;
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** No pattern waits longer than from one 29th of February on a given weekday to the next. */
const MOST_DAYS = 366 * 60;

/** `rate(5 minutes)`, `cron(0 12 * * ? *)` or `at(yyyy-mm-ddThh:mm:ss)`; undefined where it is none that is taken. */
export function parseSchedule(text: string, options: ScheduleOptions): Schedule | undefined {
  const { begin, zone = 'UTC', at = false, seconds = false } = options;
  const [, kind, inner = ''] = /^(at|rate|cron)\((.*)\)$/.exec(text) ?? [];
  if (kind === 'rate') return repeated(inner, begin);
  if (kind === 'at') return at ? once(inner, zone) : undefined;
  if (kind !== 'cron') return undefined;
  const fields = inner.trim().split(/\s+/);
  const cron = parseCron(
    (seconds && fields.length === 7 && fields[0] === '0' ? fields.slice(1) : fields).join(' '),
  );
  return cron && ((after) => byCalendar(cron, zone, after));
}

function once(text: string, zone: string): Schedule | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(text) ?? [];
  if (second === undefined) return undefined;
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  const at = timeIn(zone, date, Number(hour), Number(minute), Number(second));
  return at === undefined ? undefined : (after) => (at > after ? at : undefined);
}

/** A unit of one is written without s. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
function repeated(text: string, begin: number): Schedule | undefined {
  const [, value = '', unit = '', plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(text) ?? [];
  const every = Number(value) * (UNITS[unit] ?? 0);
  if (every <= 0 || (Number(value) === 1) === (plural === 's')) return undefined;
  return (after) => begin + Math.max(1, Math.floor((after - begin) / every) + 1) * every;
}

function byCalendar(cron: Cron, zone: string, after: number): number | undefined {
  let day = dayIn(zone, after);
  for (let count = 0; count < MOST_DAYS && day.year <= cron.lastYear; count++, day = nextDay(day)) {
    if (!cron.matches(day)) continue;
    for (const hour of cron.hours)
      for (const minute of cron.minutes) {
        const at = timeIn(zone, day, hour, minute);
        if (at !== undefined && at > after) return at;
      }
  }
  return undefined;
}

function nextDay({ year, month, day }: Day): Day {
  const next = new Date(Date.UTC(year, month - 1, day + 1));
  return { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() };
}
