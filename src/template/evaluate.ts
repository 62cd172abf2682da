import { InputError } from '../common/problem.ts';
import { extensions, intrinsics, test } from './intrinsics/index.ts';
import { noValue, type Evaluation } from './intrinsics/types.ts';
import { symbolicText } from './dynamic-reference.ts';
import { isObject } from './json.ts';
import { nearest } from './nearest.ts';
import type { Path } from './path.ts';
import type { TemplateProblem } from './problem.ts';
import type { Known } from './scope.ts';

export interface Evaluator {
  /** The value of a node, symbolic where it must be; undefined for AWS::NoValue. */
  value(node: unknown, path: Path): unknown;
  /** Whether a condition of the template holds; undefined where that cannot be told yet. */
  condition(name: string, path?: Path): boolean | undefined;
  /** Whether a condition function holds; undefined where that cannot be told yet. */
  holds(node: unknown, path: Path): boolean | undefined;
}

/** Leaves the function at fault, where problems are collected. */
class Abandoned extends Error {}

/**
 * Evaluates nodes of one template with what is known. With `collect`, a mistake is handed to it and what is at fault stays symbolic;
 * macros and dynamic references are then symbolic too, for only a deployment knows what they stand for.
 * @throws InputError from its functions without `collect`, with the position of the node at fault
 */
export function createEvaluator(known: Known, collect?: (problem: TemplateProblem) => void): Evaluator {
  const conditions = new Map<string, boolean | undefined>();
  const underWay: string[] = [];
  const extended = [known.template.Transform ?? []].flat().includes('AWS::LanguageExtensions');

  const fail: Evaluation['fail'] = (path, message, fix, details) => {
    const position = known.positionOf?.(path);
    const problem: TemplateProblem = { code: 'property-value', path, message, position, fix, ...details };
    if (!collect) throw new InputError([problem]);
    collect(problem);
    throw new Abandoned();
  };
  /** What a node is worth; `otherwise` where it is at fault. */
  function tolerantly<T>(work: () => T, otherwise: () => T): T {
    if (!collect) return work();
    try {
      return work();
    } catch (error) {
      if (error instanceof Abandoned) return otherwise();
      throw error;
    }
  }
  function condition(name: string, path: Path): boolean | undefined {
    if (conditions.has(name)) return conditions.get(name);
    const declared = known.template.Conditions ?? {};
    if (!Object.hasOwn(declared, name))
      return fail(
        path,
        `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`,
        'name a condition of this template',
        { code: 'reference-undefined', name, says: `the template has no condition ${name}` },
      );
    if (underWay.includes(name))
      return fail(
        ['Conditions', name],
        `Template format error: Circular dependency between conditions: [${[...underWay.slice(underWay.indexOf(name)), name].join(' → ')}]`,
        undefined,
        { code: 'dependency-cycle' },
      );
    const depth = underWay.push(name);
    const holds = tolerantly(
      () => test(declared[name], ['Conditions', name], evaluation),
      () => undefined,
    );
    underWay.length = depth - 1;
    conditions.set(name, holds);
    return holds;
  }
  function evaluate(node: unknown, path: Path): unknown {
    if (Array.isArray(node)) return list(node, path);
    if (typeof node === 'string') return collect ? symbolicText(node) : node;
    if (!isObject(node)) return node;
    const keys = Object.keys(node);
    const first = keys[0];
    if (keys.length === 1 && first !== undefined && (first === 'Ref' || first.startsWith('Fn::'))) {
      const intrinsic = intrinsics.get(first);
      const at = [...path, first];
      if (collect && !intrinsic && onlyAtDeployment.has(first)) return node;
      return tolerantly(
        () => {
          if (!intrinsic)
            return fail(at, `${first} is not enacted`, 'write its result out', unknownFunction(first));
          if (extensions.has(first) && !extended)
            fail(
              at,
              `Template error: ${first} needs the transform AWS::LanguageExtensions`,
              'write Transform: AWS::LanguageExtensions at the top of the template',
            );
          const value = intrinsic(node[first], at, evaluation);
          return collect && typeof value === 'string' ? symbolicText(value) : value;
        },
        () => node,
      );
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
    condition: (name, path = []) =>
      tolerantly(
        () => condition(name, path),
        () => undefined,
      ),
    holds: (node, path) =>
      tolerantly(
        () => test(node, path, evaluation),
        () => undefined,
      ),
  };
}

/** Their values are made while a stack is deployed. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const onlyAtDeployment: ReadonlySet<string> = new Set(['Fn::Transform', 'Fn::GetStackOutput']);

function unknownFunction(name: string) {
  const near = nearest(name, [...intrinsics.keys(), ...onlyAtDeployment]);
  return { says: `there is no function ${name}${near ? `; the nearest is ${near}` : ''}` };
}
