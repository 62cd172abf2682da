import { randomUUID } from 'node:crypto';
import type { StackStatus } from '@aws-sdk/client-cloudformation';
import type { Cfn } from '../cfn.ts';
import { validationError, wrongState } from '../errors.ts';
import { generationsInUse } from '../generations.ts';
import type { DeploymentRecord, OperationRecord, StackRecord } from '../records.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-describing-stacks.html */
const updatable: readonly StackStatus[] = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];

/** Once a failure was left as it is, an update goes on from there, as long as it is left again. */
export function requireUpdatable(
  { id, status, stable, operation }: StackRecord,
  disableRollback: boolean | undefined,
): void {
  if (updatable.includes(status) && !operation) return;
  if (!stable || operation) throw wrongState(id, status);
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
  if (!disableRollback)
    throw validationError(
      `This stack is currently in a non-terminal [${status}] state. To update the stack from this state, please use the disable-rollback parameter with update-stack API. To rollback to the last known good state, use the rollback-stack API`,
    );
}

/** A new stack without anything in it. */
export function newStack({ region, state }: Cfn, name: string): StackRecord {
  const { partition, region: regionName, accountId } = region.identity;
  const taken = [...state.stacks.values()].some(
    (stack) => stack.name === name && stack.status !== 'DELETE_COMPLETE',
  );
  if (taken) throw validationError(`Stack [${name}] already exists`);
  return {
    id: `arn:${partition}:cloudformation:${regionName}:${accountId}:stack/${name}/${randomUUID()}`,
    name,
    status: 'CREATE_IN_PROGRESS',
    statusReason: undefined,
    createdAt: new Date(region.clock.now()),
    outputs: [],
    imports: [],
    disableRollback: false,
    terminationProtection: false,
  };
}

/** Writes down what is to be done, and has it done. */
export function begin(
  cfn: Cfn,
  stack: StackRecord,
  deployment: DeploymentRecord,
  options: Pick<OperationRecord, 'token' | 'onFailure' | 'retainExceptOnCreate' | 'parentOperation'> & {
    readonly kind: 'create' | 'update';
    readonly timeoutInMinutes?: number | undefined;
    readonly changes?: Partial<StackRecord>;
  },
): void {
  const { kind, timeoutInMinutes, changes = {}, ...rest } = options;
  const now = cfn.region.clock.now();
  const { deploymentId: fromId, before } = stack.stable ?? {
    deploymentId: stack.deploymentId,
    before: kind === 'create' ? {} : generationsInUse(cfn.state, stack.id),
  };
  cfn.state.deployments.put(deployment.id, deployment);
  const operation: OperationRecord = {
    ...rest,
    id: randomUUID(),
    kind,
    phase: 'apply',
    rolledBack: false,
    targetId: deployment.id,
    fromId,
    before,
    ...(timeoutInMinutes === undefined ? {} : { deadline: now + timeoutInMinutes * 60_000 }),
  };
  // A new stack is written together with what is to become of it.
  if (!cfn.state.stacks.has(stack.id)) cfn.state.stacks.put(stack.id, { ...stack, operation });
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html (ExecutionStatus)
  for (const { id, stackId, executionStatus } of cfn.state.changeSets.values())
    if (stackId === stack.id && executionStatus === 'AVAILABLE')
      cfn.state.changeSets.patch(id, { executionStatus: 'OBSOLETE' });
  cfn.journal.stack(
    stack.id,
    kind === 'create' ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS',
    'User Initiated',
    {
      ...changes,
      failure: undefined,
      ...(kind === 'update' ? { updatedAt: new Date(now) } : {}),
      operation,
    },
  );
  cfn.engine.run(stack.id);
}

/** Takes a stack with all that is in it away. Keeps the logical ids of `skip`. */
export function beginDeletion(
  cfn: Cfn,
  stack: StackRecord,
  options: Pick<OperationRecord, 'token' | 'skip'> & Partial<Pick<OperationRecord, 'rolledBack'>>,
): void {
  const { state } = cfn;
  cfn.journal.stack(stack.id, 'DELETE_IN_PROGRESS', 'User Initiated', {
    stable: undefined,
    operation: {
      rolledBack: false,
      ...options,
      id: randomUUID(),
      kind: 'delete',
      phase: 'cleanup',
      before: generationsInUse(state, stack.id, stack.operation),
      onFailure: 'DO_NOTHING',
    },
  });
  cfn.engine.run(stack.id);
}

/** Takes a stack from where a failure was left back to how it was last complete. */
export function beginRollback(
  cfn: Cfn,
  stack: StackRecord,
  options: Pick<OperationRecord, 'token' | 'retainExceptOnCreate' | 'parentOperation'>,
): void {
  const { deploymentId, before } = stack.stable!;
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html: what was never complete is deleted.
  if (deploymentId === undefined) {
    beginDeletion(cfn, stack, { ...options, rolledBack: true });
    return;
  }
  cfn.journal.stack(stack.id, 'UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated', {
    stable: undefined,
    deploymentId,
    operation: {
      ...options,
      id: randomUUID(),
      kind: 'update',
      phase: 'rollback',
      rolledBack: true,
      fromId: deploymentId,
      before,
      onFailure: 'ROLLBACK',
    },
  });
  cfn.engine.run(stack.id);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
export function onFailureOf(
  onFailure: string | undefined,
  disableRollback: boolean | undefined,
): OperationRecord['onFailure'] {
  if (onFailure !== undefined && disableRollback !== undefined)
    throw validationError('You cannot specify both OnFailure and DisableRollback');
  if (disableRollback) return 'DO_NOTHING';
  return onFailure === 'DO_NOTHING' || onFailure === 'DELETE' ? onFailure : 'ROLLBACK';
}
