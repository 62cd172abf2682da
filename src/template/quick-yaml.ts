import { attributePair, shortForms } from './yaml-node.ts';

/** Where a node was written: its key in a map, its first character in a list. */
export interface Place {
  readonly at: number;
  /** A short intrinsic: the step to its long name stays where it is. */
  readonly short?: string;
  readonly members?: ReadonlyMap<string | number, Place>;
}
export interface QuickYaml {
  readonly value: unknown;
  /** Only where it was asked for. */
  readonly place: Place | undefined;
}

/** More nodes than any template of 1 MB has: the whole parser says so. */
const NODE_LIMIT = 500_000;
const LONGEST_KEY = 1000;

/** What this reader leaves to the whole parser, wrong texts included. */
class Unusual extends Error {}

/**
 * Reads the YAML that templates are usually written in: blocks, plain and quoted texts, literal blocks, collections on one line, short
 * intrinsics. Undefined for everything else (anchors, folded texts, several lines of one text, mistakes), which the whole parser reads
 * or refuses. Where it answers, it answers as that one does, many times faster.
 */
export function quickYaml(source: string, withPlaces: boolean): QuickYaml | undefined {
  // oxlint-disable-next-line no-control-regex -- what YAML does not allow, and what is indented by tabs or ends lines in another way
  if (/[\u0000-\u0009\u000b-\u001f\u007f\ufeff\u0085\u2028\u2029]|^(---|\.\.\.|%)/m.test(source))
    return undefined;
  try {
    return read(source, withPlaces);
  } catch (error) {
    if (error instanceof Unusual || error instanceof RangeError) return undefined;
    throw error;
  }
}

type Node = readonly [value: unknown, place: Place | undefined];

