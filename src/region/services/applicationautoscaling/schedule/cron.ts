/** A day of the civil calendar, whatever the zone. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}
export interface Cron {
  readonly matches: (day: Day) => boolean;
  /** Ascending. */
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * Minutes, hours, day of month, month, day of week (1 is Sunday), year; undefined where it is none.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
 */
export function parseCron(text: string): Cron | undefined {
  const fields = text.trim().toUpperCase().split(/\s+/);
  // Seconds may lead; only 0 has a meaning for a schedule of minutes.
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] =
    fields.length === 7 && fields[0] === '0' ? fields.slice(1) : fields;
  if (fields.length < 6 || fields.length > 7 || year === undefined) return undefined;
  const minutes = values(minute!, 0, 59);
  const hours = values(hour!, 0, 23);
  const months = values(month!, 1, 12, MONTHS, 1);
  const years = values(year, 1970, 2199);
  const ofMonth = monthDay(dayOfMonth!);
  const ofWeek = weekDay(dayOfWeek!);
  // One of the two days is `?`, and only one.
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) return undefined;
  if (!minutes || !hours || !months || !years || !ofMonth || !ofWeek) return undefined;
  return {
    minutes,
    hours,
    matches: (day) => years.includes(day.year) && months.includes(day.month) && ofMonth(day) && ofWeek(day),
  };
}

function values(
  field: string,
  from: number,
  to: number,
  names: readonly string[] = [],
  first = 0,
): readonly number[] | undefined {
  const number = (text: string): number =>
    names.includes(text) ? names.indexOf(text) + first : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step = '1'] = part.split('/');
    const every = Number(step);
    const [low = '', high] = range.split('-');
    const begin = range === '*' ? from : number(low);
    const end = range === '*' || (high === undefined && part.includes('/')) ? to : number(high ?? low);
    if (!(begin >= from && end <= to && begin <= end && Number.isInteger(every) && every > 0))
      return undefined;
    for (let value = begin; value <= end; value += every) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

type Matcher = (day: Day) => boolean;
const lastOf = ({ year, month }: Day): number => new Date(Date.UTC(year, month, 0)).getUTCDate();
/** 1 is Sunday. */
const weekDayOf = ({ year, month, day }: Day): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

function monthDay(field: string): Matcher | undefined {
  if (field === '?') return () => true;
  if (field === 'L') return (day) => day.day === lastOf(day);
  const [, near] = /^(\d{1,2})W$/.exec(field) ?? [];
  if (near !== undefined) return (day) => day.day === nearestWorkday(day, Number(near));
  const days = values(field, 1, 31);
  return days && ((day) => days.includes(day.day));
}

/** The workday next to a date, within its month. */
function nearestWorkday(at: Day, wanted: number): number {
  const date = Math.min(wanted, lastOf(at));
  const of = weekDayOf({ ...at, day: date });
  if (of === 7) return date === 1 ? 3 : date - 1;
  if (of === 1) return date === lastOf(at) ? date - 2 : date + 1;
  return date;
}

function weekDay(field: string): Matcher | undefined {
  if (field === '?') return () => true;
  const [, nth, which] = /^(\w+)#([1-5])$/.exec(field) ?? [];
  const [, last] = /^(\w+)L$/.exec(field) ?? [];
  const one = values(nth ?? last ?? field, 1, 7, DAYS, 1);
  if (!one) return undefined;
  return (day) =>
    one.includes(weekDayOf(day)) &&
    (which === undefined || Math.ceil(day.day / 7) === Number(which)) &&
    (last === undefined || day.day + 7 > lastOf(day));
}
