import type { Tag } from '@aws-sdk/client-elastic-load-balancing-v2';
import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { notFound, operation, validation } from './errors.ts';
import type { Elbv2 } from './state.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Tag.html */
export function checkedTags(tags: readonly Tag[] = []): Record<string, string> {
  const result: Record<string, string> = {};
  for (const { Key = '', Value = '' } of tags) {
    if (Key.length < 1 || Key.length > 128 || Value.length > 256)
      throw validation(`Tag '${Key}' is not valid: keys have 1 to 128 characters, values at most 256`);
    if (Key.toLowerCase().startsWith('aws:') && !Key.startsWith('aws:cloudformation:'))
      throw validation(`Tag keys must not begin with 'aws:' ('${Key}')`);
    if (Key in result) throw new ApiError('DuplicateTagKeys', `Tag key '${Key}' is specified more than once`);
    result[Key] = Value;
  }
  return result;
}
export function putTags({ tags }: Elbv2, arn: string, added: Readonly<Record<string, string>>): void {
  const all = { ...tags.get(arn)?.tags, ...added };
  if (Object.keys(all).length > 50)
    throw new ApiError('TooManyTags', "You've reached the limit on the number of tags per resource");
  if (Object.keys(added).length > 0) tags.put(arn, { tags: all });
}

export function tagHandlers(state: Elbv2): Handlers<typeof sdk> {
  function check(arn: string): void {
    if (state.loadBalancers.has(arn) || state.targetGroups.has(arn)) return;
    if (state.listeners.has(arn) || state.rules.has(arn)) return;
    if (arn.includes(':targetgroup/')) throw notFound('TargetGroup');
    if (arn.includes(':listener-rule/')) throw notFound('Rule');
    if (arn.includes(':listener/')) throw notFound('Listener');
    if (arn.includes(':loadbalancer/')) throw notFound('LoadBalancer');
    throw validation(`'${arn}' is not a valid resource ARN`);
  }
  return {
    AddTags: operation(['ResourceArns', 'Tags'], ({ ResourceArns = [], Tags }) => {
      const tags = checkedTags(Tags);
      for (const arn of ResourceArns) check(arn);
      for (const arn of ResourceArns) putTags(state, arn, tags);
      return {};
    }),
    RemoveTags: operation(['ResourceArns', 'TagKeys'], ({ ResourceArns = [], TagKeys = [] }) => {
      for (const arn of ResourceArns) check(arn);
      for (const arn of ResourceArns) {
        const left = Object.entries(state.tags.get(arn)?.tags ?? {}).filter(
          ([key]) => !TagKeys.includes(key),
        );
        if (left.length === 0) state.tags.delete(arn);
        else state.tags.put(arn, { tags: Object.fromEntries(left) });
      }
      return {};
    }),
    DescribeTags: operation(['ResourceArns'], ({ ResourceArns = [] }) => {
      if (ResourceArns.length > 20) throw validation('The maximum number of resources is 20');
      return {
        TagDescriptions: ResourceArns.map((arn) => {
          check(arn);
          const tags = Object.entries(state.tags.get(arn)?.tags ?? {});
          return { ResourceArn: arn, Tags: tags.map(([Key, Value]) => ({ Key, Value })) };
        }),
      };
    }),
  };
}
