import { resourceSchema } from '../../../../template/index.ts';
import { InputError } from '../../../../common/problem.ts';
import { ApiError } from '../../../gateway/api-error.ts';
import { currentGeneration, exists } from '../generations.ts';
import type { ResourceRecord } from '../records.ts';
import type { AnyResourceType, Existing } from '../types/resource-type.ts';
import { changeOf, replacementRefusal } from './change.ts';
import { remove } from './cleanup.ts';
import { contextOf } from './context.ts';
import { awaitSignals, signalPolicy } from './creation-policy.ts';
import { failureReason, ResourceFailure } from './failure.ts';
import { Cancelled } from './wait.ts';
import { wantedOf, type Wanted } from './wanted.ts';
import type { ApplyWork, Work } from './work.ts';

/** Brings one logical resource to what the deployment says. False: it failed, and the journal says why. */
export async function applyResource(work: ApplyWork, logicalId: string): Promise<boolean> {
  const { state, stack } = work;
  const record = currentGeneration(state, stack.id, logicalId);
  let wanted: Wanted | undefined;
  try {
    wanted = wantedOf(work, logicalId);
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof ResourceFailure)) throw error;
    return refuse(work, logicalId, record, error);
  }
  if (!wanted) return true;
  const type = work.types.get(wanted.resource.type);
  if (!type) throw new Error(`no resource type ${wanted.resource.type}`);
  if (!record) return make(work, type, logicalId, wanted, undefined);
  const operation = stack.operation!;
  if (record.state === 'making') {
    if (!stack.stable || record.status !== 'CREATE_FAILED')
      return finishMaking(work, type, record, wanted, true);
    // What an earlier operation left half made is made again.
    await remove(work, operation, record);
    return make(work, type, logicalId, wanted, undefined);
  }
  const change = changeOf(type, record, wanted);
  if (change === 'none') return restored(work, record);
  if (change === 'replace') {
    const refusal = replacementRefusal(operation, type, record, wanted);
    if (refusal) return refuse(work, logicalId, record, refusal);
    return make(work, type, logicalId, wanted, record);
  }
  return update(work, type, record, wanted);
}

/** A rollback that goes back to what it had replaced says so. */
function restored({ state, journal, stack }: ApplyWork, record: Readonly<ResourceRecord>): true {
  const { logicalId, physicalId, generation, key } = record;
  if (!stack.operation?.rolledBack) return true;
  const replaced = state.generations(stack.id, logicalId).some((other) => other.generation > generation);
  const last = state.events(stack.id).findLast((event) => event.logicalId === logicalId);
  if (replaced && (last?.status !== 'UPDATE_COMPLETE' || last.physicalId !== physicalId))
    journal.resource(key, 'UPDATE_COMPLETE', undefined);
  return true;
}

/** The resource failed before anything was asked of its service. */
function refuse(
  work: ApplyWork,
  logicalId: string,
  record: Readonly<ResourceRecord> | undefined,
  error: InputError | ResourceFailure,
): false {
  const reason = error instanceof ResourceFailure ? error.message : failureReason(error, '');
  if (record) work.journal.resource(record.key, 'UPDATE_FAILED', reason);
  else {
    const { Type } = work.program.parsed.template.Resources[logicalId]!;
    const key = begin(work, Type, logicalId, undefined);
    work.journal.resource(key, 'CREATE_FAILED', reason, { state: 'rejected' });
  }
  return false;
}

/** Writes down that a resource is about to be made. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-listing-event-history.html */
function begin(work: ApplyWork, type: string, logicalId: string, wanted: Wanted | undefined): string {
  const generation = (work.state.generations(work.stack.id, logicalId).at(-1)?.generation ?? 0) + 1;
  const key = `${work.stack.id}/${logicalId}/${generation}`;
  const now = new Date(work.region.clock.now());
  work.state.putResource({
    key,
    stackId: work.stack.id,
    logicalId,
    generation,
    type,
    state: wanted ? 'making' : 'rejected',
    properties: wanted?.resource.properties ?? {},
    tags: wanted?.tags ?? [],
    attributes: {},
    metadata: wanted?.resource.metadata,
    dependsOn: wanted?.dependsOn ?? [],
    deletionPolicy: wanted?.resource.deletionPolicy ?? 'Delete',
    updateReplacePolicy: wanted?.resource.updateReplacePolicy ?? 'Delete',
    status: 'CREATE_IN_PROGRESS',
    changedAt: now,
    begunAt: now,
  });
  return key;
}

