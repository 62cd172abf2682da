import { written } from '../../template/json.ts';
import { intrinsicOf } from '../../template/symbolic.ts';

/** A resource that a symbolic value speaks of. */
export interface Reference {
  readonly id: string;
  readonly attribute?: string;
}

/** Every `Ref` and `Fn::GetAtt` of a value, at any depth. */
export function referencesIn(value: unknown): readonly Reference[] {
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref') return [{ id: written(argument) }];
  if (name === 'Fn::GetAtt') {
    const [id = '', ...attribute] = Array.isArray(argument)
      ? argument.map(written)
      : written(argument).split('.');
    return [{ id, attribute: attribute.join('.') }];
  }
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(referencesIn);
  return [];
}

/**
 * A value as one text, with a mark in place of what is not known: its literal parts can be read.
 * The mark is no character of a host name.
 */
export const HOLE = '\uFFFC';
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1]))
    return (argument[1] as unknown[]).map(textOf).join(typeof argument[0] === 'string' ? argument[0] : HOLE);
  return value === undefined ? '' : HOLE;
}

/** The value as it stands in a list of name and value, evaluated as far as it goes. */
export function rawValue(
  properties: Readonly<Record<string, unknown>>,
  list: string,
  index: number,
): unknown {
  const items = properties[list];
  const item: unknown = Array.isArray(items) ? items[index] : undefined;
  return typeof item === 'object' && item !== null ? (item as Record<string, unknown>)['Value'] : undefined;
}
