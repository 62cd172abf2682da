import { InputError } from '../common/problem.ts';
import { extensions, intrinsics, test } from './intrinsics/index.ts';
import { noValue, type Evaluation } from './intrinsics/types.ts';
import { isObject } from './json.ts';
import type { Path } from './path.ts';
import type { Known } from './scope.ts';

export interface Evaluator {
  /** The value of a node, symbolic where it must be; undefined for AWS::NoValue. */
  value(node: unknown, path: Path): unknown;
  /** Whether a condition of the template holds; undefined where that cannot be told yet. */
  condition(name: string, path?: Path): boolean | undefined;
}

/**
 * Evaluates nodes of one template with what is known.
 * @throws InputError from its functions, with the position of the node at fault
 */
export function createEvaluator(known: Known): Evaluator {
  const conditions = new Map<string, boolean | undefined>();
  const underWay: string[] = [];
  const extended = [known.template.Transform ?? []].flat().includes('AWS::LanguageExtensions');

  const fail: Evaluation['fail'] = (path, message, fix) => {
    throw new InputError([{ code: 'template-expression', message, position: known.positionOf?.(path), fix }]);
  };
  function condition(name: string, path: Path): boolean | undefined {
    if (conditions.has(name)) return conditions.get(name);
    const declared = known.template.Conditions ?? {};
    if (!Object.hasOwn(declared, name))
      return fail(
        path,
        `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`,
        'name a condition of this template',
      );
    if (underWay.includes(name))
      return fail(
        ['Conditions', name],
        `Template format error: Circular dependency between conditions: [${[...underWay.slice(underWay.indexOf(name)), name].join(' → ')}]`,
      );
    underWay.push(name);
    const holds = test(declared[name], ['Conditions', name], evaluation);
    underWay.pop();
    conditions.set(name, holds);
    return holds;
  }
  function evaluate(node: unknown, path: Path): unknown {
    if (Array.isArray(node)) return list(node, path);
    if (!isObject(node)) return node;
    const keys = Object.keys(node);
    const first = keys[0];
    if (keys.length === 1 && first !== undefined && (first === 'Ref' || first.startsWith('Fn::'))) {
      const intrinsic = intrinsics.get(first);
      if (!intrinsic) return fail([...path, first], `${first} is not enacted`, 'write its result out');
      if (extensions.has(first) && !extended)
        return fail(
          [...path, first],
          `Template error: ${first} needs the transform AWS::LanguageExtensions`,
          'write Transform: AWS::LanguageExtensions at the top of the template',
        );
      return intrinsic(node[first], [...path, first], evaluation);
    }
    const result: Record<string, unknown> = {};
    for (const key of keys) {
      const value = evaluate(node[key], [...path, key]);
      if (value !== noValue) result[key] = value;
    }
    return result;
  }
  function list(items: readonly unknown[], path: Path): unknown[] {
    return items.map((item, index) => evaluate(item, [...path, index])).filter((item) => item !== noValue);
  }
  const evaluation: Evaluation = {
    known,
    extended,
    evaluate,
    condition,
    test: (node, path) => test(node, path, evaluation),
    fail,
  };
  return {
    value(node, path) {
      const value = evaluate(node, path);
      return value === noValue ? undefined : value;
    },
    condition: (name, path = []) => condition(name, path),
  };
}
