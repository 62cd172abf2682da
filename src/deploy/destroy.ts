import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { OperationError } from '../common/problem.ts';
import { firstCause } from './diagnosis.ts';
import { eventReader, follow } from './events.ts';
import type { Observer } from './observer.ts';
import { describeStack } from './stack.ts';
import type { Target } from './target.ts';

/**
 * Deletes a stack and waits until it is gone; false where there was none.
 * Rejects with an OperationError `deletion-failed` that carries the first cause.
 */
export async function destroyStack(
  target: Target,
  { stackName, observer }: { readonly stackName: string; readonly observer: Observer },
): Promise<boolean> {
  const stack = await describeStack(target, stackName);
  if (!stack || stack.StackStatus === 'DELETE_COMPLETE') return false;
  const stackId = stack.StackId!;
  const read = eventReader(target, stackId);
  await read();
  await target.cloudformation.send(new DeleteStackCommand({ StackName: stackId }));
  // By id: a deleted stack is found by its id alone.
  const { stack: after, events } = await follow(target, stackId, read, observer);
  if (!after || after.StackStatus === 'DELETE_COMPLETE') return true;
  const cause = firstCause(events);
  throw new OperationError({
    code: 'deletion-failed',
    message: `stack ${stackName} is ${after.StackStatus}: ${cause ? `${cause.logicalId} (${cause.type}): ${cause.reason}` : (after.StackStatusReason ?? '')}`,
  });
}
