const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `43.2 MB`, as docker writes sizes: a thousand bytes are a kilobyte. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1).replace(/\.0$/, '')} ${units[unit]}`;
}
