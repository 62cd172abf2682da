/** Variables in a value: https://docs.docker.com/reference/compose-file/interpolation/ */
export interface Interpolated {
  readonly text: string;
  readonly faults: readonly Fault[];
}
export interface Fault {
  readonly code: 'compose-undefined-variable' | 'compose-required-variable' | 'compose-interpolation';
  readonly message: string;
  readonly fix: string;
  /** Characters from the start of the text. */
  readonly offset: number;
}
export type Lookup = (name: string) => string | undefined;

/** Of defaults within defaults; nobody writes more than three. */
const MOST_DEPTH = 50;

/**
 * Puts variables in. A variable without a default that is not set is a fault: an empty string in its place is
 * seldom what was meant. `lenient` leaves a `$` that begins no variable as it is, as .env files have it.
 */
export function interpolate(text: string, lookup: Lookup, lenient = false): Interpolated {
  const faults: Fault[] = [];
  let depth = 0;
  return { text: run(text, 0), faults };

  function run(part: string, base: number): string {
    if (depth >= MOST_DEPTH) {
      faults.push({
        code: 'compose-interpolation',
        message: `variables are nested more than ${MOST_DEPTH} deep`,
        fix: 'write fewer defaults within defaults',
        offset: base,
      });
      return '';
    }
    depth++;
    const result = filled(part, base);
    depth--;
    return result;
  }

  function filled(part: string, base: number): string {
    let result = '';
    for (let index = 0; index < part.length;) {
      const dollar = part.indexOf('$', index);
      if (dollar < 0) return result + part.slice(index);
      result += part.slice(index, dollar);
      const [value, length] = variable(part.slice(dollar), base + dollar);
      result += value;
      index = dollar + length;
    }
    return result;
  }

  function variable(part: string, offset: number): [value: string, length: number] {
    if (part.startsWith('$$')) return ['$', 2];
    const plain = /^\$([A-Za-z_]\w*)/.exec(part);
    if (plain) return [required(plain[1] ?? '', offset), plain[0].length];
    const head = /^\$\{([A-Za-z_]\w*)/.exec(part);
    const end = head ? closing(part) : -1;
    if (!head || end < 0) {
      if (!lenient)
        faults.push({
          code: 'compose-interpolation',
          message: `${JSON.stringify(part.slice(0, 20))} is no variable`,
          fix: 'write $$ for a dollar sign, or ${NAME} for a variable',
          offset,
        });
      return ['$', 1];
    }
    const name = head[1] ?? '';
    const rest = part.slice(head[0].length, end);
    return [substitute(name, rest, offset, offset + head[0].length), end + 1];
  }

  function substitute(name: string, rest: string, offset: number, restOffset: number): string {
    if (rest === '') return required(name, offset);
    const operator = /^:?[-?+]/.exec(rest)?.[0];
    if (operator === undefined) {
      faults.push({
        code: 'compose-interpolation',
        message: `\${${name}${rest}} has an unknown operator`,
        fix: `write \${${name}}, \${${name}:-default}, \${${name}:?message} or \${${name}:+text}`,
        offset,
      });
      return '';
    }
    const value = lookup(name);
    const given = value !== undefined && (value !== '' || !operator.startsWith(':'));
    const word = () => run(rest.slice(operator.length), restOffset + operator.length);
    if (operator.endsWith('-')) return given ? value : word();
    if (operator.endsWith('+')) return given ? word() : '';
    if (given) return value;
    const said = word();
    faults.push({
      code: 'compose-required-variable',
      message: `the variable ${name} is ${value === undefined ? 'not set' : 'empty'}${said ? `: ${said}` : ''}`,
      fix: setIt(name),
      offset,
    });
    return '';
  }

  function required(name: string, offset: number): string {
    const value = lookup(name);
    if (value !== undefined) return value;
    faults.push({
      code: 'compose-undefined-variable',
      message: `the variable ${name} is not set`,
      fix: `${setIt(name)}, or write \${${name}:-default}`,
      offset,
    });
    return '';
  }
}

const setIt = (name: string) => `set ${name} in the environment or in .env`;

/** Index of the brace that closes the one at 1, nested variables skipped. */
function closing(part: string): number {
  let depth = 1;
  for (let index = 2; index < part.length; index++) {
    if (part.startsWith('$$', index)) index++;
    else if (part.startsWith('${', index)) depth++;
    else if (part.charAt(index) === '}' && --depth === 0) return index;
  }
  return -1;
}
