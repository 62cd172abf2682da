import {
  diffResource,
  evaluateResource,
  intrinsicOf,
  isKnown,
  resourceSchema,
  sameValue,
  type EvaluatedResource,
} from '../../../../template/index.ts';
import { InputError } from '../../../../common/problem.ts';
import { ApiError } from '../../../gateway/api-error.ts';
import type { Region } from '../../../region.ts';
import type { Journal } from '../events.ts';
import type { Inside } from '../inside.ts';
import { currentGeneration, exists } from '../generations.ts';
import type { Program } from '../program.ts';
import type { DeploymentRecord, ResourceRecord, StackRecord, Tag } from '../records.ts';
import type { State } from '../state.ts';
import type { AnyResourceType, Existing } from '../types/resource-type.ts';
import { remove } from './cleanup.ts';
import { contextOf, tagsOf } from './context.ts';
import { awaitSignals, signalPolicy } from './creation-policy.ts';
import { failureReason, ResourceFailure } from './failure.ts';
import { Cancelled } from './wait.ts';

/** What the steps of one phase of one operation share. */
export interface Work {
  readonly region: Region;
  readonly state: State;
  readonly journal: Journal;
  readonly types: ReadonlyMap<string, AnyResourceType>;
  readonly inside: Inside;
  readonly stack: Readonly<StackRecord>;
  readonly signal: AbortSignal;
  /** The region is stopping: what is cut short now goes on after the next start. */
  readonly stopping: () => boolean;
}

export interface ApplyWork extends Work {
  readonly program: Program;
  readonly deployment: Readonly<DeploymentRecord>;
}

interface Wanted {
  readonly resource: EvaluatedResource;
  readonly tags: readonly Tag[];
  readonly dependsOn: readonly string[];
  readonly creationPolicy: unknown;
}

/** Brings one logical resource to what the deployment says. False: it failed, and the journal says why. */
export async function applyResource(work: ApplyWork, logicalId: string): Promise<boolean> {
  const { state, stack } = work;
  const record = currentGeneration(state, stack.id, logicalId);
  let wanted: Wanted | undefined;
  try {
    wanted = evaluate(work, logicalId);
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
    if (operation.onFailure === 'DO_NOTHING' && !operation.rolledBack)
      return refuse(work, logicalId, record, replacementRefused);
    const custom = type.naming?.property;
    if (
      custom !== undefined &&
      wanted.resource.properties[custom] !== undefined &&
      sameValue(wanted.resource.properties[custom], record.properties[custom])
    )
      return refuse(work, logicalId, record, customNamed(String(wanted.resource.properties[custom])));
    return make(work, type, logicalId, wanted, record);
  }
  return update(work, type, record, wanted);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html: replacements cannot be left half done. */
const replacementRefused = new ResourceFailure(
  'Replacement type updates not supported on stack with disable-rollback.',
  'NotUpdatable',
);

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

function evaluate({ program, deployment, stack, state }: ApplyWork, logicalId: string): Wanted | undefined {
  const source = program.parsed.template.Resources[logicalId]!;
  const resource = evaluateResource(logicalId, source, program.evaluator, program.known);
  if (!resource) return undefined;
  if (!isKnown(resource.properties)) throw unresolved(resource);
  const dependencies = program.graph.dependencies.get(logicalId) ?? [];
  return {
    resource,
    creationPolicy: program.evaluator.value(source.CreationPolicy, [
      'Resources',
      logicalId,
      'CreationPolicy',
    ]),
    tags: tagsOf(stack, deployment, resource.type, logicalId, resource.properties),
    dependsOn: [...dependencies].flatMap((id) => currentGeneration(state, stack.id, id)?.key ?? []),
  };
}

function unresolved({ properties }: EvaluatedResource): ResourceFailure {
  const found = firstSymbolic(properties);
  const imported = found?.[0] === 'Fn::ImportValue' ? found[1] : undefined;
  return typeof imported === 'string'
    ? new ResourceFailure(`No export named ${imported} found.`, 'NotFound')
    : new ResourceFailure(`Template error: ${JSON.stringify(found)} has no value`, 'InvalidRequest');
}

function firstSymbolic(value: unknown): readonly [string, unknown] | undefined {
  const intrinsic = intrinsicOf(value);
  if (intrinsic) {
    const inner =
      typeof intrinsic[1] === 'object' ? firstSymbolic(Object.values(intrinsic[1] as object)) : undefined;
    return inner ?? intrinsic;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const member of Object.values(value)) {
    const found = firstSymbolic(member);
    if (found) return found;
  }
  return undefined;
}

function changeOf(
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

/** https://repost.aws/knowledge-center/cloudformation-custom-name */
function customNamed(name: string): ResourceFailure {
  return new ResourceFailure(
    `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`,
    'InvalidRequest',
  );
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
  const context = contextOf(work, type, record, { properties, tags: wanted.tags });
  journal.resource(key, 'UPDATE_IN_PROGRESS', undefined, {
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
