import { isObject } from '../json.ts';
import type { Path } from '../path.ts';
import { intrinsicOf } from '../symbolic.ts';
import { isText, type Evaluation, type Intrinsic } from './types.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html */
export const ifElse: Intrinsic = (argument, path, evaluation) => {
  if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== 'string')
    return evaluation.fail(
      path,
      'Template error: Fn::If requires a list argument with the first element being a condition',
    );
  const [name, yes, no] = argument as [string, unknown, unknown];
  const { Conditions } = evaluation.known.template;
  if (!Object.hasOwn(Conditions ?? {}, name))
    return evaluation.fail(
      path,
      `Template error: unresolved condition dependency ${name} in Fn::If`,
      'name a condition of this template',
      { code: 'reference-undefined', name, says: `the template has no condition ${name}` },
    );
  const holds = evaluation.condition(name, path);
  if (holds === undefined)
    return {
      'Fn::If': [
        name,
        branch(evaluation.evaluate(yes, [...path, 1])),
        branch(evaluation.evaluate(no, [...path, 2])),
      ],
    };
  return holds ? evaluation.evaluate(yes, [...path, 1]) : evaluation.evaluate(no, [...path, 2]);
};

function branch(value: unknown): unknown {
  return typeof value === 'symbol' ? { Ref: 'AWS::NoValue' } : value;
}

/** The truth of a condition function; undefined where it depends on what is not known yet. */
export function test(node: unknown, path: Path, evaluation: Evaluation): boolean | undefined {
  const entry = isObject(node) && Object.keys(node).length === 1 ? Object.entries(node)[0] : undefined;
  const [name, argument] = entry ?? [];
  if (name !== undefined && path[0] === 'Rules' && ruleFunctions.has(name))
    return ofRule(name, argument, [...path, name], evaluation);
  switch (name) {
    case 'Condition':
      return typeof argument === 'string'
        ? evaluation.condition(argument, path)
        : evaluation.fail(path, 'Template format error: Condition must be a string.');
    case 'Fn::Equals':
      return equals(argument, [...path, name], evaluation);
    case 'Fn::Not':
      return not(all(name, argument, 1, 1, path, evaluation)[0]);
    case 'Fn::And':
      return and(all(name, argument, 2, 10, path, evaluation));
    case 'Fn::Or':
      return not(and(all(name, argument, 2, 10, path, evaluation).map(not)));
    default:
      if (node === true || node === 'true') return true;
      if (node === false || node === 'false') return false;
      return evaluation.fail(
        path,
        `Template format error: Every Conditions member must be a condition function, not ${JSON.stringify(node)}`,
        'use Fn::Equals, Fn::Not, Fn::And, Fn::Or or Condition',
      );
  }
}

/** They stand in rules alone. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html */
const ruleFunctions: ReadonlySet<string> = new Set([
  'Fn::Contains',
  'Fn::EachMemberEquals',
  'Fn::EachMemberIn',
]);
function ofRule(name: string, argument: unknown, path: Path, evaluation: Evaluation): boolean | undefined {
  if (!Array.isArray(argument) || argument.length !== 2)
    return evaluation.fail(path, `Template error: every ${name} object requires a list of 2 parameters.`);
  const [left, right] = argument.map((side: unknown, index) => members(side, [...path, index], evaluation));
  if (!left || !right) return undefined;
  if (name === 'Fn::Contains') return right.every((value) => left.includes(value));
  return left.every((value) => right.includes(value));
}

/** The texts of a list; undefined where they are not all known. */
function members(node: unknown, path: Path, evaluation: Evaluation): readonly string[] | undefined {
  const [name, argument] = intrinsicOf(node) ?? [];
  // What parameters stand for in the account is known there only.
  if (name === 'Fn::ValueOf' || name === 'Fn::ValueOfAll') return undefined;
  const { template, parameters } = evaluation.known;
  const value =
    name === 'Fn::RefAll'
      ? Object.entries(template.Parameters ?? {}).flatMap(([id, { Type }]) =>
          Type === argument ? [parameters[id] ?? { Ref: id }] : [],
        )
      : evaluation.evaluate(node, path);
  const list = [value].flat(2);
  return list.every(isText) ? list.map(String) : undefined;
}

function all(
  name: string,
  argument: unknown,
  least: number,
  most: number,
  path: Path,
  evaluation: Evaluation,
): (boolean | undefined)[] {
  if (!Array.isArray(argument) || argument.length < least || argument.length > most)
    return evaluation.fail(
      [...path, name],
      least === most
        ? `Template error: every ${name} object requires one boolean parameter.`
        : `Template error: every ${name} object requires a list of at least ${least} and at most ${most} boolean parameters.`,
    );
  return argument.map((item: unknown, index) => test(item, [...path, name, index], evaluation));
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}
function and(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(false)) return false;
  return values.includes(undefined) ? undefined : true;
}

function equals(argument: unknown, path: Path, evaluation: Evaluation): boolean | undefined {
  const fail = (): never =>
    evaluation.fail(path, 'Template error: every Fn::Equals object requires a list of 2 string parameters.');
  if (!Array.isArray(argument) || argument.length !== 2) return fail();
  const [left, right] = argument.map((side: unknown, index) => {
    const value = evaluation.evaluate(side, [...path, index]);
    return Array.isArray(value) && value.every(isText) ? value.join(',') : value;
  });
  if (intrinsicOf(left) || intrinsicOf(right)) return undefined;
  return isText(left) && isText(right) ? String(left) === String(right) : fail();
}
