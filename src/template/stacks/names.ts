import { isObject } from '../json.ts';
import { intrinsicOf } from '../symbolic.ts';

const separator = ' ';

/** A name of another stack, as it stands in values that go from stack to stack. */
const foreign = (stack: string, name: string): string => `${stack}${separator}${name}`;

/** A value of one stack as another one may hold it: names within it say whose they are. */
export function exported(stack: string, value: unknown): unknown {
  return renamed(value, (name) => (isOwn(name) ? foreign(stack, name) : name));
}

/** A value with its names as all stacks together call them. */
export function joined(
  stack: string,
  value: unknown,
  nameOf: (stack: string, name: string) => string,
): unknown {
  return renamed(value, (name) => {
    if (isOwn(name)) return nameOf(stack, name);
    const at = name.lastIndexOf(separator);
    return at < 0 ? name : nameOf(name.slice(0, at), name.slice(at + 1));
  });
}

const isOwn = (name: string): boolean => !name.includes(separator) && !name.startsWith('AWS::');

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (!isObject(value)) return value;
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref' && typeof argument === 'string') return { Ref: rename(argument) };
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) {
    const [id, ...rest] = argument as unknown[];
    return { 'Fn::GetAtt': [typeof id === 'string' ? rename(id) : id, ...rest] };
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, renamed(member, rename)]));
}
