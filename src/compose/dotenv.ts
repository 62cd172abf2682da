import type { Position, Problem } from '../common/problem.ts';
import { interpolate, type Lookup } from './interpolate.ts';

/** A line of an env file; `value` undefined for a bare name, which takes the surrounding environment's. */
export interface EnvLine {
  readonly name: string;
  readonly value: string | undefined;
  readonly position: Position;
}

const LINE = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:(=|:(?=[ \t]|$))[ \t]*(.*))?$/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Reads .env and env_file as docker compose does: quotes, comments, `export`, variables of the lines above. */
export function readEnvFile(text: string, file: string, outer: Lookup, problems: Problem[]): EnvLine[] {
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const lines = source.split('\n');
  const values = new Map<string, string>();
  const result: EnvLine[] = [];
  const lookup: Lookup = (name) => outer(name) ?? values.get(name);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const position: Position = { file, line: index + 1, column: line.length - line.trimStart().length + 1 };
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, sign, rest = ''] = LINE.exec(line) ?? [];
    if (name === undefined) {
      problems.push({
        code: 'compose-env-file',
        message: `${JSON.stringify(line.trim().slice(0, 40))} is no assignment`,
        position,
        fix: 'write NAME=value, and # before a comment',
      });
      continue;
    }
    if (sign === undefined) {
      result.push({ name, value: undefined, position });
      continue;
    }
    const quote = /^["']/.exec(rest)?.[0];
    let value = rest;
    if (quote) {
      let raw = rest.slice(1);
      while (closingQuote(raw, quote) < 0 && index + 1 < lines.length) raw += `\n${lines[++index] ?? ''}`;
      const end = closingQuote(raw, quote);
      if (end < 0)
        problems.push({
          code: 'compose-env-file',
          message: `the value of ${name} has no closing ${quote}`,
          position,
          fix: `write ${quote} at its end`,
        });
      value = raw.slice(0, end < 0 ? raw.length : end);
    } else value = value.replace(/(^|\s)#.*$/, '').trim();
    if (quote !== "'") value = expand(value, position);
    if (quote === '"') value = value.replace(/\\(.)/gs, (_, char: string) => ESCAPES[char] ?? char);
    values.set(name, value);
    result.push({ name, value, position });
  }
  return result;

  function expand(value: string, position: Position): string {
    const { text: expanded, faults } = interpolate(value, lookup, true);
    for (const { code, message } of faults)
      problems.push({
        code,
        message,
        position,
        fix: "set it above this line, or put the value in '…' to keep the dollar sign",
      });
    return expanded;
  }
}

function closingQuote(text: string, quote: string): number {
  for (let index = 0; index < text.length; index++) {
    if (quote === '"' && text.charAt(index) === '\\') index++;
    else if (text.charAt(index) === quote) return index;
  }
  return -1;
}
