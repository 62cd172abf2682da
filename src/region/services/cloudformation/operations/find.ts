import type { Cfn } from '../cfn.ts';
import { validationError } from '../errors.ts';
import type { StackRecord } from '../records.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
export function checkStackName(name: string | undefined): string {
  if (name === undefined || name === '')
    throw validationError(
      "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null",
    );
  if (!/^[a-zA-Z][-a-zA-Z0-9]*$/.test(name) && !name.startsWith('arn:'))
    throw validationError(
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*`,
    );
  if (!name.startsWith('arn:') && name.length > 128)
    throw validationError(
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must have length less than or equal to 128`,
    );
  return name;
}

/** A stack by name or id, or the error that the calling operation gives. */
export function findStack(
  { state }: Cfn,
  name: string | undefined,
  missing: (name: string) => Error,
): Readonly<StackRecord> {
  const checked = checkStackName(name);
  const stack = state.stack(checked);
  if (!stack) throw missing(checked);
  return stack;
}

/** A page of a list that only grows at its end or stays: the token is where the next one begins. */
export function pageOf<T>(
  items: readonly T[],
  size: number,
  token: string | undefined,
): { readonly items: readonly T[]; readonly next: string | undefined } {
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0)
    throw validationError(`The specified token ${token} is not valid`);
  const end = start + size;
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(String(end)).toString('base64url') : undefined,
  };
}
