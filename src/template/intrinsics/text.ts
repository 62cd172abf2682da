import { isObject } from '../json.ts';
import { intrinsicOf, isKnown } from '../symbolic.ts';
import { lookUp, lookUpAttribute } from './reference.ts';
import { isText, noValue, type Intrinsic } from './types.ts';

/** Joins what is known and leaves the rest as one `Fn::Join` with an empty delimiter: the one form in which symbolic text stays. */
function concatenate(parts: readonly unknown[]): unknown {
  const merged: unknown[] = [];
  for (const part of parts.flatMap(inner)) {
    const last = merged.at(-1);
    if (isText(part) && typeof last === 'string') merged[merged.length - 1] = last + String(part);
    else if (!isText(part) || String(part) !== '') merged.push(isText(part) ? String(part) : part);
  }
  if (merged.length === 0) return '';
  if (merged.length === 1) return merged[0];
  return { 'Fn::Join': ['', merged] };
}

function inner(part: unknown): readonly unknown[] {
  const intrinsic = intrinsicOf(part);
  if (intrinsic?.[0] !== 'Fn::Join') return [part];
  const [delimiter, list] = intrinsic[1] as [unknown, unknown];
  return delimiter === '' && Array.isArray(list) ? (list as unknown[]) : [part];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-join.html */
export const join: Intrinsic = (argument, path, evaluation) => {
  const fail = (): never =>
    evaluation.fail(
      path,
      'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
    );
  if (!Array.isArray(argument) || argument.length !== 2) return fail();
  const delimiter: unknown = argument[0];
  if (!isText(delimiter)) return fail();
  const list = evaluation.evaluate(argument[1], [...path, 1]);
  if (intrinsicOf(list)) return { 'Fn::Join': [delimiter, list] };
  if (!Array.isArray(list) || !list.every((item) => isText(item) || intrinsicOf(item))) return fail();
  return concatenate(list.flatMap((item, index) => (index === 0 ? [item] : [delimiter, item])));
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html */
export const sub: Intrinsic = (argument, path, evaluation) => {
  const [text, map] = Array.isArray(argument) ? (argument as unknown[]) : [argument, {}];
  if (typeof text !== 'string' || !isObject(map) || (Array.isArray(argument) && argument.length !== 2))
    return evaluation.fail(
      path,
      "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
    );
  const parts: unknown[] = [];
  let end = 0;
  for (const match of text.matchAll(subVariable)) {
    parts.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    const name = match[1]!;
    if (name.startsWith('!')) parts.push(`\${${name.slice(1)}}`);
    else parts.push(variable(name.trim()));
  }
  parts.push(text.slice(end));
  return concatenate(parts);

  function variable(name: string): unknown {
    const variables = map as Record<string, unknown>;
    if (!/^[A-Za-z0-9_.:]+$/.test(name))
      return evaluation.fail(
        path,
        'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
        `\${${name}}: write \${!${name}} for the text itself`,
      );
    const value = Object.hasOwn(variables, name)
      ? evaluation.evaluate(variables[name], [...path, 1, name])
      : resolve(name);
    if (isText(value) || intrinsicOf(value)) return value;
    return evaluation.fail(
      path,
      `Template error: Fn::Sub needs text for \${${name}}${value === noValue ? '' : `, not ${JSON.stringify(value)}`}`,
    );
  }
  function resolve(name: string): unknown {
    const dot = name.indexOf('.');
    return dot < 0
      ? lookUp(name, path, evaluation)
      : lookUpAttribute(name.slice(0, dot), name.slice(dot + 1), path, evaluation);
  }
};
export const subVariable = /\$\{([^}]*)\}/g;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-split.html */
export const split: Intrinsic = (argument, path, evaluation) => {
  const fail = (): never =>
    evaluation.fail(
      path,
      'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
    );
  if (!Array.isArray(argument) || argument.length !== 2) return fail();
  const delimiter: unknown = argument[0];
  if (typeof delimiter !== 'string' || delimiter === '') return fail();
  const text = evaluation.evaluate(argument[1], [...path, 1]);
  if (intrinsicOf(text)) return { 'Fn::Split': [delimiter, text] };
  return isText(text) ? String(text).split(delimiter) : fail();
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-base64.html */
export const base64: Intrinsic = (argument, path, evaluation) => {
  const text = evaluation.evaluate(argument, path);
  if (intrinsicOf(text)) return { 'Fn::Base64': text };
  if (!isText(text))
    return evaluation.fail(path, 'Template error: every Fn::Base64 object must have a String-typed value.');
  return Buffer.from(String(text)).toString('base64');
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-ToJsonString.html */
export const toJsonString: Intrinsic = (argument, path, evaluation) => {
  const value = evaluation.evaluate(argument, path);
  return isKnown(value) ? JSON.stringify(value) : { 'Fn::ToJsonString': value };
};
