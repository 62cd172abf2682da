import { isObject } from '../json.ts';
import { nearest } from '../nearest.ts';
import { pathText, type Path, type PositionOf } from '../path.ts';
import type { ProblemDetails, TemplateProblem } from '../problem.ts';
import { intrinsicOf } from '../symbolic.ts';
import { definition, resourceSchema, type Properties } from './schema.ts';

/**
 * A resource's properties in the types their schema declares ("80" becomes 80 where a number is wanted), with every property
 * that the type does not have, that is missing or of the wrong type as a problem. Symbolic parts pass.
 */
export function conform(
  type: string,
  properties: Readonly<Record<string, unknown>>,
  path: Path,
  positionOf: PositionOf = () => undefined,
): { readonly value: Record<string, unknown>; readonly problems: readonly TemplateProblem[] } {
  const schema = resourceSchema(type);
  const problems: TemplateProblem[] = [];
  if (!schema) return { value: { ...properties }, problems };
  const owner = String(path[1] ?? type);
  return { value: members(schema.properties, properties, path), problems };

  function report(at: Path, message: string, fix: string | undefined, details: ProblemDetails): void {
    problems.push({ code: 'property-value', path: at, message, position: positionOf(at), fix, ...details });
  }
  function members(
    declared: Properties,
    given: Readonly<Record<string, unknown>>,
    at: Path,
  ): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(given)) {
      const property = declared.get(name);
      if (property) result[name] = convert(property.type, value, [...at, name]);
      else unknown(name, value, [...declared.keys()], at);
    }
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html
    for (const [name, { required }] of declared)
      if (required && !Object.hasOwn(given, name))
        report(
          at,
          `Property validation failure: [The property {${pathText([...at.slice(3), name])}} is required]`,
          `${owner} (${type}) needs ${name}`,
          { code: 'property-required', name, says: `${nameOf(at)} has no ${name}, which it needs` },
        );
    return result;
  }
  /** What a message calls the thing that a path leads to. */
  function nameOf(at: Path): string {
    return at.length <= 3 ? `${owner} (${type})` : `${at.slice(3).join('.')} of ${owner}`;
  }
  function unknown(name: string, value: unknown, names: readonly string[], at: Path): void {
    const near = nearest(name, names);
    report(
      [...at, name],
      `Encountered unsupported property ${name} in ${owner} (${type})`,
      closest(name, names),
      {
        code: 'property-unknown',
        name,
        says: `${nameOf(at)} has no property ${name}${near ? `; the nearest is ${near}` : `: there are ${names.join(', ')}`}`,
        ...(near && !names.some((other) => other === near && isSet(at, near))
          ? {
              changes: [
                { kind: 'set', path: [...at, near], value },
                { kind: 'remove', path: [...at, name] },
              ],
            }
          : {}),
      },
    );
  }
  /** Whether a member is given already: what is misspelt beside it must not take its place. */
  function isSet(at: Path, name: string): boolean {
    let value: unknown = properties;
    for (const key of at.slice(path.length)) value = (value as Record<string | number, unknown>)[key];
    return isObject(value) && Object.hasOwn(value, name);
  }
  function convert(wanted: string, value: unknown, at: Path): unknown {
    const intrinsic = intrinsicOf(value);
    if (intrinsic) return symbolic(wanted, intrinsic, value, at);
    if (wanted.startsWith('[')) {
      // A single item where a list is wanted is taken for a list of one, as CloudFormation does for most types.
      const list: unknown[] = Array.isArray(value) ? value : [value];
      return list.map((item, index) => convert(wanted.slice(1, -1), item, [...at, index]));
    }
    if (wanted.startsWith('{')) {
      if (!isObject(value)) return mismatch(wanted, value, at);
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, convert(wanted.slice(1, -1), item, [...at, key])]),
      );
    }
    if (wanted.startsWith('#'))
      return isObject(value)
        ? members(definition(type, wanted.slice(1)), value, at)
        : mismatch(wanted, value, at);
    if (wanted.includes('|')) return value;
    if (wanted === 'tag') return isObject(value) ? members(tag, value, at) : mismatch(wanted, value, at);
    return primitive(wanted, value, at);
  }
  function symbolic(
    wanted: string,
    [name, argument]: readonly [string, unknown],
    value: unknown,
    at: Path,
  ): unknown {
    if (name !== 'Fn::If' || !Array.isArray(argument)) return value;
    const [condition, yes, no] = argument as unknown[];
    return {
      'Fn::If': [condition, convert(wanted, yes, [...at, name, 1]), convert(wanted, no, [...at, name, 2])],
    };
  }
  function primitive(wanted: string, value: unknown, at: Path): unknown {
    switch (wanted) {
      case 'string':
        if (typeof value === 'number' || typeof value === 'boolean') return String(value);
        return typeof value === 'string' ? value : mismatch(wanted, value, at);
      case 'integer':
      case 'number': {
        const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
        const fits =
          typeof number === 'number' &&
          (wanted === 'integer' ? Number.isInteger(number) : !Number.isNaN(number));
        return fits ? number : mismatch(wanted, value, at);
      }
      case 'boolean':
        if (value === 'true' || value === 'false') return value === 'true';
        return typeof value === 'boolean' ? value : mismatch(wanted, value, at);
      default:
        return value;
    }
  }
  function mismatch(wanted: string, value: unknown, at: Path): unknown {
    report(
      at,
      `Property validation failure: [Value of property {${pathText(at.slice(3))}} does not match type {${names(wanted)}}]`,
      `${owner} has ${JSON.stringify(value)} there`,
      { says: `${nameOf(at)} is ${short(value)}, and ${article(names(wanted))} is wanted` },
    );
    return value;
  }
}

const tag: Properties = new Map([
  ['Key', { type: 'string', required: true, replacement: 'Never' }],
  ['Value', { type: 'string', required: true, replacement: 'Never' }],
]);

function article(name: string): string {
  const plain: Readonly<Record<string, string>> = {
    Array: 'a list',
    Object: 'a map',
    String: 'a text',
    Integer: 'a whole number',
    Number: 'a number',
    Boolean: 'true or false',
  };
  return plain[name] ?? name;
}

/** A value as a message shows it. */
export function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function names(wanted: string): string {
  if (wanted.startsWith('[')) return 'Array';
  if (wanted.startsWith('{') || wanted.startsWith('#') || wanted === 'tag') return 'Object';
  return wanted.charAt(0).toUpperCase() + wanted.slice(1);
}

function closest(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates);
  return near ? `write ${near}` : `it has ${candidates.join(', ')}`;
}
