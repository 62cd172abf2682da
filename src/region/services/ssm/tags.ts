import type { Tag } from '@aws-sdk/client-ssm';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { operation, validation } from './errors.ts';
import type { ParameterRecord, SsmState } from './state.ts';

const MOST_TAGS = 50;
type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html */
export function tagHandlers(state: SsmState): Handlers<typeof import('@aws-sdk/client-ssm')> {
  const tagged = (type: string | undefined, id = ''): ParameterRecord => {
    if (type !== 'Parameter')
      throw new ApiError('InvalidResourceType', `${type} is not enacted in the local region`, 400);
    const found = state.parameters.get(id);
    if (!found) throw new ApiError('InvalidResourceId', `The resource ID ${id} is not valid.`, 400);
    return found;
  };
  return {
    AddTagsToResource: operation(['ResourceType', 'ResourceId', 'Tags'], (input) => {
      const { name, tags } = tagged(input.ResourceType, input.ResourceId);
      state.parameters.patch(name, { tags: readTags(input.Tags, tags) });
      return {};
    }),
    RemoveTagsFromResource: operation(['ResourceType', 'ResourceId', 'TagKeys'], (input) => {
      const { name, tags } = tagged(input.ResourceType, input.ResourceId);
      const kept = Object.entries(tags).filter(([key]) => !input.TagKeys?.includes(key));
      state.parameters.patch(name, { tags: Object.fromEntries(kept) });
      return {};
    }),
    ListTagsForResource: operation(['ResourceType', 'ResourceId'], (input) => ({
      TagList: Object.entries(tagged(input.ResourceType, input.ResourceId).tags).map(([Key, Value]) => ({
        Key,
        Value,
      })),
    })),
  };
}

/** Keys of CloudFormation's own are taken from it alone, as everywhere here. */
export function readTags(added: readonly Tag[] = [], before: Tags = {}): Tags {
  for (const { Key = '', Value = '' } of added)
    if (Key === '' || Key.length > 128 || Value.length > 256 || /^aws:(?!cloudformation:)/i.test(Key))
      throw validation(`The tag ${Key}=${Value} is not valid.`);
  const tags = { ...before, ...Object.fromEntries(added.map(({ Key = '', Value = '' }) => [Key, Value])) };
  if (Object.keys(tags).length > MOST_TAGS) throw validation(`A parameter has at most ${MOST_TAGS} tags.`);
  return tags;
}
