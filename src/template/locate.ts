import { createEvaluator } from './evaluate.ts';
import { isObject } from './json.ts';
import type { Path } from './path.ts';
import type { Known } from './scope.ts';
import { intrinsicOf } from './symbolic.ts';

/**
 * Where what stands at a path of the evaluated template was written: below the branch of a condition that holds, past the items of a
 * list that are not there.
 */
export function locator(known: Known): (path: Path) => Path {
  const evaluator = createEvaluator(known, () => {});
  /** The branches of conditions that lead from a node to what it stands for. */
  function chosen(node: unknown): { readonly node: unknown; readonly way: Path } {
    const [name, argument] = intrinsicOf(node) ?? [];
    const condition = name === 'Fn::If' && Array.isArray(argument) ? (argument[0] as unknown) : undefined;
    const holds = typeof condition === 'string' ? evaluator.condition(condition) : undefined;
    if (holds === undefined) return { node, way: [] };
    const branch = holds ? 1 : 2;
    const inner = chosen((argument as unknown[])[branch]);
    return { node: inner.node, way: ['Fn::If', branch, ...inner.way] };
  }
  const isNothing = (node: unknown): boolean => {
    const found = chosen(node).node;
    return isObject(found) && found['Ref'] === 'AWS::NoValue';
  };
  return (path) => {
    const located: (string | number)[] = [];
    let node: unknown = known.template;
    for (const segment of path) {
      // Written out, as the path says itself.
      const { node: here, way } =
        isObject(node) && Object.hasOwn(node, segment) ? { node, way: [] } : chosen(node);
      located.push(...way);
      let key = segment;
      if (Array.isArray(here) && typeof segment === 'number') {
        const there = here.flatMap((item, index) => (isNothing(item) ? [] : [index]));
        key = there[segment] ?? segment;
      }
      located.push(key);
      node =
        isObject(here) || Array.isArray(here) ? (here as Record<string | number, unknown>)[key] : undefined;
    }
    return located;
  };
}
