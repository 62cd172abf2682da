import { isObject } from './json.ts';

/**
 * What cannot be known yet stays in the evaluated data as the intrinsic itself, its arguments evaluated as far as they go:
 * `{ Ref: 'Vpc' }`, `{ 'Fn::Join': ['', ['http://', { 'Fn::GetAtt': ['Alb', 'DNSName'] }]] }`.
 */
export function intrinsicOf(value: unknown): readonly [name: string, argument: unknown] | undefined {
  if (!isObject(value)) return undefined;
  const keys = Object.keys(value);
  const name = keys[0];
  if (keys.length !== 1 || name === undefined) return undefined;
  return name === 'Ref' || name.startsWith('Fn::') ? [name, value[name]] : undefined;
}

/** No symbolic part, at any depth. */
export function isKnown(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isKnown);
  if (!isObject(value)) return true;
  return !intrinsicOf(value) && Object.values(value).every(isKnown);
}
