/** Splits at white space outside of quotes; quotes and escapes stay as written. */
export function splitWords(text: string, escape: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === escape && quote !== "'" && index + 1 < text.length) {
      word += char + text.charAt(++index);
    } else if (quote) {
      word += char;
      if (char === quote) quote = '';
    } else if (/\s/.test(char)) {
      if (word) words.push(word);
      word = '';
    } else {
      word += char;
      if (char === '"' || char === "'") quote = char;
    }
  }
  return word ? [...words, word] : words;
}

/** Removes quotes and escapes of a word and puts variables in: `$V`, `${V}`, `${V:-x}`, `${V-x}`, `${V:+x}`, `${V+x}`, `${V:?x}`, `${V?x}`, `${V#p}`, `${V##p}`, `${V%p}`, `${V%%p}`, `${V/p/x}`, `${V//p/x}`. With `raw`, quotes and escapes stay, as in the text of a here-document. */
export function expandWord(
  word: string,
  lookup: (name: string) => string | undefined,
  escape = '\\',
  raw = false,
): string {
  let result = '';
  let quote = '';
  for (let index = 0; index < word.length; index++) {
    const char = word.charAt(index);
    if (raw && char !== '$') {
      result += char;
      if (char === escape) result += word.charAt(++index);
    } else if (quote === "'") {
      if (char === quote) quote = '';
      else result += char;
    } else if (char === escape && index + 1 < word.length) {
      const next = word.charAt(++index);
      // Within double quotes a backslash is special before these only, as in a POSIX shell.
      result += quote && !['"', '$', escape].includes(next) ? char + next : next;
    } else if (char === '"') {
      quote = quote ? '' : char;
    } else if (char === "'" && !quote) {
      quote = char;
    } else if (char === '$') {
      const [value, length] = variable(word.slice(index), lookup, escape);
      result += value;
      index += length - 1;
    } else {
      result += char;
    }
  }
  return result;
}

/** Value and length of the variable at the start of `text`. */
function variable(
  text: string,
  lookup: (name: string) => string | undefined,
  escape: string,
): [value: string, length: number] {
  const plain = /^\$([A-Za-z_]\w*)/.exec(text);
  if (plain) return [lookup(plain[1] ?? '') ?? '', plain[0].length];
  const head = /^\$\{([A-Za-z_]\w*)(:?[-+?]|##?|%%?|\/\/?)?/.exec(text);
  const end = head ? closingBrace(text, 2) : -1;
  if (!head || end < 0) return ['$', 1];
  const value = lookup(head[1] ?? '');
  const operator = head[2] ?? '';
  const given = value !== undefined && (value !== '' || !operator.startsWith(':'));
  const body = text.slice(head[0].length, end);
  const rest = () => expandWord(body, lookup, escape);
  if (operator.endsWith('-')) return [given ? value : rest(), end + 1];
  if (operator.endsWith('+')) return [given ? rest() : '', end + 1];
  if (operator.endsWith('?') && !given) throw new MissingVariable(head[1] ?? '', rest());
  if (/^[#%]/.test(operator)) return [without(value ?? '', operator, rest()), end + 1];
  if (operator.startsWith('/')) {
    const [pattern = '', replacement = ''] = body.split(/(?<!\\)\/(.*)/s);
    const expression = new RegExp(
      shellPattern(expandWord(pattern, lookup, escape)),
      operator === '//' ? 'gs' : 's',
    );
    return [(value ?? '').replace(expression, () => expandWord(replacement, lookup, escape)), end + 1];
  }
  return [value ?? '', end + 1];
}

/** `${V:?words}` of a variable that is not set. */
export class MissingVariable extends Error {
  constructor(variable: string, words: string) {
    super(`${variable}: ${words || 'is not set'}`);
  }
}

/** `#` and `##` take the shortest and longest match off the start, `%` and `%%` off the end. */
function without(value: string, operator: string, pattern: string): string {
  const start = operator.startsWith('#');
  const expression = new RegExp(`^${shellPattern(pattern)}$`, 's');
  const lengths = Array.from({ length: value.length + 1 }, (_, length) => length);
  if (operator.length === 2) lengths.reverse();
  for (const length of lengths) {
    const at = start ? length : value.length - length;
    if (expression.test(start ? value.slice(0, at) : value.slice(at)))
      return start ? value.slice(at) : value.slice(0, at);
  }
  return value;
}

/** `*` and `?` of a shell; https://docs.docker.com/reference/dockerfile/#environment-replacement knows these two. */
function shellPattern(pattern: string): string {
  return pattern
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let index = from; index < text.length; index++) {
    if (text.startsWith('${', index)) depth++;
    else if (text.charAt(index) === '}' && --depth === 0) return index;
  }
  return -1;
}
