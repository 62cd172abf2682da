import {
  diffResource,
  resourceSchema,
  sameValue,
  type EvaluatedResource,
} from '../../../../template/index.ts';
import type { OperationRecord, ResourceRecord } from '../records.ts';
import type { AnyResourceType } from '../types/resource-type.ts';
import { ResourceFailure } from './failure.ts';
import type { Wanted } from './wanted.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html */
export function changeOf(
  type: AnyResourceType,
  record: Readonly<ResourceRecord>,
  { resource, tags }: Wanted,
): 'none' | 'update' | 'replace' {
  const before: EvaluatedResource = { ...resource, type: record.type, properties: record.properties };
  const difference = diffResource(record.logicalId, before, resource);
  const moved = difference?.details.every(
    ({ requiresRecreation, name }) =>
      requiresRecreation !== 'Always' || (name !== undefined && type.moves?.includes(name)),
  );
  if (difference?.replacement === 'True' && (!moved || record.type !== resource.type)) return 'replace';
  const retagged = resourceSchema(resource.type)?.tags !== undefined && !sameValue(record.tags, tags);
  return difference || record.tried || retagged || type.always ? 'update' : 'none';
}

/** Why a resource cannot be replaced; undefined where it can. */
export function replacementRefusal(
  operation: Pick<OperationRecord, 'onFailure' | 'rolledBack'>,
  { naming }: AnyResourceType,
  record: Readonly<ResourceRecord>,
  { resource }: Wanted,
): ResourceFailure | undefined {
  if (operation.onFailure === 'DO_NOTHING' && !operation.rolledBack) return leftHalfDone;
  const name = naming && resource.properties[naming.property];
  return name !== undefined && sameValue(name, record.properties[naming!.property])
    ? customNamed(String(name))
    : undefined;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html: replacements cannot be left half done. */
const leftHalfDone = new ResourceFailure(
  'Replacement type updates not supported on stack with disable-rollback.',
  'NotUpdatable',
);

/** https://repost.aws/knowledge-center/cloudformation-custom-name */
function customNamed(name: string): ResourceFailure {
  return new ResourceFailure(
    `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`,
    'InvalidRequest',
  );
}
