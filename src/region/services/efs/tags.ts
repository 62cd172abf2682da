import type * as sdk from '@aws-sdk/client-efs';
import type { Handlers } from '../../gateway/types.ts';
import { badRequest, operation } from './errors.ts';
import type { Efs } from './state.ts';

/** https://docs.aws.amazon.com/efs/latest/ug/API_TagResource.html */
export function tagHandlers(efs: Efs): Handlers<typeof sdk> {
  const idOf = (resource = ''): string =>
    /(^|\/)fsap-/.test(resource) ? efs.accessPoint(resource).id : efs.fileSystem(resource).id;
  return {
    TagResource: operation(['ResourceId', 'Tags'], ({ ResourceId, Tags }) => {
      putTags(efs, idOf(ResourceId), Tags);
      return {};
    }),
    UntagResource: operation(['ResourceId', 'TagKeys'], ({ ResourceId, TagKeys = [] }) => {
      const id = idOf(ResourceId);
      const left = Object.entries(efs.tags.get(id) ?? {}).filter(([key]) => !TagKeys.includes(key));
      efs.tags.put(id, Object.fromEntries(left));
      return {};
    }),
    ListTagsForResource: operation(['ResourceId', 'MaxResults', 'NextToken'], ({ ResourceId }) => ({
      Tags: tagList(efs, idOf(ResourceId)),
    })),
  };
}

const MOST_TAGS = 50;

export function putTags(efs: Efs, id: string, tags: readonly sdk.Tag[] | undefined): void {
  if (!tags?.length) return;
  const merged = { ...efs.tags.get(id) };
  for (const { Key = '', Value = '' } of tags) {
    if (Key === '' || Key.length > 128 || Value.length > 256)
      throw badRequest(`The tag ${Key}=${Value} is not valid.`);
    merged[Key] = Value;
  }
  if (Object.keys(merged).length > MOST_TAGS) throw badRequest(`A resource has at most ${MOST_TAGS} tags.`);
  efs.tags.put(id, merged);
}

export const tagList = (efs: Efs, id: string): sdk.Tag[] =>
  Object.entries(efs.tags.get(id) ?? {}).map(([Key, Value]) => ({ Key, Value }));

/** https://docs.aws.amazon.com/efs/latest/ug/API_FileSystemDescription.html: the tag `Name`. */
export const nameOf = (efs: Efs, id: string): { readonly Name?: string } => {
  const name = efs.tags.get(id)?.['Name'];
  return name === undefined ? {} : { Name: name };
};
