import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { operation } from './errors.ts';
import type { AutoScaling, Sdk, TargetRecord } from './state.ts';

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TagResource.html: scalable targets have tags */
export function tagHandlers({ targets }: AutoScaling): Handlers<Sdk> {
  const find = (arn = ''): TargetRecord => {
    const found = [...targets.values()].find((target) => target.arn === arn);
    if (!found)
      throw new ApiError('ResourceNotFoundException', `The resource ${arn} does not exist.`, 404, {
        ResourceName: arn,
      });
    return found;
  };
  return {
    TagResource: operation(['ResourceARN', 'Tags'], ({ ResourceARN, Tags }) => {
      const { resourceId, tags } = find(ResourceARN);
      targets.patch(resourceId, { tags: { ...tags, ...Tags } });
      return {};
    }),
    UntagResource: operation(['ResourceARN', 'TagKeys'], ({ ResourceARN, TagKeys = [] }) => {
      const { resourceId, tags } = find(ResourceARN);
      targets.patch(resourceId, {
        tags: Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
      });
      return {};
    }),
    ListTagsForResource: operation(['ResourceARN'], ({ ResourceARN }) => ({
      Tags: { ...find(ResourceARN).tags },
    })),
  };
}
