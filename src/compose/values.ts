const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

/** https://docs.docker.com/reference/compose-file/extension/#specifying-durations */
export function readSeconds(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d|w))+$/.test(text)) return text === '0' ? 0 : undefined;
  let total = 0;
  for (const [, value, unit = 's'] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w)/g))
    total += Number(value) * (UNITS[unit] ?? 1);
  return total;
}

/** https://docs.docker.com/reference/compose-file/extension/#specifying-byte-values */
export function readBytes(text: string): number | undefined {
  const [, value, unit = ''] =
    /^(\d+(?:\.\d+)?)\s*(b|k|ki|kb|kib|m|mi|mb|mib|g|gi|gb|gib)?$/i.exec(text) ?? [];
  if (value === undefined) return undefined;
  const power = 'bkmg'.indexOf(unit.charAt(0).toLowerCase() || 'b');
  return Math.round(Number(value) * 1024 ** power);
}

/** Splits a command line as a shell does, without expanding anything; undefined where a quote is open. */
export function splitCommand(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (quote) {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"' && /["\\$`]/.test(text.charAt(index + 1)))
        word = (word ?? '') + text.charAt(++index);
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === '\\' && index + 1 < text.length) word = (word ?? '') + text.charAt(++index);
    else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (quote) return undefined;
  return word === undefined ? words : [...words, word];
}
