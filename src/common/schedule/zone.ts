import type { Day } from './cron.ts';

/** Whether it names a time zone of IANA. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

/** What the clock on the wall says at a time, as if it were UTC. */
function wall(format: Intl.DateTimeFormat, at: number): number {
  const parts = Object.fromEntries(
    format.formatToParts(new Date(at)).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The day that it is in a zone. */
export function dayIn(zone: string, at: number): Day {
  const date = new Date(wall(formatOf(zone), at));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** When the clock on the wall shows that; undefined for an hour that summer time leaves out. */
export function timeIn(
  zone: string,
  { year, month, day }: Day,
  hour: number,
  minute: number,
  second = 0,
): number | undefined {
  const wanted = Date.UTC(year, month - 1, day, hour, minute, second);
  const format = formatOf(zone);
  let at = wanted;
  for (let round = 0; round < 3; round++) at += wanted - wall(format, at);
  return wall(format, at) === wanted ? at : undefined;
}
