import { cidr } from './cidr.ts';
import { ifElse, test } from './condition.ts';
import { findInMap, getAZs, importValue, length, select } from './list.ts';
import { getAtt, ref } from './reference.ts';
import { base64, join, split, sub, toJsonString } from './text.ts';
import type { Intrinsic } from './types.ts';

const truth: Intrinsic = (_argument, path, evaluation) =>
  evaluation.fail(
    path,
    'Template error: condition functions stand in the Conditions section or within Fn::If',
  );

/** Every function that is enacted; another one is an error by its name. */
export const intrinsics: ReadonlyMap<string, Intrinsic> = new Map([
  ['Ref', ref],
  ['Fn::GetAtt', getAtt],
  ['Fn::Sub', sub],
  ['Fn::Join', join],
  ['Fn::Split', split],
  ['Fn::Select', select],
  ['Fn::FindInMap', findInMap],
  ['Fn::If', ifElse],
  ['Fn::And', truth],
  ['Fn::Or', truth],
  ['Fn::Not', truth],
  ['Fn::Equals', truth],
  ['Fn::ImportValue', importValue],
  ['Fn::GetAZs', getAZs],
  ['Fn::Cidr', cidr],
  ['Fn::Base64', base64],
  ['Fn::Length', length],
  ['Fn::ToJsonString', toJsonString],
]);
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-aws-languageextensions.html */
export const extensions: ReadonlySet<string> = new Set(['Fn::Length', 'Fn::ToJsonString']);
export { test };
