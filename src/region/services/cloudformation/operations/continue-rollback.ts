import type { Cfn } from '../cfn.ts';
import { validationError, wrongState } from '../errors.ts';
import { currentGeneration } from '../generations.ts';
import type { StackRecord } from '../records.ts';

/**
 * Goes on with a rollback that has failed. What is skipped is taken for rolled back without being touched; resources of nested
 * stacks are named `NESTED.LOGICALID`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
 */
export function continueRollback(
  cfn: Cfn,
  stack: StackRecord,
  skip: readonly string[],
  { token, tokens }: { readonly token: string | undefined } & Pick<StackRecord, 'tokens'>,
): void {
  const { state, journal, engine } = cfn;
  if (stack.status !== 'UPDATE_ROLLBACK_FAILED' || !stack.operation) throw wrongState(stack.id, stack.status);
  const own = skip.filter((id) => !id.includes('.'));
  const notFailed = own.filter((id) => currentGeneration(state, stack.id, id)?.status !== 'UPDATE_FAILED');
  if (notFailed.length > 0)
    throw validationError(
      `ResourcesToSkip can only name resources that are in the UPDATE_FAILED state because of the rollback. Do not specify resources [${notFailed.join(', ')}]`,
    );
  journal.stack(stack.id, 'UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated', {
    operation: { ...stack.operation, stalled: undefined, cancelled: false, skip, token },
    ...(tokens ? { tokens } : {}),
  });
  for (const id of own)
    journal.resource(currentGeneration(state, stack.id, id)!.key, 'UPDATE_COMPLETE', undefined);
  engine.run(stack.id);
}
