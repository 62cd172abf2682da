import type { Pace } from '../../../region.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html */
const longestStartDelay = 27 * 60 * 1000;
/** The scheduler looks about every ten seconds, which is what paces tasks that ran and ended. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
const schedulerLooks = 10 * 1000;
const eagerly = 500;

/**
 * How long to wait before the next task after a start that failed, in milliseconds. Only tasks that never ran are throttled, up to 27
 * minutes; the curve is not published and is a doubling here.
 */
export const startDelay = (failedStarts: number, pace: Pace): number =>
  Math.min(
    longestStartDelay,
    (pace === 'aws' ? schedulerLooks : eagerly) * 2 ** Math.min(failedStarts - 1, 30),
  );

/** How long to wait before the next task after one that ran, but ended or failed its checks before it had proven itself. */
export const crashDelay = (failures: number, pace: Pace): number =>
  pace === 'aws' ? schedulerLooks : Math.min(schedulerLooks, eagerly * 2 ** Math.min(failures - 1, 10));

/** From here on the service says that it cannot start its tasks. */
export const isThrottled = (failedStarts: number): boolean => failedStarts >= 3;
