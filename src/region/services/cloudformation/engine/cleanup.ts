import { ApiError } from '../../../gateway/api-error.ts';
import { exists, isKept } from '../generations.ts';
import type { OperationRecord, ResourceRecord } from '../records.ts';
import type { AnyResourceType, Existing } from '../types/resource-type.ts';
import { contextOf } from './context.ts';
import { failureReason } from './failure.ts';
import type { Work } from './work.ts';
import { Cancelled } from './wait.ts';
import { walk } from './walk.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-monitor-stack.html */
const attempts = 3;
/** How long a resource may be held by another that is just going away. */
const patience = 5 * 60_000;

/** Takes away everything that the operation does not keep, dependants first. Gives the logical ids that could not be deleted. */
export async function cleanUp(work: Work, operation: OperationRecord): Promise<string[]> {
  const garbage = new Map(
    work.state
      .resources(work.stack.id)
      .filter((record) => exists(record) && !isKept(work.state, operation, record))
      .map((record) => [record.key, record]),
  );
  const dependants = new Map<string, string[]>();
  for (const { key, dependsOn } of garbage.values())
    for (const other of dependsOn) dependants.set(other, [...(dependants.get(other) ?? []), key]);
  await walk(
    garbage.keys(),
    (key) => dependants.get(key) ?? [],
    (key) => remove(work, operation, garbage.get(key)!),
  );
  const failed = work.state
    .resources(work.stack.id)
    .filter(({ key, status }) => garbage.has(key) && status === 'DELETE_FAILED');
  return [...new Set(failed.map(({ logicalId }) => logicalId))];
}

/** Takes one physical resource away, or keeps it where its policy says so. False: what it depends on has to stay too. */
export async function remove(
  work: Work,
  operation: OperationRecord,
  record: Readonly<ResourceRecord>,
): Promise<boolean> {
  const { state, journal } = work;
  const type = work.types.get(record.type);
  if (!type) throw new Error(`no resource type ${record.type}`);
  const { key, properties, tags } = record;
  if (isRetained(operation, record) || operation.skip?.includes(record.logicalId)) {
    if (record.physicalId !== undefined)
      journal.resource(key, 'DELETE_SKIPPED', undefined, { state: 'gone' });
    else state.patchResource(key, { state: 'gone' });
    return true;
  }
  const context = contextOf(work, type, record, { properties, tags });
  for (let attempt = 1; ; attempt++) {
    try {
      const physicalId = record.physicalId ?? (await type.find(context));
      if (physicalId === undefined) {
        state.patchResource(key, { state: 'gone' });
        return true;
      }
      if (attempt === 1)
        journal.resource(key, 'DELETE_IN_PROGRESS', undefined, { physicalId, state: 'deleting' });
      await patiently(work, type, {
        ...context,
        physicalId,
        before: properties,
        tried: (record.tried ?? []).map((other) => other.properties),
        tagsBefore: tags,
        tagsTried: [],
      });
      journal.resource(key, 'DELETE_COMPLETE', undefined, { state: 'gone' });
      return true;
    } catch (error) {
      if (work.stopping()) throw error;
      const forgiving = operation.kind === 'update';
      if (forgiving && attempt < attempts) continue;
      journal.resource(
        key,
        'DELETE_FAILED',
        failureReason(error, context.token),
        forgiving ? { state: 'gone' } : {},
      );
      return forgiving;
    }
  }
}

/** What is still in use is tried again after each change of its service, for a while. */
async function patiently(
  work: Work,
  type: AnyResourceType,
  existing: Existing<Record<string, unknown>>,
): Promise<void> {
  const until = work.region.clock.now() + patience;
  const tables = [type.type.split('::')[1]!.toLowerCase(), 'ec2', 'ecs', 'elbv2', 'elb', 'servicediscovery'];
  await existing.wait(tables, async () => {
    try {
      await type.delete(existing);
      return true;
    } catch (error) {
      const held =
        error instanceof ApiError &&
        /DependencyViolation|ResourceInUse|InUse$|\.InUse|ClusterContains/.test(error.code);
      if (!held || work.region.clock.now() >= until || error instanceof Cancelled) throw error;
      return undefined;
    }
  });
}

/**
 * A replaced resource follows UpdateReplacePolicy, every other one DeletionPolicy.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatereplacepolicy.html
 */
function isRetained(operation: OperationRecord, record: Readonly<ResourceRecord>): boolean {
  if (!operation.rolledBack && operation.wanted?.includes(record.logicalId))
    return record.updateReplacePolicy === 'Retain';
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (RetainExceptOnCreate)
  if (operation.rolledBack) return record.deletionPolicy === 'Retain' && !operation.retainExceptOnCreate;
  return record.deletionPolicy === 'Retain' || record.deletionPolicy === 'RetainExceptOnCreate';
}
