/** A day of the civil calendar, whatever the zone. */
export interface Day {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}
export interface Cron {
  readonly matches: (day: Day) => boolean;
  /** Ascending. */
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly lastYear: number;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * Minutes, hours, day of month, month, day of week (1 is Sunday), year; one of the two days, and only one, is `?`. Undefined where it
 * is none. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseCron(text: string): Cron | undefined {
  const fields = text.trim().toUpperCase().split(/\s+/);
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  if (fields.length !== 6 || (dayOfMonth === '?') === (dayOfWeek === '?')) return undefined;
  const minutes = values(minute, 0, 59);
  const hours = values(hour, 0, 23);
  const months = values(month, 1, 12, MONTHS);
  const years = values(year, 1970, 2199);
  const isDay = dayOfWeek === '?' ? monthDay(dayOfMonth) : weekDay(dayOfWeek);
  if (!minutes || !hours || !months || !years || !isDay) return undefined;
  return {
    minutes,
    hours,
    lastYear: years.at(-1) ?? 0,
    matches: (day) => years.includes(day.year) && months.includes(day.month) && isDay(day),
  };
}

/** `*`, `1`, `1-5`, `1,3`, `0/15`, `MON-FRI`; ascending. Names count from `least`. */
function values(
  field: string,
  least: number,
  most: number,
  names: readonly string[] = [],
): readonly number[] | undefined {
  const size = most - least + 1;
  const number = (text: string): number =>
    names.includes(text) ? names.indexOf(text) + least : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  const inside = (value: number): boolean => value >= least && value <= most;
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step, ...tooMany] = part.split('/');
    const [from = '', to, ...more] = range === '*' ? [String(least), String(most)] : range.split('-');
    const low = number(from);
    const high = to === undefined ? (step === undefined ? low : most) : number(to);
    const every = step === undefined ? 1 : number(step);
    if (tooMany.length > 0 || more.length > 0 || !inside(low) || !inside(high) || !(every >= 1))
      return undefined;
    // FRI-MON goes over the end of the week; years do not come again.
    if (high < low && least === 1970) return undefined;
    for (let value = low; value <= (high < low ? high + size : high); value += every)
      found.add(least + ((value - least) % size));
  }
  return [...found].sort((a, b) => a - b);
}

type Matcher = (day: Day) => boolean;
const lastOf = ({ year, month }: Day): number => new Date(Date.UTC(year, month, 0)).getUTCDate();
/** 1 is Sunday. */
const weekDayOf = ({ year, month, day }: Day): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

/** `L` is the last day; `15W` the weekday nearest to the 15th. */
function monthDay(field: string): Matcher | undefined {
  if (field === 'L') return (day) => day.day === lastOf(day);
  const [, near] = /^(\d{1,2})W$/.exec(field) ?? [];
  if (near !== undefined) {
    const wanted = Number(near);
    return wanted >= 1 && wanted <= 31 ? (day) => day.day === nearestWeekday(day, wanted) : undefined;
  }
  const days = values(field, 1, 31);
  return days && ((day) => days.includes(day.day));
}

/** The weekday next to a date, within its month. */
function nearestWeekday(at: Day, wanted: number): number {
  const last = lastOf(at);
  const day = Math.min(wanted, last);
  const of = weekDayOf({ ...at, day });
  if (of === 7) return day === 1 ? 3 : day - 1;
  if (of === 1) return day === last ? day - 2 : day + 1;
  return day;
}

/** `3#2` is the second Tuesday; `6L` the last Friday; `L` Saturday. */
function weekDay(field: string): Matcher | undefined {
  const [, nth, which] = /^(\w+)#([1-5])$/.exec(field) ?? [];
  const [, last] = /^(\w+)L$/.exec(field) ?? [];
  const days = values(nth ?? last ?? (field === 'L' ? 'SAT' : field), 1, 7, DAYS);
  if (!days) return undefined;
  return (day) =>
    days.includes(weekDayOf(day)) &&
    (which === undefined || Math.ceil(day.day / 7) === Number(which)) &&
    (last === undefined || day.day + 7 > lastOf(day));
}
