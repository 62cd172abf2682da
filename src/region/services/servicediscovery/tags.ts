import type * as sdk from '@aws-sdk/client-servicediscovery';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import type { Context } from './state.ts';

type Sdk = typeof sdk;

export function tagHandlers(context: Context): Handlers<Sdk> {
  const { tables } = context;
  const require = (arn = '') => {
    const [, kind, id = ''] = /:(namespace|service)\/(.*)$/.exec(arn) ?? [];
    const table = kind === 'namespace' ? tables.namespaces : tables.services;
    if (!kind || !table.has(id))
      throw new ApiError('ResourceNotFoundException', `The resource ${arn} was not found.`);
    return arn;
  };
  return {
    TagResource({ ResourceARN, Tags }) {
      putTags(context, require(ResourceARN), Tags);
      return {};
    },
    UntagResource({ ResourceARN, TagKeys = [] }) {
      const arn = require(ResourceARN);
      const left = Object.entries(tables.tags.get(arn) ?? {}).filter(([key]) => !TagKeys.includes(key));
      tables.tags.put(arn, Object.fromEntries(left));
      return {};
    },
    ListTagsForResource({ ResourceARN }) {
      const tags = tables.tags.get(require(ResourceARN)) ?? {};
      return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

export function putTags({ tables }: Context, arn: string, tags: readonly sdk.Tag[] | undefined): void {
  if (!tags?.length) return;
  const merged = { ...tables.tags.get(arn) };
  for (const { Key, Value } of tags) if (Key) merged[Key] = Value ?? '';
  tables.tags.put(arn, merged);
}
