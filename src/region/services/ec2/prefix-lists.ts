import type { ManagedPrefixList, PrefixList } from '@aws-sdk/client-ec2';
import { createHash } from 'node:crypto';
import { ApiError } from '../../gateway/api-error.ts';
import { missing } from './errors.ts';
import { filterBy, type FilterNames } from './filters.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { paginate } from './pages.ts';
import type { Ec2 } from './state.ts';

export interface AwsPrefixList {
  readonly id: string;
  readonly name: string;
  readonly cidrs: readonly string[];
}

/**
 * The lists of us-east-1, after public copies of https://ip-ranges.amazonaws.com/ip-ranges.json that bear no date: AWS's own answer may
 * have more or other blocks by now. Other regions have lists of the same names with ids of their own; here their ids are made up and these
 * blocks stand in for theirs.
 */
const LISTS = [
  {
    service: 's3',
    id: 'pl-63a5400a',
    cidrs: [
      '3.5.0.0/19',
      '16.15.176.0/20',
      '16.15.192.0/18',
      '16.182.0.0/16',
      '18.34.0.0/19',
      '18.34.232.0/21',
      '44.192.134.240/28',
      '44.192.140.64/28',
      '52.216.0.0/15',
      '54.231.0.0/16',
    ],
  },
  {
    service: 'dynamodb',
    id: 'pl-02cd2c6b',
    cidrs: ['3.218.180.0/22', '52.94.0.0/22', '52.119.224.0/20'],
  },
] as const;

export function prefixListsOf({ region }: Ec2): readonly AwsPrefixList[] {
  const { region: name } = region.identity;
  return LISTS.map(({ service, id, cidrs }) => ({
    id:
      name === 'us-east-1'
        ? id
        : `pl-${createHash('sha256').update(`${name} ${service}`).digest('hex').slice(0, 8)}`,
    name: `com.amazonaws.${name}.${service}`,
    cidrs,
  }));
}

export function findPrefixList(ec2: Ec2, id: string | undefined): AwsPrefixList {
  if (!id) throw missing('prefixListId');
  const list = prefixListsOf(ec2).find((each) => each.id === id);
  if (list) return list;
  throw new ApiError('InvalidPrefixListID.NotFound', `The prefix list ID '${id}' does not exist`);
}

export const prefixListItem = ({ id, name, cidrs }: AwsPrefixList): PrefixList => ({
  PrefixListId: id,
  PrefixListName: name,
  Cidrs: [...cidrs],
});

export function managedItem(ec2: Ec2, { id, name }: AwsPrefixList): ManagedPrefixList {
  return {
    PrefixListId: id,
    PrefixListName: name,
    PrefixListArn: `arn:aws:ec2:${ec2.region.identity.region}:aws:prefix-list/${id}`,
    AddressFamily: 'IPv4',
    State: 'create-complete',
    OwnerId: 'AWS',
    Tags: [],
  };
}

export function prefixLists(ec2: Ec2): Ec2Handlers {
  const named = (ids: readonly string[] | undefined) =>
    ids && ids.length > 0 ? ids.map((id) => findPrefixList(ec2, id)) : prefixListsOf(ec2);
  return {
    DescribePrefixLists: operation(['PrefixListIds', 'Filters', 'MaxResults', 'NextToken'], (input) => {
      const keep = filterBy<PrefixList & { readonly Tags?: [] }>(filters, input.Filters);
      const items = named(input.PrefixListIds).map(prefixListItem).filter(keep);
      const { items: PrefixLists, ...rest } = paginate(items, input);
      return { PrefixLists, ...rest };
    }),
    DescribeManagedPrefixLists: operation(
      ['PrefixListIds', 'Filters', 'MaxResults', 'NextToken'],
      (input) => {
        const keep = filterBy<ManagedPrefixList>(
          { ...filters, 'owner-id': ({ OwnerId }) => OwnerId },
          input.Filters,
        );
        const items = named(input.PrefixListIds)
          .map((list) => managedItem(ec2, list))
          .filter(keep);
        const { items: PrefixLists, ...rest } = paginate(items, input);
        return { PrefixLists, ...rest };
      },
    ),
    GetManagedPrefixListEntries: operation(['PrefixListId', 'MaxResults', 'NextToken'], (input) => {
      const { cidrs } = findPrefixList(ec2, input.PrefixListId);
      const { items: Entries, ...rest } = paginate(
        cidrs.map((Cidr) => ({ Cidr })),
        input,
      );
      return { Entries, ...rest };
    }),
  };
}

const filters: FilterNames<PrefixList & ManagedPrefixList> = {
  'prefix-list-id': ({ PrefixListId }) => PrefixListId,
  'prefix-list-name': ({ PrefixListName }) => PrefixListName,
};
