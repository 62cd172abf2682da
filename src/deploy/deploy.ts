import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  type CloudFormationServiceException,
  type CreateChangeSetCommandInput,
  type DescribeChangeSetCommandOutput,
  type Parameter,
  type Stack,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { sleep } from '../common/clock.ts';
import { OperationError } from '../common/problem.ts';
import { destroyStack } from './destroy.ts';
import { firstCause } from './diagnosis.ts';
import { cancelAtFirst, cancelledAt, failureLines } from './cancel.ts';
import { eventReader, follow } from './events.ts';
import type { Observer, PlannedChange } from './observer.ts';
import { describeStack, inProgress, onlyDeletable, succeeded } from './stack.ts';
import { watchServices, type ServiceWatch } from './stopped-tasks.ts';
import type { Target } from './target.ts';
import { templateSource } from './template-body.ts';

export interface Deployment {
  readonly stackName: string;
  /** The template's text; absent: the one the stack has, with other parameters. */
  readonly template?: string;
  readonly parameters: readonly Parameter[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly observer: Observer;
  /** Goes back as soon as a task does not stay, without waiting for the circuit breaker. */
  readonly cancelOnFirstFailure?: boolean;
}

export type Outcome =
  | { readonly kind: 'unchanged'; readonly stack: Stack }
  | { readonly kind: 'changed'; readonly stack: Stack };

/**
 * Brings a stack to a template by a change set, and waits until that is done. The same calls whatever the endpoint.
 * Rejects with an OperationError `deployment-failed` that carries the first cause.
 */
export async function deployStack(target: Target, deployment: Deployment): Promise<Outcome> {
  for (let turn = 1; ; turn++)
    try {
      return await deployOnce(target, deployment);
    } catch (error) {
      if (!(error instanceof Overtaken) || turn === MOST_TURNS) throw error;
      deployment.observer.note(`another deployment of stack ${deployment.stackName} came first`);
    }
}

const MOST_TURNS = 5;

/** Somebody else's operation began between the look at the stack and ours. */
class Overtaken extends OperationError {}

/**
 * Executing a change set deletes the others of its stack, and an operation keeps others away while it goes on:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
 */
function overtaken(error: unknown): never {
  const { name, message } = error as CloudFormationServiceException;
  const byAnother =
    name === 'ChangeSetNotFoundException' ||
    name === 'InvalidChangeSetStatusException' ||
    (name === 'ValidationError' && /_IN_PROGRESS|already exists and cannot be created/.test(message));
  if (byAnother) throw new Overtaken({ code: 'deployment-overtaken', message }, { cause: error });
  throw error;
}

async function deployOnce(target: Target, deployment: Deployment): Promise<Outcome> {
  const { stackName, observer } = deployment;
  const existing = await ready(target, deployment);
  const update = existing !== undefined && existing.StackStatus !== 'REVIEW_IN_PROGRESS';
  if (!update && deployment.template === undefined)
    throw new OperationError({
      code: 'stack-missing',
      message: `stack ${stackName} does not run`,
      fix: 'bring it up first',
    });
  const changeSet = await createChangeSet(target, deployment, update).catch(overtaken);
  if (!changeSet) return { kind: 'unchanged', stack: existing! };

  const stackId = changeSet.StackId!;
  observer.planned?.(plannedChanges(changeSet));
  const read = eventReader(target, stackId);
  await read();
  await target.cloudformation
    .send(new ExecuteChangeSetCommand({ ChangeSetName: changeSet.ChangeSetId!, StackName: stackId }))
    .catch(overtaken);
  const watch = watchServices(target, observer);
  const cancelling = cancelAtFirst(target, deployment, { stackId, update }, watch);
  const { stack, events } = await follow(target, stackId, read, observer, cancelling);
  if (cancelling.cancelled()) throw cancelledAt(stackName, stack?.StackStatus, watch.first()!);
  if (!stack || !succeeded(stack.StackStatus)) throw failure(stackName, stack?.StackStatus, events, watch);
  return { kind: 'changed', stack };
}

/** The stack once nothing is in progress on it; one that can only be deleted is deleted first. */
async function ready(
  target: Target,
  { stackName, template, observer }: Deployment,
): Promise<Stack | undefined> {
  let stack = await describeStack(target, stackName);
  if (stack && inProgress(stack.StackStatus) && stack.StackStatus !== 'REVIEW_IN_PROGRESS') {
    observer.note(`stack ${stackName} is ${stack.StackStatus}: waiting until that is done`);
    stack = (await follow(target, stack.StackId!, eventReader(target, stack.StackId!), observer)).stack;
  }
  if (!stack || stack.StackStatus === 'DELETE_COMPLETE') return undefined;
  if (stack.StackStatus === 'UPDATE_ROLLBACK_FAILED')
    throw new OperationError({
      code: 'stack-stuck',
      message: `stack ${stackName} is UPDATE_ROLLBACK_FAILED: ${stack.StackStatusReason ?? 'an update could not be rolled back'}`,
      fix: `continue its rollback (aws cloudformation continue-update-rollback --stack-name ${stackName}) or delete it, then try again`,
    });
  if (!onlyDeletable(stack.StackStatus)) return stack;
  // Without a template nothing could be made in its place.
  if (template === undefined) return undefined;
  observer.note(
    `stack ${stackName} is ${stack.StackStatus}, from which it can only be deleted: deleting it first`,
  );
  await destroyStack(target, { stackName, observer });
  return undefined;
}

/** Undefined where the change set would change nothing. */
async function createChangeSet(
  target: Target,
  { stackName, template, parameters, tags }: Deployment,
  update: boolean,
): Promise<DescribeChangeSetCommandOutput | undefined> {
  const input: CreateChangeSetCommandInput = {
    StackName: stackName,
    ChangeSetName: `fairway-${target.clock.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`,
    ChangeSetType: update ? 'UPDATE' : 'CREATE',
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
    Parameters: [...parameters],
    ...(tags ? { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } : {}),
    ...(template === undefined ? { UsePreviousTemplate: true } : await templateSource(target, template)),
  };
  const { Id } = await target.cloudformation.send(new CreateChangeSetCommand(input));
  for (;;) {
    const changeSet = await describeWholeChangeSet(target, Id!);
    if (changeSet.Status === 'CREATE_COMPLETE') return changeSet;
    if (changeSet.Status === 'FAILED') {
      await target.cloudformation
        .send(new DeleteChangeSetCommand({ ChangeSetName: Id! }))
        .catch(() => undefined);
      if (update && isEmpty(changeSet.StatusReason)) return undefined;
      throw new OperationError({
        code: 'change-set-failed',
        message: `the change set of stack ${stackName} failed: ${changeSet.StatusReason ?? 'no reason was given'}`,
      });
    }
    await sleep(target.clock, target.pollInterval);
  }
}

async function describeWholeChangeSet(target: Target, id: string): Promise<DescribeChangeSetCommandOutput> {
  const first = await target.cloudformation.send(new DescribeChangeSetCommand({ ChangeSetName: id }));
  const changes = [...(first.Changes ?? [])];
  for (let token = first.NextToken; token;) {
    const page = await target.cloudformation.send(
      new DescribeChangeSetCommand({ ChangeSetName: id, NextToken: token }),
    );
    changes.push(...(page.Changes ?? []));
    token = page.NextToken;
  }
  return { ...first, Changes: changes };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-view.html ("no changes") */
const isEmpty = (reason = ''): boolean =>
  reason.includes("didn't contain changes") || reason.includes('No updates are to be performed');

function plannedChanges({ Changes = [] }: DescribeChangeSetCommandOutput): PlannedChange[] {
  return Changes.flatMap(({ ResourceChange: change }) =>
    change
      ? [
          {
            logicalId: change.LogicalResourceId ?? '',
            type: change.ResourceType ?? '',
            action: change.Action ?? '',
            replacement: change.Replacement,
          },
        ]
      : [],
  );
}

function failure(
  stackName: string,
  status: string | undefined,
  events: readonly StackEvent[],
  watch: ServiceWatch,
): OperationError {
  const cause = firstCause(events);
  const where = cause
    ? `${cause.logicalId} (${cause.type}): ${cause.reason}`
    : 'no failed resource was reported';
  return new OperationError({
    code: 'deployment-failed',
    message: `stack ${stackName} is ${status ?? 'gone'}: ${where}${cause ? failureLines(watch.of(cause.logicalId)) : ''}`,
  });
}
