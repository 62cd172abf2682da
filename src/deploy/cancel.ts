import {
  CancelUpdateStackCommand,
  DeleteStackCommand,
  type CloudFormationServiceException,
} from '@aws-sdk/client-cloudformation';
import { OperationError } from '../common/problem.ts';
import type { Deployment } from './deploy.ts';
import type { ServiceFailure } from './observer.ts';
import type { ServiceWatch } from './stopped-tasks.ts';
import type { Target } from './target.ts';

/** A watch that stops the operation at the first failure, where that is wanted. */
export function cancelAtFirst(
  target: Target,
  { stackName, observer, cancelOnFirstFailure = false }: Deployment,
  { stackId, update }: { readonly stackId: string; readonly update: boolean },
  watch: ServiceWatch,
): ServiceWatch & { cancelled(): boolean } {
  let asked = false;
  let cancelled = false;
  return {
    ...watch,
    cancelled: () => cancelled,
    async look() {
      await watch.look();
      if (!cancelOnFirstFailure || asked || !watch.first()) return;
      asked = true;
      try {
        await target.cloudformation.send(
          update
            ? new CancelUpdateStackCommand({ StackName: stackId })
            : new DeleteStackCommand({ StackName: stackId }),
        );
      } catch (error) {
        // It has begun to go back by itself.
        if ((error as CloudFormationServiceException).name === 'ValidationError') return;
        throw error;
      }
      cancelled = true;
      observer.note(
        update
          ? `cancelling the update of ${stackName}: it goes back to what was there`
          : `cancelling the creation of ${stackName}: it is deleted`,
      );
    },
  };
}

export function cancelledAt(
  stackName: string,
  status: string | undefined,
  failure: ServiceFailure,
): OperationError {
  return new OperationError({
    code: 'deployment-failed',
    message: `stack ${stackName} is ${status ?? 'gone'}: cancelled at the first failure, of ${failure.logicalId}${failureLines(failure)}`,
  });
}

/** Lines below a cause: why the service's first task stopped, and the last that it said. */
export function failureLines(failure: ServiceFailure | undefined): string {
  if (!failure) return '';
  const said = failure.lastLines.map((line) => `\n    ${line}`);
  return `\n  its first task stopped: ${failure.reason}${said.length > 0 ? `\n  its last lines:${said.join('')}` : ''}`;
}
