import type { Random } from './random.ts';

const PIECES = [
  '',
  ':',
  ': ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '\t',
  '\n',
  '  ',
  '#',
  '&a ',
  '*a',
  '!Ref ',
  '!GetAtt ',
  '!Sub ',
  '!If [A, b, c]',
  '!reset ',
  '${',
  '${A:-b}',
  '$$',
  '|\n',
  '>-\n',
  '<<: ',
  '? ',
  '--- ',
  '\u0000',
  '\uFEFF',
  '\u2028',
  '\uD800',
  'null',
  '~',
  'true',
  '0x1f',
  '1e400',
  '-1',
  '.nan',
  '99999999999999999999',
  '__proto__',
  'constructor',
  '[]',
  '{}',
  '[[]]',
  '{a: b}',
  '10.0.0.0/33',
  '2001:db8::/32',
];

/** What a person, an editor or a bad disk may do to a file. */
export function mutateText(text: string, other: string, random: Random): string {
  let result = text;
  for (let left = 1 + random.below(4); left > 0; left--) result = once(result, other, random);
  return result;
}

function once(text: string, other: string, random: Random): string {
  const at = random.below(text.length + 1);
  const lines = text.split('\n');
  const line = random.below(lines.length);
  switch (random.below(9)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + random.below(12));
    case 1:
      return text.slice(0, at) + random.of(PIECES) + text.slice(at);
    case 2:
      return text.slice(0, at) + random.of(PIECES) + text.slice(at + 1 + random.below(12));
    case 3:
      return lines.toSpliced(line, 1 + random.below(3)).join('\n');
    case 4:
      return lines
        .toSpliced(random.below(lines.length), 0, ...lines.slice(line, line + 1 + random.below(6)))
        .join('\n');
    case 5: {
      const text = lines[line] ?? '';
      return lines.with(line, random.chance(2) ? `  ${text}` : text.replace(/^ {1,2}/, '')).join('\n');
    }
    case 6: {
      const key = /^( *(?:- )?[\w.'-]+:)/.exec(lines[line] ?? '')?.[1] ?? '';
      return lines.with(line, `${key} ${random.of(PIECES)}`).join('\n');
    }
    case 7: {
      const strange = other.split('\n');
      const from = random.below(strange.length);
      return lines
        .toSpliced(line, random.below(3), ...strange.slice(from, from + 1 + random.below(12)))
        .join('\n');
    }
    default:
      return random.chance(8)
        ? text.slice(0, at)
        : text.replaceAll(/\b[A-Za-z]\w+\b/g, (word) => (random.chance(200) ? random.of(PIECES) : word));
  }
}
