import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import type { Handlers } from '../../gateway/types.ts';
import { ownerId } from './buckets.ts';
import { invalidArgument, operation } from './errors.ts';
import type { ObjectRecord, S3State } from './state.ts';

const MOST_KEYS = 1000;
type Entry = { readonly prefix: string } | { readonly object: ObjectRecord };

export function listingHandlers(state: S3State): Handlers<typeof import('@aws-sdk/client-s3')> {
  return {
    ListObjectsV2: operation(
      [
        'Bucket',
        'Prefix',
        'Delimiter',
        'MaxKeys',
        'StartAfter',
        'ContinuationToken',
        'EncodingType',
        'FetchOwner',
      ],
      (input): Omit<ListObjectsV2CommandOutput, '$metadata'> => {
        const { name } = state.bucket(input.Bucket);
        const {
          Prefix = '',
          Delimiter = '',
          MaxKeys = MOST_KEYS,
          ContinuationToken,
          StartAfter,
          EncodingType,
        } = input;
        if (MaxKeys < 0)
          throw invalidArgument('Argument maxKeys must be an integer between 0 and 2147483647');
        const after = ContinuationToken === undefined ? StartAfter : decodeToken(ContinuationToken);
        const size = Math.min(MaxKeys, MOST_KEYS);
        const { entries, last, more } = list([...state.objectsIn(name)], Prefix, Delimiter, after, size);
        const write = EncodingType === 'url' ? encodeKey : (text: string) => text;
        const owner = input.FetchOwner ? { Owner: { ID: ownerId(state) } } : {};
        return {
          Name: name,
          Prefix: write(Prefix),
          ...(Delimiter ? { Delimiter: write(Delimiter) } : {}),
          ...(StartAfter === undefined ? {} : { StartAfter: write(StartAfter) }),
          ...(EncodingType ? { EncodingType } : {}),
          ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
          MaxKeys: size,
          KeyCount: entries.length,
          IsTruncated: more,
          ...(more ? { NextContinuationToken: encodeToken(last) } : {}),
          Contents: entries.flatMap((entry) =>
            'object' in entry
              ? [
                  {
                    Key: write(entry.object.key),
                    LastModified: entry.object.modifiedAt,
                    ETag: entry.object.etag,
                    Size: entry.object.size,
                    StorageClass: 'STANDARD' as const,
                    ...owner,
                  },
                ]
              : [],
          ),
          CommonPrefixes: entries.flatMap((entry) =>
            'prefix' in entry ? [{ Prefix: write(entry.prefix) }] : [],
          ),
        };
      },
    ),
  };
}

/** Keys in the order of their UTF-8 bytes; those that share the part up to the delimiter count as one. */
function list(
  objects: readonly ObjectRecord[],
  prefix: string,
  delimiter: string,
  after: string | undefined,
  size: number,
): { readonly entries: readonly Entry[]; readonly last: string; readonly more: boolean } {
  const sorted = objects
    .filter(({ key }) => key.startsWith(prefix) && (after === undefined || compare(key, after) > 0))
    .sort((a, b) => compare(a.key, b.key));
  const entries: Entry[] = [];
  let last = '';
  let group: string | undefined;
  for (const object of sorted) {
    const cut = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
    const common = cut < 0 ? undefined : object.key.slice(0, cut + delimiter.length);
    // A group that the page before ended with goes on here: it was listed there.
    if (common !== undefined && (common === group || after?.startsWith(common))) {
      last = object.key;
      continue;
    }
    if (entries.length >= size) return { entries, last, more: size > 0 };
    group = common;
    entries.push(common === undefined ? { object } : { prefix: common });
    last = object.key;
  }
  return { entries, last, more: false };
}

/** The order of UTF-8 is that of UTF-16 but for signs beyond the basic plane. */
function compare(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
const SURROGATE = /[\ud800-\udfff]/;

/** Slashes stay: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
const encodeKey = (key: string): string => encodeURIComponent(key).replaceAll('%2F', '/');
const encodeToken = (key: string): string => Buffer.from(`after:${key}`).toString('base64url');
function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith('after:')) throw invalidArgument('The continuation token provided is incorrect');
  return text.slice('after:'.length);
}
