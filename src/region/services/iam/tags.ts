import type { Handlers } from '../../gateway/types.ts';
import { operation, pageOf } from './errors.ts';
import type { IamState, Tags } from './state.ts';
import { readTags, tagList, without } from './tag-set.ts';

export function tagHandlers(state: IamState): Handlers<typeof import('@aws-sdk/client-iam')> {
  return {
    TagRole: operation(['RoleName', 'Tags'], ({ RoleName, Tags }) => {
      const role = state.role(RoleName);
      state.save({ ...role, tags: readTags(Tags, role.tags) });
      return {};
    }),
    UntagRole: operation(['RoleName', 'TagKeys'], ({ RoleName, TagKeys }) => {
      const role = state.role(RoleName);
      state.save({ ...role, tags: without(role.tags, TagKeys) });
      return {};
    }),
    ListRoleTags: operation(['RoleName', 'Marker', 'MaxItems'], (input) =>
      tagPage(state.role(input.RoleName).tags, input),
    ),
    TagPolicy: operation(['PolicyArn', 'Tags'], ({ PolicyArn, Tags }) => {
      const policy = state.policy(PolicyArn);
      state.policies.put(policy.arn, { ...policy, tags: readTags(Tags, policy.tags) });
      return {};
    }),
    UntagPolicy: operation(['PolicyArn', 'TagKeys'], ({ PolicyArn, TagKeys }) => {
      const policy = state.policy(PolicyArn);
      state.policies.put(policy.arn, { ...policy, tags: without(policy.tags, TagKeys) });
      return {};
    }),
    ListPolicyTags: operation(['PolicyArn', 'Marker', 'MaxItems'], (input) =>
      tagPage(state.policy(input.PolicyArn).tags, input),
    ),
  };
}

function tagPage(
  tags: Tags,
  input: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
) {
  const { items, rest } = pageOf(tagList(tags), ({ Key = '' }) => Key, input);
  return { Tags: [...items], ...rest };
}
