import type { Clock } from '../../../../common/clock.ts';
import type { OperationRecord } from '../records.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (TimeoutInMinutes) */
export const timedOut = 'Stack creation time exceeded the specified timeout.';

/** Ends a creation that lasts longer than it may. */
export function watchDeadline(
  clock: Clock,
  { deadline }: Pick<OperationRecord, 'deadline'>,
  abort: AbortController,
): { stop(): void; passed(): boolean } {
  let passed = false;
  const stop =
    deadline === undefined
      ? () => {}
      : clock.schedule(Math.max(0, deadline - clock.now()), () => {
          passed = true;
          abort.abort();
        });
  return { stop, passed: () => passed };
}
