/** `--chmod`: the new mode of a file or directory. */
export type ModeChange = (mode: number, isDirectory: boolean) => number;

const bits: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };
const shifts: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };

/** An octal mode, or clauses such as `u=rwX,go-w`, as chmod(1) takes them; undefined for what is none. */
export function parseMode(text: string): ModeChange | undefined {
  if (/^[0-7]{3,4}$/.test(text)) return () => Number.parseInt(text, 8);
  const clauses = text.split(',').map((clause) => /^([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)$/.exec(clause));
  if (clauses.some((clause) => clause === null)) return undefined;
  return (mode, isDirectory) => {
    let result = mode;
    for (const clause of clauses) {
      const who = [...new Set((clause?.[1] || 'a').replaceAll('a', 'ugo'))];
      for (const [, operator = '', letters = ''] of (clause?.[2] ?? '').matchAll(/([-+=])([ugo]|[rwxXst]*)/g))
        result = change(result, who, operator, letters, isDirectory);
    }
    return result;
  };
}

function change(
  mode: number,
  who: readonly string[],
  operator: string,
  letters: string,
  isDirectory: boolean,
): number {
  let wanted = 0;
  let special = 0;
  for (const letter of letters) {
    const from = shifts[letter];
    if (from !== undefined) wanted |= (mode >> from) & 7;
    else if (letter === 'X') wanted |= isDirectory || (mode & 0o111) !== 0 ? 1 : 0;
    else if (letter === 's') special |= (who.includes('u') ? 0o4000 : 0) | (who.includes('g') ? 0o2000 : 0);
    else if (letter === 't') special |= 0o1000;
    else wanted |= bits[letter] ?? 0;
  }
  const set = who.reduce((sum, one) => sum | (wanted << (shifts[one] ?? 0)), special);
  if (operator === '+') return mode | set;
  if (operator === '-') return mode & ~set;
  const cleared = who.reduce((sum, one) => sum & ~(7 << (shifts[one] ?? 0)), mode);
  return cleared | set;
}