function read(source: string, withPlaces: boolean): QuickYaml {
  const text = source.endsWith('\n') ? source : `${source}\n`;
  let nodes = 0;
  /** The beginning of the line that is next, its indentation, and whether it begins an item. */
  let line = 0;
  let indent = -1;
  next(0);
  const [value, place] = whole();
  return { value, place };

  function whole(): Node {
    if (indent !== 0) throw new Unusual();
    const root = block(0);
    if (line < text.length) throw new Unusual();
    return root;
  }
  /** Goes to the next line with content from the beginning of a line. */
  function next(from: number): void {
    for (let start = from; start < text.length;) {
      let at = start;
      while (text[at] === ' ') at++;
      if (text[at] !== '\n' && text[at] !== '#') {
        line = start;
        indent = at - start;
        return;
      }
      start = text.indexOf('\n', at) + 1;
    }
    line = text.length;
    indent = -1;
  }
  /** Nothing but spaces and a comment may follow. */
  function end(from: number): void {
    let at = from;
    while (text[at] === ' ') at++;
    if (text[at] !== '\n' && !(text[at] === '#' && at > from)) throw new Unusual();
    next(text.indexOf('\n', at) + 1);
  }
  function place_(
    at: number,
    members?: ReadonlyMap<string | number, Place>,
    short?: string,
  ): Place | undefined {
    if (!withPlaces) return undefined;
    return { at, ...(members ? { members } : {}), ...(short === undefined ? {} : { short }) };
  }
  function count(): void {
    if (++nodes > NODE_LIMIT) throw new Unusual();
  }
  function isItem(at: number): boolean {
    return text[at] === '-' && (text[at + 1] === ' ' || text[at + 1] === '\n');
  }

  function block(own: number): Node {
    return isItem(line + own) ? sequence(own) : mapping(own, line + own);
  }
  /** Items at one column, the first of which may stand behind a dash. */
  function sequence(own: number, begin = line + own): Node {
    count();
    const items: unknown[] = [];
    const members = new Map<number, Place>();
    for (let item = begin; ; item = line + own) {
      let at = item + 1;
      while (text[at] === ' ') at++;
      const first = at;
      const [value, place] = isItem(at)
        ? sequence(at - line, at)
        : isMapping(at)
          ? mapping(at - line, at)
          : valueAt(at, own, false);
      if (place)
        members.set(items.length, {
          ...place,
          at: place.members && !place.short ? place.at : Math.max(first, place.at),
        });
      items.push(value);
      if (indent !== own || !isItem(line + own)) break;
    }
    if (indent > own) throw new Unusual();
    return [items, place_(begin, members)];
  }
  /** Whether a line goes on with a key. */
  function isMapping(at: number): boolean {
    const char = text[at]!;
    if (char === '"' || char === "'") return text[quotedEnd(at)] === ':';
    if (/[!|>[{\n#]/.test(char)) return false;
    const stop = text.indexOf('\n', at);
    for (
      let colon = text.indexOf(':', at);
      colon >= 0 && colon < stop;
      colon = text.indexOf(':', colon + 1)
    ) {
      if (text[colon + 1] === ' ' || text[colon + 1] === '\n') {
        return !text.slice(at, colon).includes(' #');
      }
    }
    return false;
  }
  /** Keys at one column, the first of which may stand behind a dash. */
  function mapping(own: number, first: number): Node {
    count();
    const record: Record<string, unknown> = {};
    const members = new Map<string, Place>();
    let at = first;
    for (;;) {
      const [key, colon] = keyAt(at);
      if (Object.hasOwn(record, key) || key === '__proto__') throw new Unusual();
      count();
      let from = colon + 1;
      while (text[from] === ' ') from++;
      const [value, place] = valueAt(from, own, true);
      record[key] = value;
      if (withPlaces) members.set(key, { ...place, at });
      if (indent !== own || isItem(line + own)) break;
      at = line + own;
    }
    if (indent > own) throw new Unusual();
    return [record, place_(first, members)];
  }
  function keyAt(at: number): readonly [key: string, colon: number] {
    const char = text[at]!;
    if (char === '"' || char === "'") {
      const close = quotedEnd(at);
      if (text[close] !== ':' || !/[ \n]/.test(text[close + 1]!)) throw new Unusual();
      return [quoted(at, close), close];
    }
    if (!/[A-Za-z0-9_./$(]/.test(char)) throw new Unusual();
    const stop = text.indexOf('\n', at);
    let colon = text.indexOf(':', at);
    while (colon >= 0 && colon < stop && text[colon + 1] !== ' ' && text[colon + 1] !== '\n')
      colon = text.indexOf(':', colon + 1);
    if (colon < 0 || colon >= stop || colon - at > LONGEST_KEY) throw new Unusual();
    const key = text.slice(at, colon);
    if (key.includes(' #') || key.endsWith(' ')) throw new Unusual();
    return [key, colon];
  }

  /** What stands behind a key or a dash: on the line, or on the lines below. */
  function valueAt(at: number, own: number, inMap: boolean): Node {
    count();
    const char = text[at]!;
    if (char === '\n' || (char === '#' && text[at - 1] === ' ')) {
      next(text.indexOf('\n', at) + 1);
      if (indent > own) return block(indent);
      if (inMap && indent === own && isItem(line + own)) return sequence(own);
      return [null, place_(at)];
    }
    if (char === '!') {
      const stop = text.slice(at, at + 40).search(/[ \n]/);
      const name = stop < 0 ? undefined : shortForms.get(text.slice(at, at + stop));
      if (name === undefined) throw new Unusual();
      let from = at + stop;
      while (text[from] === ' ') from++;
      if (text[from] === '!' || text[from] === '#') throw new Unusual();
      if (text[from] === '\n') {
        next(from + 1);
        if (indent <= own) throw new Unusual();
        const begin = line + indent;
        return intrinsic(name, block(indent), begin);
      }
      return intrinsic(name, inline(from, own, true), from);
    }
    return inline(at, own, false);
  }
  function intrinsic(name: string, [value, inner]: Node, at: number): Node {
    const argument = name === 'Fn::GetAtt' ? attributePair(value) : value;
    return [{ [name]: argument }, place_(at, inner?.members, name)];
  }
  function inline(at: number, own: number, asText: boolean): Node {
    const char = text[at]!;
    if (char === '"' || char === "'") {
      const close = quotedEnd(at);
      end(close);
      if (indent > own) throw new Unusual();
      return [quoted(at, close), place_(at)];
    }
    if (char === '[' || char === '{') {
      const [value, close, place] = flow(at);
      end(close);
      if (indent > own) throw new Unusual();
      return [value, place];
    }
    if (char === '|') return [literal(at, own), place_(at)];
    const stop = text.indexOf('\n', at);
    const rest = text.slice(at, stop);
    const comment = rest.indexOf(' #');
    const plain = (comment < 0 ? rest : rest.slice(0, comment)).trimEnd();
    checkPlain(plain);
    if (/:( |$)/.test(plain)) throw new Unusual();
    next(stop + 1);
    if (indent > own) throw new Unusual();
    return [asText ? plain : scalar(plain), place_(at)];
  }
  /** Behind the closing quote, which is on the same line. */
  function quotedEnd(at: number): number {
    const quote = text[at]!;
    for (let end = at + 1; text[end] !== '\n'; end++) {
      if (quote === '"' && text[end] === '\\') end++;
      else if (text[end] === quote) {
        if (quote === '"' || text[end + 1] !== "'") return end + 1;
        end++;
      }
      if (text[end] === '\n') break;
    }
    throw new Unusual();
  }
  function quoted(at: number, close: number): string {
    const inner = text.slice(at + 1, close - 1);
    if (text[at] === "'") return inner.replaceAll("''", "'");
    if (!inner.includes('\\')) return inner;
    try {
      return JSON.parse(`"${inner}"`) as string;
    } catch {
      throw new Unusual();
    }
  }
  function literal(at: number, own: number): string {
    const stop = text.indexOf('\n', at);
    const head = text.slice(at, stop);
    if ((head !== '|' && head !== '|-') || source !== text) throw new Unusual();
    const lines: string[] = [];
    let depth = -1;
    let start = stop + 1;
    while (start < text.length) {
      const close = text.indexOf('\n', start);
      let content = start;
      while (text[content] === ' ') content++;
      if (content < close) {
        if (depth < 0) {
          depth = content - start;
          if (depth <= own || lines.some((blank) => blank.length > 0)) throw new Unusual();
        }
        if (content - start < depth) break;
      }
      lines.push(depth < 0 ? text.slice(start, close) : text.slice(Math.min(start + depth, close), close));
      start = close + 1;
    }
    if (depth < 0) throw new Unusual();
    while (lines.at(-1)?.trim() === '') if (lines.pop() !== '') throw new Unusual();
    next(start);
    if (indent > own) throw new Unusual();
    return lines.join('\n') + (head === '|' ? '\n' : '');
  }

  /** A collection on one line. */
  function flow(at: number): readonly [value: unknown, close: number, place: Place | undefined] {
    count();
    const isList = text[at] === '[';
    const items: unknown[] = [];
    const record: Record<string, unknown> = {};
    const members = new Map<string | number, Place>();
    let from = skip(at + 1);
    if (text[from] === (isList ? ']' : '}')) return [isList ? items : record, from + 1, place_(at, members)];
    for (;;) {
      if (isList) {
        const [value, close, place] = flowValue(from);
        if (place) members.set(items.length, place);
        items.push(value);
        from = skip(close);
      } else {
        const isQuoted = text[from] === '"' || text[from] === "'";
        const close = isQuoted ? quotedEnd(from) : plainEnd(from);
        const key = isQuoted ? quoted(from, close) : text.slice(from, close);
        if (text[close] !== ':' || text[close + 1] !== ' ') throw new Unusual();
        if (!isQuoted && !/^[A-Za-z0-9_.$/][^#]*$/.test(key)) throw new Unusual();
        if (key.endsWith(' ') || Object.hasOwn(record, key) || key === '__proto__') throw new Unusual();
        count();
        const [value, after, place] = flowValue(skip(close + 1));
        record[key] = value;
        if (withPlaces) members.set(key, { ...place, at: from });
        from = skip(after);
      }
      if (text[from] === (isList ? ']' : '}')) break;
      if (text[from] !== ',') throw new Unusual();
      from = skip(from + 1);
    }
    return [isList ? items : record, from + 1, place_(at, members)];
  }
  function skip(from: number): number {
    let at = from;
    while (text[at] === ' ') at++;
    return at;
  }
  function flowValue(at: number): readonly [value: unknown, close: number, place: Place | undefined] {
    count();
    const char = text[at]!;
    if (char === '!') {
      const stop = text.indexOf(' ', at);
      const name = stop < 0 ? undefined : shortForms.get(text.slice(at, stop));
      const from = skip(stop);
      if (name === undefined || text[from] === '!') throw new Unusual();
      const [value, close, inner] = flowValue(from);
      const argument =
        name === 'Fn::GetAtt' ? attributePair(textOf(value, from, close)) : textOf(value, from, close);
      return [{ [name]: argument }, close, place_(from, inner?.members, name)];
    }
    if (char === '[' || char === '{') return flow(at);
    if (char === '"' || char === "'") {
      const close = quotedEnd(at);
      if (text[skip(close)] === ':') throw new Unusual();
      return [quoted(at, close), close, place_(at)];
    }
    const close = plainEnd(at);
    const plain = text.slice(at, close).trimEnd();
    checkPlain(plain);
    if (text[close] === ':') throw new Unusual();
    return [scalar(plain), close, place_(at)];
  }
  /** What an intrinsic is given is text, as it is written. */
  function textOf(value: unknown, from: number, close: number): unknown {
    return typeof value === 'object' && value !== null
      ? value
      : typeof value === 'string'
        ? value
        : text.slice(from, close).trimEnd();
  }
  function plainEnd(at: number): number {
    for (let end = at; ; end++) {
      const char = text[end]!;
      if (char === ',' || char === ']' || char === '}') return end;
      if (char === ':' && /[ ,\]}\n]/.test(text[end + 1]!)) return end;
      if (char === '\n' || char === '[' || char === '{' || (char === '#' && text[end - 1] === ' '))
        throw new Unusual();
    }
  }
}

function checkPlain(plain: string): void {
  if (plain === '' || /^[,[\]{}#&*!|>'"%@`]|^[-?:]( |$)/.test(plain)) throw new Unusual();
}

/** https://yaml.org/spec/1.2.2/#103-core-schema; numbers whose text says more than their value stay text. */
function scalar(plain: string): unknown {
  if (/^(true|True|TRUE)$/.test(plain)) return true;
  if (/^(false|False|FALSE)$/.test(plain)) return false;
  if (/^(~|null|Null|NULL)$/.test(plain)) return null;
  if (!/^-?[\d.]/.test(plain)) return plain;
  const number = Number(plain);
  return String(number) === plain ? number : plain;
}
