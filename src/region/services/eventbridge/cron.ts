/** A cron expression of EventBridge: minutes, hours, days of the month, months, days of the week, years. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  readonly isDay: (day: Day) => boolean;
}
interface Day {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** 1 is Sunday. */
  readonly weekday: number;
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const WEEKDAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');
const DAY = 86_400_000;
/** No pattern waits longer than from one 29th of February on a given weekday to the next. */
const MOST_DAYS = 366 * 60;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html: one of the two kinds of day is `?` */
export function parseCron(text: string): Cron | undefined {
  const fields = text.trim().split(/\s+/);
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  if (fields.length !== 6 || (dayOfMonth === '?') === (dayOfWeek === '?')) return undefined;
  const minutes = valuesOf(minute, 0, 59);
  const hours = valuesOf(hour, 0, 23);
  const months = valuesOf(month, 1, 12, MONTHS);
  const years = valuesOf(year, 1970, 2199);
  const isDay = dayOfWeek === '?' ? monthDays(dayOfMonth) : weekDays(dayOfWeek);
  return minutes && hours && months && years && isDay && { minutes, hours, months, years, isDay };
}

/** The first minute after `after`. */
export function nextCron(cron: Cron, after: number): number | undefined {
  const start = Math.floor(after / 60_000) * 60_000 + 60_000;
  const first = Math.floor(start / DAY) * DAY;
  for (let count = 0; count < MOST_DAYS; count++) {
    const midnight = first + count * DAY;
    const date = new Date(midnight);
    const day: Day = {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      weekday: date.getUTCDay() + 1,
    };
    if (!cron.years.has(day.year) || !cron.months.has(day.month) || !cron.isDay(day)) continue;
    for (const hour of ascending(cron.hours))
      for (const minute of ascending(cron.minutes)) {
        const at = midnight + (hour * 60 + minute) * 60_000;
        if (at >= start) return at;
      }
  }
  return undefined;
}

const ascending = (numbers: ReadonlySet<number>) => [...numbers].sort((a, b) => a - b);

/** `*`, `1`, `1-5`, `1,3`, `0/15`, `MON-FRI`. */
function valuesOf(
  field: string,
  least: number,
  most: number,
  names: readonly string[] = [],
): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  const number = (text: string): number => {
    const named = names.indexOf(text.toUpperCase());
    return named >= 0 ? named + 1 : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  };
  for (const part of field.split(',')) {
    const [range = '', step] = part.split('/');
    const [from = '', to] = range === '*' ? [String(least), String(most)] : range.split('-');
    const low = number(from);
    const high = to === undefined ? (step === undefined ? low : most) : number(to);
    const by = step === undefined ? 1 : Number(step);
    if (!(low >= least && high <= most && by >= 1 && Number.isInteger(by))) return undefined;
    // FRI-MON goes over the end of the week.
    const last = high < low ? high + (most - least + 1) : high;
    for (let value = low; value <= last; value += by)
      values.add(least + ((value - least) % (most - least + 1)));
  }
  return values;
}

const lastOf = ({ year, month }: Day) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** `L` is the last day; `15W` the weekday nearest to the 15th in its month. */
function monthDays(field: string): ((day: Day) => boolean) | undefined {
  if (field === 'L') return (day) => day.day === lastOf(day);
  const [, near] = /^(\d+)W$/.exec(field) ?? [];
  if (near !== undefined) {
    const wanted = Number(near);
    return wanted >= 1 && wanted <= 31 ? (day) => day.day === nearestWeekday(day, wanted) : undefined;
  }
  const days = valuesOf(field, 1, 31);
  return days && (({ day }) => days.has(day));
}

function nearestWeekday(day: Day, wanted: number): number | undefined {
  const last = lastOf(day);
  if (wanted > last) return undefined;
  const weekday = new Date(Date.UTC(day.year, day.month - 1, wanted)).getUTCDay();
  if (weekday === 6) return wanted > 1 ? wanted - 1 : wanted + 2;
  if (weekday === 0) return wanted < last ? wanted + 1 : wanted - 2;
  return wanted;
}

/** `3#2` is the second Tuesday; `6L` the last Friday; `L` Saturday. */
function weekDays(field: string): ((day: Day) => boolean) | undefined {
  const [, weekday, count] = /^(\w+)#([1-5])$/.exec(field) ?? [];
  if (weekday !== undefined) {
    const days = valuesOf(weekday, 1, 7, WEEKDAYS);
    return days && ((day) => days.has(day.weekday) && Math.ceil(day.day / 7) === Number(count));
  }
  const [, last] = /^(\w+)L$/.exec(field) ?? [];
  if (last !== undefined) {
    const days = valuesOf(last, 1, 7, WEEKDAYS);
    return days && ((day) => days.has(day.weekday) && day.day + 7 > lastOf(day));
  }
  if (field === 'L') return ({ weekday: today }) => today === 7;
  const days = valuesOf(field, 1, 7, WEEKDAYS);
  return days && (({ weekday: today }) => days.has(today));
}
