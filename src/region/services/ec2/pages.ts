import type { Filter } from '@aws-sdk/client-ec2';
import { ApiError } from '../../gateway/api-error.ts';
import { combination } from './errors.ts';
import { filterBy, type FilterNames } from './filters.ts';
import { find } from './find.ts';
import type { Kind, Kinds } from './records.ts';
import type { Ec2 } from './state.ts';

interface Asked {
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}
export interface Page<D> {
  readonly items: D[];
  readonly NextToken?: string;
}

/** What one Describe operation lists. */
export interface Listing<K extends Kind, D> {
  readonly kind: K;
  readonly item: (ec2: Ec2, record: Readonly<Kinds[K]>) => D;
  readonly filters: FilterNames<D>;
}

/**
 * Describe, as all of EC2 does it: an unknown id is an error, what filters leave out is not; pages by MaxResults.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export function describe<K extends Kind, D extends object>(
  ec2: Ec2,
  { kind, item, filters }: Listing<K, D>,
  ids: readonly string[] | undefined,
  asked: Asked,
): Page<D> {
  if (ids && ids.length > 0 && asked.MaxResults !== undefined)
    throw combination('The parameter MaxResults cannot be used together with a list of ids');
  const records = ids && ids.length > 0 ? ids.map((id) => find(ec2, kind, id)) : all(ec2, kind);
  const keep = filterBy(filters, asked.Filters);
  return paginate(records.map((record) => item(ec2, record)).filter(keep), asked);
}

function all<K extends Kind>(ec2: Ec2, kind: K): readonly Readonly<Kinds[K]>[] {
  return [...ec2.tables[kind].values()];
}

export function paginate<D>(items: D[], { MaxResults: most, NextToken: token }: Asked): Page<D> {
  if (most !== undefined && (most < 5 || most > 1000))
    throw new ApiError(
      'InvalidMaxResults',
      `Value (${most}) for parameter maxResults is invalid. Expecting a value from 5 to 1000.`,
    );
  const start = token === undefined ? 0 : offsetOf(token);
  const end = most === undefined ? items.length : start + most;
  const page = start === 0 && end >= items.length ? items : items.slice(start, end);
  return end < items.length ? { items: page, NextToken: tokenOf(end) } : { items: page };
}

const tokenOf = (offset: number): string => Buffer.from(`ec2:${offset}`).toString('base64url');

function offsetOf(token: string): number {
  const [, offset] = /^ec2:([0-9]{1,9})$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (offset === undefined) throw new ApiError('InvalidNextToken', `The token '${token}' is invalid`);
  return Number(offset);
}
