import type { Work } from './work.ts';

/** Why an operation of a stack has failed. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-monitor-stack.html */
export const failedTo = (verb: 'create' | 'update' | 'delete', ids: readonly string[]): string =>
  `The following resource(s) failed to ${verb}: [${ids.join(', ')}]. `;

/** Of a creation or an update, what failed to be created before what failed to be updated. */
export function failedToApply(
  failed: readonly string[],
  { state, stack }: Pick<Work, 'state' | 'stack'>,
): string {
  const failedWith = (status: string): string[] =>
    failed.filter((id) => state.generations(stack.id, id).at(-1)?.status === status);
  const created = failedWith('CREATE_FAILED');
  const updated = failedWith('UPDATE_FAILED');
  const sentences = [
    ...(created.length > 0 ? [failedTo('create', created)] : []),
    ...(updated.length > 0 ? [failedTo('update', updated)] : []),
  ];
  return sentences.join('').trim();
}

/** Of an update whose clean-up gave up. https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/744 */
export const leftBehind = 'Update successful. One or more resources could not be deleted.';
