import { written } from '../../template/json.ts';
import { intrinsicOf, isKnown } from '../../template/symbolic.ts';
import type { Origin } from '../model.ts';
import { type Declared, isUnknown, type Unknown, type Value } from '../system.ts';

/** Reads the properties of one declared resource: what is known, and why the rest is not. */
export interface Reader {
  readonly origin: Origin;
  text(key: string): Value<string> | undefined;
  number(key: string): Value<number> | undefined;
  flag(key: string): Value<boolean> | undefined;
  /** What the value refers to: a logical id where it is a resource of the templates, else the text itself. */
  id(key: string): Value<string> | undefined;
  ids(key: string): Value<readonly string[]> | undefined;
  texts(key: string): Value<readonly string[]> | undefined;
  /** The members of a list of objects; none where the list is absent or not known. */
  items(key: string): readonly Reader[];
  /** One object; undefined where it is absent or not known. */
  part(key: string): Reader | undefined;
  raw(key: string): unknown;
  readonly properties: Readonly<Record<string, unknown>>;
}

export function readerOf({ properties, origin }: Declared): Reader {
  return reader(properties, { ...origin, path: [...origin.path, 'Properties'] });
}

function reader(properties: Readonly<Record<string, unknown>>, origin: Origin): Reader {
  const at = (key: string | number): Origin => ({ ...origin, path: [...origin.path, key] });
  const raw = (key: string): unknown => (Object.hasOwn(properties, key) ? properties[key] : undefined);
  return {
    origin,
    properties,
    raw,
    text: (key) => valueOf(raw(key), textOf),
    number: (key) => valueOf(raw(key), numberOf),
    flag: (key) => valueOf(raw(key), flagOf),
    id: (key) => (raw(key) === undefined ? undefined : idOf(raw(key))),
    ids(key) {
      const list = raw(key);
      if (list === undefined) return undefined;
      if (!Array.isArray(list)) return unknown(list);
      return list.map((item) => {
        const id = idOf(item);
        // What is not known stands for itself: no group or subnet of the graph has this id.
        return isUnknown(id) ? `(${id.unknown})` : id;
      });
    },
    texts(key) {
      const list = raw(key);
      if (list === undefined) return undefined;
      if (!Array.isArray(list)) return typeof list === 'string' ? [list] : unknown(list);
      const texts = list.map((item) => valueOf(item, textOf));
      const first = texts.find(isUnknown);
      return first ?? texts.filter((text): text is string => typeof text === 'string');
    },
    items(key) {
      const list = raw(key);
      if (!Array.isArray(list)) return [];
      return list.flatMap((item: unknown, index) =>
        isRecord(item) && !intrinsicOf(item)
          ? [reader(item, { ...origin, path: [...at(key).path, index] })]
          : [],
      );
    },
    part(key) {
      const value = raw(key);
      return isRecord(value) && !intrinsicOf(value) ? reader(value, at(key)) : undefined;
    },
  };
}

function valueOf<T>(value: unknown, read: (value: unknown) => T | undefined): Value<T> | undefined {
  if (value === undefined) return undefined;
  if (!isKnown(value)) return unknown(value);
  return read(value);
}
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
const flagOf = (value: unknown): boolean | undefined =>
  value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && !Number.isNaN(number) ? number : undefined;
}

/** `Ref` and `Fn::GetAtt` of a resource stand for the resource; a text for itself. */
export function idOf(value: unknown): Value<string> {
  if (typeof value === 'string') return value;
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref' && typeof argument === 'string' && !argument.startsWith('AWS::')) return argument;
  if (name === 'Fn::GetAtt') {
    const [id, attribute] = Array.isArray(argument) ? (argument as unknown[]) : written(argument).split('.');
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-vpc.html
    const own = attribute === 'DefaultSecurityGroup' || attribute === 'DefaultNetworkAcl';
    // Each output of a nested stack is something else.
    const output = typeof attribute === 'string' && attribute.startsWith('Outputs.');
    if (typeof id === 'string') return own || output ? `${id}.${attribute}` : id;
  }
  return unknown(value);
}

/** Why a value is not known, in words that tell what to give. */
export function unknown(value: unknown): Unknown {
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref') return { unknown: `${written(argument)} is given at deployment` };
  if (name === 'Fn::ImportValue')
    return {
      unknown:
        typeof argument === 'string'
          ? `the export ${argument} is of another stack`
          : 'it is imported from another stack',
    };
  if (name === 'Fn::Resolve') return { unknown: `${written(argument)} is read at deployment` };
  if (name === 'Fn::If') return { unknown: `the condition ${written([argument].flat()[0])} cannot be told` };
  if (name === 'Fn::GetAtt')
    return { unknown: `${[argument].flat().map(written).join('.')} is known after deployment only` };
  const inner = innermost(value);
  return inner === undefined ? { unknown: 'its value is known at deployment only' } : unknown(inner);
}

function innermost(value: unknown): unknown {
  const parts = Array.isArray(value) ? (value as unknown[]) : isRecord(value) ? Object.values(value) : [];
  for (const part of parts) {
    if (intrinsicOf(part)) return part;
    const found = innermost(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
