import { ApiError } from '../../gateway/api-error.ts';
import { enacting } from '../../gateway/enacting.ts';
import { pageAfter } from '../../gateway/page.ts';

/** Codes and statuses: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const noSuchEntity = (message: string): ApiError => new ApiError('NoSuchEntity', message, 404);
export const alreadyExists = (message: string): ApiError => new ApiError('EntityAlreadyExists', message, 409);
export const deleteConflict = (message: string): ApiError => new ApiError('DeleteConflict', message, 409);
export const limitExceeded = (message: string): ApiError => new ApiError('LimitExceeded', message, 409);
export const invalidInput = (message: string): ApiError => new ApiError('InvalidInput', message, 400);
export const malformedPolicy = (message: string): ApiError =>
  new ApiError('MalformedPolicyDocument', message, 400);
export const validation = (member: string, value: unknown, constraint: string): ApiError =>
  new ApiError(
    'ValidationError',
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );

export const operation = enacting((member, value) =>
  invalidInput(`${member} (${JSON.stringify(value)}) is not enacted in the local region`),
);

const NAME = /^[\w+=,.@-]+$/;
export function checkName(member: string, name: string | undefined, longest: number): string {
  if (!name || name.length > longest)
    throw validation(member, name ?? '', `Member must have length between 1 and ${longest}`);
  if (!NAME.test(name))
    throw validation(
      member,
      name,
      'The specified value is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    );
  return name;
}

export function checkPath(path = '/'): string {
  if (path.length > 512 || !/^(\/|\/[\u0021-\u007e]+\/)$/.test(path))
    throw validation(
      'path',
      path,
      'Member must begin and end with / and hold only ASCII letters, digits and signs',
    );
  return path;
}

/** A page in IAM's words: MaxItems (100 by default), Marker, IsTruncated. */
export function pageOf<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string,
  {
    MaxItems = 100,
    Marker,
  }: { readonly MaxItems?: number | undefined; readonly Marker?: string | undefined },
): { readonly items: readonly T[]; readonly rest: { IsTruncated: boolean; Marker?: string } } {
  if (!(MaxItems >= 1 && MaxItems <= 1000))
    throw validation('maxItems', MaxItems, 'Member must have value between 1 and 1000');
  const { items: page, next } = pageAfter(items, keyOf, MaxItems, Marker, (token) =>
    validation('marker', token, 'Invalid Marker'),
  );
  return { items: page, rest: next ? { IsTruncated: true, Marker: next } : { IsTruncated: false } };
}
