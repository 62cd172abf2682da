import { written } from '../json.ts';
import { intrinsicOf } from '../symbolic.ts';
import { isText, noValue, type Intrinsic } from './types.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-select.html */
export const select: Intrinsic = (argument, path, evaluation) => {
  if (!Array.isArray(argument) || argument.length !== 2)
    return evaluation.fail(
      path,
      'Template error: Fn::Select requires a list argument with two elements: an integer index and a list',
    );
  const index = evaluation.evaluate(argument[0], [...path, 0]);
  const list = evaluation.evaluate(argument[1], [...path, 1]);
  if (intrinsicOf(index) || intrinsicOf(list)) return { 'Fn::Select': [index, list] };
  if (!isText(index) || !/^\d+$/.test(String(index)) || !Array.isArray(list))
    return evaluation.fail(
      path,
      'Template error: Fn::Select requires a list argument with two elements: an integer index and a list',
    );
  if (Number(index) >= list.length)
    return evaluation.fail(
      path,
      `Template error: Fn::Select cannot select nonexistent value at index ${String(index)}`,
      `the list has ${list.length} members`,
    );
  return list[Number(index)] as unknown;
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-findinmap.html */
export const findInMap: Intrinsic = (argument, path, evaluation) => {
  if (!Array.isArray(argument) || argument.length < 3 || argument.length > (evaluation.extended ? 4 : 3))
    return evaluation.fail(
      path,
      'Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
    );
  const keys = argument.slice(0, 3).map((key, index) => evaluation.evaluate(key, [...path, index]));
  const otherwise = (argument[3] as { DefaultValue?: unknown } | undefined)?.DefaultValue;
  if (keys.some((key) => intrinsicOf(key)))
    return { 'Fn::FindInMap': [...keys, ...(argument.slice(3) as unknown[])] };
  const [map, top, second] = keys.map(written) as [string, string, string];
  const mappings = evaluation.known.template.Mappings ?? {};
  const found = own(own(own(mappings, map), top), second);
  if (found !== undefined) return found;
  if (otherwise !== undefined) return evaluation.evaluate(otherwise, [...path, 3, 'DefaultValue']);
  return evaluation.fail(
    path,
    `Template error: Unable to get mapping for ${map}::${top}::${second}`,
    Object.hasOwn(mappings, map) ? undefined : 'name a mapping of this template',
    {
      code: 'reference-undefined',
      name: map,
      says: Object.hasOwn(mappings, map)
        ? `the mapping ${map} has nothing for ${top}, ${second}`
        : `the template has no mapping ${map}`,
    },
  );
};

function own(record: unknown, key: string): unknown {
  return typeof record === 'object' && record !== null && Object.hasOwn(record, key)
    ? (record as Record<string, unknown>)[key]
    : undefined;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-getavailabilityzones.html */
export const getAZs: Intrinsic = (argument, path, evaluation) => {
  const { pseudo, zones } = evaluation.known;
  const asked = evaluation.evaluate(argument, path);
  const region =
    asked === '' || asked === noValue ? (pseudo['AWS::Region'] ?? { Ref: 'AWS::Region' }) : asked;
  if (intrinsicOf(region)) return { 'Fn::GetAZs': region };
  if (typeof region !== 'string')
    return evaluation.fail(path, 'Template error: Fn::GetAZs requires the name of a region');
  return zones?.(region) ?? { 'Fn::GetAZs': region };
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-length.html */
export const length: Intrinsic = (argument, path, evaluation) => {
  const list = evaluation.evaluate(argument, path);
  if (intrinsicOf(list)) return { 'Fn::Length': list };
  return Array.isArray(list)
    ? list.length
    : evaluation.fail(path, 'Template error: Fn::Length requires a list');
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-importvalue.html */
export const importValue: Intrinsic = (argument, path, evaluation) => {
  const name = evaluation.evaluate(argument, path);
  if (intrinsicOf(name)) return { 'Fn::ImportValue': name };
  if (!isText(name))
    return evaluation.fail(path, 'Template error: the attribute in Fn::ImportValue must be a string');
  return evaluation.known.importValue?.(String(name)) ?? { 'Fn::ImportValue': String(name) };
};
