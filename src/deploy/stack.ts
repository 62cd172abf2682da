import {
  DescribeStacksCommand,
  type CloudFormationServiceException,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { sleep } from '../common/clock.ts';
import type { Target } from './target.ts';

/** The stack as the region tells it, by name or id; undefined where there is none. */
export async function describeStack(target: Target, stackName: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await target.cloudformation.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks?.[0];
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html: "if the stack doesn't exist, a ValidationError is returned" */
function isMissing(error: unknown): boolean {
  const { name, message } = error as CloudFormationServiceException;
  return name === 'ValidationError' && /does not exist/.test(message);
}

export const inProgress = (status: string | undefined): boolean => status?.endsWith('_IN_PROGRESS') ?? false;

/** Whether the last operation came to the end that was wanted. */
export const succeeded = (status: string | undefined): boolean =>
  status === 'CREATE_COMPLETE' ||
  status === 'UPDATE_COMPLETE' ||
  status === 'DELETE_COMPLETE' ||
  status === 'IMPORT_COMPLETE';

/**
 * A stack in this state can only be deleted before it is made again.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html (stack status codes)
 */
export const onlyDeletable = (status: string | undefined): boolean =>
  status === 'ROLLBACK_COMPLETE' ||
  status === 'ROLLBACK_FAILED' ||
  status === 'DELETE_FAILED' ||
  status === 'CREATE_FAILED';

/** Waits until nothing is in progress, calling `look` before each look. Returns the stack as it then is. */
export async function settle(
  target: Target,
  stackId: string,
  look: () => Promise<void>,
): Promise<Stack | undefined> {
  for (;;) {
    await look();
    const stack = await describeStack(target, stackId);
    // A review holds no resources and waits for nobody.
    if (!stack || !inProgress(stack.StackStatus) || stack.StackStatus === 'REVIEW_IN_PROGRESS') {
      await look();
      return stack;
    }
    await sleep(target.clock, target.pollInterval);
  }
}
