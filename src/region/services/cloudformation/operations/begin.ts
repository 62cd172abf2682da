import { randomUUID } from 'node:crypto';
import type { StackStatus } from '@aws-sdk/client-cloudformation';
import type { Cfn } from '../cfn.ts';
import { validationError, wrongState } from '../errors.ts';
import { generationsInUse } from '../generations.ts';
import type { DeploymentRecord, OperationRecord, StackRecord } from '../records.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-describing-stacks.html */
const updatable: readonly StackStatus[] = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];

export function requireUpdatable({ id, status }: StackRecord): void {
  if (!updatable.includes(status)) throw wrongState(id, status);
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
  options: {
    readonly kind: 'create' | 'update';
    readonly token: string | undefined;
    readonly onFailure: OperationRecord['onFailure'];
    readonly changes?: Partial<StackRecord>;
  },
): void {
  const { kind, token, onFailure, changes = {} } = options;
  cfn.state.deployments.put(deployment.id, deployment);
  const operation: OperationRecord = {
    id: randomUUID(),
    kind,
    phase: 'apply',
    rolledBack: false,
    token,
    targetId: deployment.id,
    before: kind === 'create' ? {} : generationsInUse(cfn.state, stack.id),
    onFailure,
  };
  // A new stack is written together with what is to become of it.
  if (!cfn.state.stacks.has(stack.id)) cfn.state.stacks.put(stack.id, { ...stack, operation });
  cfn.journal.stack(
    stack.id,
    kind === 'create' ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS',
    'User Initiated',
    {
      ...changes,
      ...(kind === 'update' ? { updatedAt: new Date(cfn.region.clock.now()) } : {}),
      operation,
    },
  );
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
