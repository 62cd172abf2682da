import { intrinsicOf } from './symbolic.ts';
import { isObject, written } from './json.ts';
import type { Path, PositionOf } from './path.ts';
import type { TemplateProblem, Unanswered } from './problem.ts';

const prefix = 'Fn::ForEach::';

export interface Expanded {
  readonly value: unknown;
  /** Where what stands at a path of the expanded template was written. */
  readonly sourceOf: (path: Path) => Path;
  readonly problems: readonly TemplateProblem[];
  readonly unanswered: readonly Unanswered[];
}

/** What a collection of a loop stands for; undefined where that is not known. */
export type Collection = (node: unknown, path: Path) => readonly unknown[] | undefined;

/**
 * A template with its loops written out.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
 */
export function expandLoops(root: unknown, collection: Collection, positionOf: PositionOf): Expanded {
  const sources = new Map<string, Path>();
  const problems: TemplateProblem[] = [];
  const unanswered: Unanswered[] = [];
  const report = (path: Path, message: string): void => {
    problems.push({ code: 'property-value', path, message, position: positionOf(path) });
  };

  /** `bound` are the identifiers of the loops around a node, and what they are this time. */
  function expand(node: unknown, source: Path, made: Path, bound: Bound): unknown {
    if (typeof node === 'string') return fill(node, bound);
    if (Array.isArray(node))
      return node.map((item, index) => expand(item, [...source, index], [...made, index], bound));
    if (!isObject(node)) return node;
    const identifier = intrinsicOf(node)?.[0] === 'Ref' ? bound.get(written(node['Ref'])) : undefined;
    if (identifier !== undefined) return identifier;
    const result: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(node)) {
      if (key.startsWith(prefix)) loop(key, value, [...source, key], made, bound, result);
      else member(key, value, source, made, bound, result);
    }
    return result;
  }
  function member(
    key: string,
    value: unknown,
    source: Path,
    made: Path,
    bound: Bound,
    into: Record<string, unknown>,
  ): void {
    const name = fill(key, bound);
    if (bound.size > 0) sources.set(keyOf([...made, name]), [...source, key]);
    into[name] = expand(value, [...source, key], [...made, name], bound);
  }
  function loop(
    key: string,
    argument: unknown,
    source: Path,
    made: Path,
    bound: Bound,
    into: Record<string, unknown>,
  ): void {
    const [identifier, list, body] = Array.isArray(argument) ? (argument as unknown[]) : [];
    if (typeof identifier !== 'string' || list === undefined || !isObject(body))
      return report(
        source,
        `Template error: every ${key} needs a list of three: an identifier, a collection and a map`,
      );
    const items = collection(expand(list, [...source, 1], [...source, 1], bound), [...source, 1]);
    if (!items) {
      unanswered.push({ path: source, why: `what ${key} goes over is known at deployment` });
      return;
    }
    for (const item of items) {
      if (typeof item !== 'string' && typeof item !== 'number') {
        report(
          [...source, 1],
          `Template error: the collection of ${key} has ${JSON.stringify(item)}, no text`,
        );
        continue;
      }
      const inner = new Map([...bound, [identifier, String(item)]]);
      for (const [name, value] of Object.entries(body)) {
        if (name.startsWith(prefix)) loop(name, value, [...source, 2, name], made, inner, into);
        else member(name, value, [...source, 2], made, inner, into);
      }
    }
  }

  const value = expand(root, [], [], new Map());
  return { value, problems, unanswered, sourceOf: (path) => sourceOf(path, sources) };
}

type Bound = ReadonlyMap<string, string>;

/** `${Name}` is the item, `&{Name}` the item without what a logical id must not have. */
function fill(text: string, bound: Bound): string {
  if (bound.size === 0 || !text.includes('{')) return text;
  return text.replace(/([$&])\{([A-Za-z0-9]+)\}/g, (whole, sign: string, name: string) => {
    const item = bound.get(name);
    if (item === undefined) return whole;
    return sign === '$' ? item : item.replace(/[^A-Za-z0-9]/g, '');
  });
}

const keyOf = (path: Path): string => path.join('\n');

function sourceOf(path: Path, sources: ReadonlyMap<string, Path>): Path {
  for (let length = path.length; length > 0; length--) {
    const source = sources.get(keyOf(path.slice(0, length)));
    if (source) return [...source, ...path.slice(length)];
  }
  return path;
}
