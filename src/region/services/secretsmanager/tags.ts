import type { Tag } from '@aws-sdk/client-secrets-manager';
import type { Handlers } from '../../gateway/types.ts';
import { invalidParameter, operation } from './errors.ts';
import type { SecretsState } from './state.ts';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html */
const MOST_TAGS = 50;
type Tags = Readonly<Record<string, string>>;

export function tagHandlers(state: SecretsState): Handlers<typeof import('@aws-sdk/client-secrets-manager')> {
  return {
    TagResource: operation(['SecretId', 'Tags'], ({ SecretId, Tags }) => {
      const secret = state.active(SecretId);
      state.secrets.patch(secret.arn, { tags: readTags(Tags, secret.tags), changedAt: state.now() });
      return {};
    }),
    UntagResource: operation(['SecretId', 'TagKeys'], ({ SecretId, TagKeys = [] }) => {
      const secret = state.active(SecretId);
      const tags = Object.fromEntries(Object.entries(secret.tags).filter(([key]) => !TagKeys.includes(key)));
      state.secrets.patch(secret.arn, { tags, changedAt: state.now() });
      return {};
    }),
  };
}

export const tagList = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Adds tags to those that are there. Keys of CloudFormation's own are taken from it alone, as everywhere here. */
export function readTags(added: readonly Tag[] = [], before: Tags = {}): Tags {
  for (const { Key = '', Value = '' } of added)
    if (Key === '' || Key.length > 128 || Value.length > 256 || /^aws:(?!cloudformation:)/i.test(Key))
      throw invalidParameter(`The tag ${Key}=${Value} is not valid.`);
  const tags = { ...before, ...Object.fromEntries(added.map(({ Key = '', Value = '' }) => [Key, Value])) };
  if (Object.keys(tags).length > MOST_TAGS) throw invalidParameter(`A secret has at most ${MOST_TAGS} tags.`);
  return tags;
}
