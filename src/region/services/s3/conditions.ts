import { ApiError } from '../../gateway/api-error.ts';
import { preconditionFailed } from './errors.ts';
import type { ObjectRecord } from './state.ts';

interface Conditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: If-Match outweighs If-Unmodified-Since, If-None-Match If-Modified-Since. */
export function checkReadable(object: ObjectRecord, conditions: Conditions): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  if (IfMatch === undefined ? isAfter(object, IfUnmodifiedSince) : !matches(object, IfMatch))
    throw preconditionFailed();
  const same =
    IfNoneMatch === undefined
      ? IfModifiedSince !== undefined && !isAfter(object, IfModifiedSince)
      : matches(object, IfNoneMatch);
  if (same) throw new ApiError('NotModified', 'Not Modified', 304);
}

/** Conditional writes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
export function checkWritable(
  before: ObjectRecord | undefined,
  { IfMatch, IfNoneMatch }: Pick<Conditions, 'IfMatch' | 'IfNoneMatch'>,
): void {
  if (IfNoneMatch !== undefined && before && matches(before, IfNoneMatch)) throw preconditionFailed();
  if (IfMatch === undefined) return;
  if (!before) throw new ApiError('NoSuchKey', 'The specified key does not exist.', 404);
  if (!matches(before, IfMatch)) throw preconditionFailed();
}

export function matches({ etag }: ObjectRecord, wanted: string): boolean {
  const bare = (text: string) => text.trim().replace(/^W\//, '').replaceAll('"', '');
  return wanted.trim() === '*' || wanted.split(',').some((one) => bare(one) === bare(etag));
}

/** Dates of HTTP have no fractions of a second. */
function isAfter({ modifiedAt }: ObjectRecord, date: Date | undefined): boolean {
  return date !== undefined && Math.floor(modifiedAt.getTime() / 1000) > Math.floor(date.getTime() / 1000);
}
