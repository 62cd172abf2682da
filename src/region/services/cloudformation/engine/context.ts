import { resourceSchema } from '../../../../template/index.ts';
import { physicalName, steadyRandom, steadyToken } from '../names.ts';
import type { DeploymentRecord, ResourceRecord, StackRecord, Tag } from '../records.ts';
import type { AnyResourceType, Context } from '../types/resource-type.ts';
import type { Work } from './work.ts';
import { waitUntil } from './wait.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What a resource's type is told about it. */
export function contextOf(
  { region, state, inside, stack, signal }: Pick<Work, 'region' | 'state' | 'inside' | 'stack' | 'signal'>,
  type: AnyResourceType,
  record: Pick<ResourceRecord, 'key' | 'logicalId' | 'generation' | 'begunAt'>,
  wanted: { readonly properties: Properties; readonly tags: readonly Tag[] },
): Context<Record<string, unknown>> {
  const { logicalId, generation, key } = record;
  return {
    region,
    stackId: stack.id,
    stackName: stack.name,
    logicalId,
    properties: wanted.properties,
    name: nameOf(stack, type, logicalId, generation, wanted.properties),
    token: steadyToken(stack.id, logicalId, generation),
    tags: wanted.tags,
    others: state
      .generations(stack.id, logicalId)
      .flatMap((other) => (other.key === key || other.physicalId === undefined ? [] : other.physicalId)),
    key,
    inside,
    begunAt: record.begunAt,
    signal,
    wait: (tables, check) => waitUntil(region, tables, signal, check),
  };
}

function nameOf(
  stack: Pick<StackRecord, 'id' | 'name'>,
  { naming }: AnyResourceType,
  logicalId: string,
  generation: number,
  properties: Properties,
): string {
  const given = naming && properties[naming.property];
  if (typeof given === 'string') return given;
  const random = steadyRandom(12, stack.id, logicalId, generation);
  return physicalName(stack.name, logicalId, random, naming ?? { limit: 255 });
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html */
export function tagsOf(
  stack: Pick<StackRecord, 'id' | 'name'>,
  deployment: Pick<DeploymentRecord, 'tags'>,
  type: string,
  logicalId: string,
  properties: Properties,
): readonly Tag[] {
  const property = resourceSchema(type)?.tags;
  if (property === undefined) return [];
  const own = (properties[property] ?? []) as readonly Tag[];
  const merged = new Map(
    [...deployment.tags, ...own].map(({ Key, Value }): [string, string] => [Key, Value]),
  );
  merged.set('aws:cloudformation:stack-name', stack.name);
  merged.set('aws:cloudformation:stack-id', stack.id);
  merged.set('aws:cloudformation:logical-id', logicalId);
  return [...merged].map(([Key, Value]) => ({ Key, Value }));
}
