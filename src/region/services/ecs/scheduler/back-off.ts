/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html */
const longestLaunchDelay = 27 * 60 * 1000;
/** The scheduler looks about every ten seconds, which is what paces tasks that ran and ended. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
const longestCrashDelay = 10 * 1000;

/**
 * How long to wait before the next task after the nth failure in a row, in milliseconds. Only tasks that never ran are throttled up
 * to 27 minutes; the curve is not published and is a doubling here.
 */
export function backOff(failures: number, reachedRunning: boolean): number {
  if (failures <= 0) return 0;
  return Math.min(reachedRunning ? longestCrashDelay : longestLaunchDelay, 500 * 2 ** (failures - 1));
}

/** From here on the service says that it cannot start its tasks. */
export const isThrottled = (failures: number): boolean => failures >= 3;