async function make(
  work: ApplyWork,
  type: AnyResourceType,
  logicalId: string,
  wanted: Wanted,
  old: Readonly<ResourceRecord> | undefined,
): Promise<boolean> {
  const key = begin(work, type.type, logicalId, wanted);
  const record = work.journal.resource(
    key,
    old ? 'UPDATE_IN_PROGRESS' : 'CREATE_IN_PROGRESS',
    old
      ? 'Requested update requires the creation of a new physical resource; hence creating one.'
      : undefined,
  );
  return finishMaking(work, type, record, wanted, false);
}

/** From the first call to CREATE_COMPLETE; `resumed` when an earlier process may have made some of these calls. */
async function finishMaking(
  work: ApplyWork,
  type: AnyResourceType,
  record: Readonly<ResourceRecord>,
  wanted: Wanted,
  resumed: boolean,
): Promise<boolean> {
  const { state, journal, stack } = work;
  const { key } = record;
  const replaces = state
    .generations(stack.id, record.logicalId)
    .some((other) => exists(other) && other.key !== key);
  const verb = replaces ? 'UPDATE' : 'CREATE';
  const context = contextOf(work, type, record, {
    properties: wanted.resource.properties,
    tags: wanted.tags,
  });
  let physicalId = record.physicalId;
  try {
    if (physicalId === undefined) {
      physicalId = (resumed ? await type.find(context) : undefined) ?? (await type.create(context));
      journal.resource(key, `${verb}_IN_PROGRESS`, 'Resource creation Initiated', { physicalId });
    }
    const existing: Existing<Record<string, unknown>> = {
      ...context,
      physicalId,
      before: undefined,
      tried: [],
      tagsBefore: wanted.tags,
      tagsTried: [],
    };
    const brought = await bring(type, existing);
    const policy = signalPolicy(wanted.creationPolicy);
    if (policy) await awaitSignals(existing, policy);
    journal.resource(key, `${verb}_COMPLETE`, undefined, { state: 'ready', ...brought });
    return true;
  } catch (error) {
    // A refusal has made nothing; after anything else the cleanup looks for what may have been made.
    const made =
      physicalId === undefined && error instanceof ApiError ? ({ state: 'rejected' } as const) : {};
    return failed(work, key, error, context.token, `${verb}_FAILED`, 'Resource creation cancelled', made);
  }
}

async function update(
  work: ApplyWork,
  type: AnyResourceType,
  record: Readonly<ResourceRecord>,
  wanted: Wanted,
): Promise<boolean> {
  const { journal } = work;
  const { key, physicalId = '', tried = [] } = record;
  const { properties, metadata, deletionPolicy, updateReplacePolicy } = wanted.resource;
  // An update that an earlier process began goes on.
  const begunAt = record.status === 'UPDATE_IN_PROGRESS' ? record.begunAt : new Date(work.region.clock.now());
  const context = contextOf(work, type, { ...record, begunAt }, { properties, tags: wanted.tags });
  journal.resource(key, 'UPDATE_IN_PROGRESS', undefined, {
    begunAt,
    tried: [...tried, { properties, tags: wanted.tags }],
  });
  try {
    const existing: Existing<Record<string, unknown>> = {
      ...context,
      physicalId,
      before: record.properties,
      tried: tried.map((other) => other.properties),
      tagsBefore: record.tags,
      tagsTried: tried.map((other) => other.tags),
    };
    const brought = await bring(type, existing);
    journal.resource(key, 'UPDATE_COMPLETE', undefined, {
      properties,
      tags: wanted.tags,
      dependsOn: wanted.dependsOn,
      metadata,
      deletionPolicy,
      updateReplacePolicy,
      tried: undefined,
      ...brought,
    });
    return true;
  } catch (error) {
    return failed(work, key, error, context.token, 'UPDATE_FAILED', 'Resource update cancelled', {});
  }
}

async function bring(
  type: AnyResourceType,
  given: Existing<Record<string, unknown>>,
): Promise<{ physicalId: string; attributes: Record<string, unknown> }> {
  const physicalId = (await type.sync?.(given)) ?? given.physicalId;
  const existing = { ...given, physicalId };
  await type.settle?.(existing);
  return { physicalId, attributes: await attributesOf(type, existing) };
}

function failed(
  work: Work,
  key: string,
  error: unknown,
  token: string,
  status: 'CREATE_FAILED' | 'UPDATE_FAILED',
  cancelled: string,
  changes: Partial<ResourceRecord>,
): false {
  if (work.stopping()) throw error;
  const reason = error instanceof Cancelled ? cancelled : failureReason(error, token);
  work.journal.resource(key, status, reason, changes);
  return false;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-getatt.html */
async function attributesOf(
  type: AnyResourceType,
  existing: Existing<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const [only, ...more] = resourceSchema(type.type)?.identifier ?? [];
  const identifier = only !== undefined && more.length === 0 ? { [only]: existing.physicalId } : {};
  return { ...identifier, ...(await type.read?.(existing)) };
}
