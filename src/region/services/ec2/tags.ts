import type { Tag, TagDescription, TagSpecification } from '@aws-sdk/client-ec2';
import { ApiError } from '../../gateway/api-error.ts';
import { invalid, invalidValue, missing } from './errors.ts';
import { filterBy } from './filters.ts';
import { find, kindOf } from './find.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { paginate } from './pages.ts';
import type { Kind, Tags } from './records.ts';
import type { Ec2 } from './state.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const MOST = 50;
type Taggable = Exclude<Kind, 'route-table-association' | 'network-acl-association'>;

/** The tags that a creation carries for the resource it makes. */
export function tagsFor(kind: Taggable, specifications: readonly TagSpecification[] = []): Tags {
  let tags: Tags = {};
  for (const { ResourceType: type, Tags: given = [] } of specifications) {
    if (!type) throw missing('TagSpecification.ResourceType');
    if (type !== kind) throw invalid(`'${type}' is not a valid taggable resource type for this operation.`);
    tags = withTags(tags, given);
  }
  return tags;
}

function withTags(tags: Tags, added: readonly Tag[]): Tags {
  const next = { ...tags };
  for (const { Key: key = '', Value: value = '' } of added) {
    if (key.length === 0 || key.length > 127)
      throw invalidValue('tag.key', key, 'Tag keys have 1 to 127 characters.');
    if (value.length > 255) throw invalidValue('tag.value', value, 'Tag values have at most 255 characters.');
    next[key] = value;
  }
  // Tags that AWS itself sets do not count.
  if (Object.keys(next).filter((key) => !key.startsWith('aws:')).length > MOST)
    throw new ApiError(
      'TagLimitExceeded',
      `The maximum number of Tags for a resource has been reached: ${MOST}.`,
    );
  return next;
}

export const tagList = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export function tags(ec2: Ec2): Ec2Handlers {
  return {
    CreateTags: operation(['Resources', 'Tags'], ({ Resources: ids, Tags: added }) => {
      if (!added || added.length === 0) throw missing('Tags');
      const tagged = taggedOf(ec2, ids).map(
        ([kind, record]) => [kind, record.id, withTags(record.tags, added)] as const,
      );
      for (const [kind, id, tags] of tagged) ec2.tables[kind].patch(id, { tags });
      return {};
    }),
    DeleteTags: operation(['Resources', 'Tags'], ({ Resources: ids, Tags: removed }) => {
      for (const [kind, record] of taggedOf(ec2, ids)) {
        const left = Object.entries(record.tags).filter(([key, value]) => !isRemoved(removed, key, value));
        ec2.tables[kind].patch(record.id, { tags: Object.fromEntries(left) });
      }
      return {};
    }),
    DescribeTags: operation(['Filters', 'MaxResults', 'NextToken'], (input) => {
      const keep = filterBy<TagDescription & { readonly Tags?: readonly Tag[] }>(
        {
          key: ({ Key }) => Key,
          value: ({ Value }) => Value,
          'resource-id': ({ ResourceId }) => ResourceId,
          'resource-type': ({ ResourceType }) => ResourceType,
        },
        (input.Filters ?? []).map(byTag).flat(),
      );
      const all = (Object.keys(ec2.tables) as Kind[]).flatMap((kind) =>
        [...ec2.tables[kind].values()].flatMap((record) =>
          'tags' in record
            ? tagList(record.tags).map((tag) => ({
                ...tag,
                ResourceId: record.id,
                ResourceType: kind as Taggable,
              }))
            : [],
        ),
      );
      const { items: Tags, ...rest } = paginate(all.filter(keep), input);
      return { Tags, ...rest };
    }),
  };
}

/** `tag:KEY` of DescribeTags means this key with one of these values. */
function byTag<F extends { Name?: string | undefined }>(filter: F): F[] {
  const { Name = '' } = filter;
  return Name.startsWith('tag:')
    ? [
        { ...filter, Name: 'key', Values: [Name.slice('tag:'.length)] },
        { ...filter, Name: 'value' },
      ]
    : [filter];
}

function taggedOf(ec2: Ec2, ids: readonly string[] | undefined) {
  if (!ids || ids.length === 0) throw missing('resourceIdSet');
  return ids.map((id) => {
    const kind = kindOf(id);
    if (!kind || kind === 'route-table-association' || kind === 'network-acl-association')
      throw new ApiError('InvalidID', `The ID '${id}' is not valid`);
    return [kind, find(ec2, kind, id)] as const;
  });
}

/** A key alone removes the tag whatever its value; no tags remove all but AWS's own. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html */
function isRemoved(removed: readonly Tag[] | undefined, key: string, value: string): boolean {
  if (!removed || removed.length === 0) return !key.startsWith('aws:');
  return removed.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value));
}
