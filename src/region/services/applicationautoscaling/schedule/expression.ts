import { parseSchedule, type Schedule } from '../../../../common/schedule/expression.ts';

/**
 * Takes single times too, seconds before a cron expression, and a time zone.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
 */
export const readSchedule = (text: string, zone: string, begin: number): Schedule | undefined =>
  parseSchedule(text.trim(), { begin, zone, at: true, seconds: true });
