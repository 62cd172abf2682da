import type { HealthCheck, Service } from '../../compose/app.ts';
import type { Problem } from '../../common/problem.ts';
import { defined } from '../intrinsics.ts';

const clamp = (value: number | undefined, least: number, most: number) =>
  value === undefined ? undefined : Math.min(most, Math.max(least, Math.ceil(value)));

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
export const healthCheck = (check: HealthCheck) =>
  defined({
    Command: check.command,
    Interval: clamp(check.intervalSeconds, 5, 300),
    Timeout: clamp(check.timeoutSeconds, 2, 60),
    Retries: clamp(check.retries, 1, 10),
    StartPeriod: clamp(check.startPeriodSeconds, 0, 300),
  });

/** What ECS would refuse is moved to the next value it takes, and that is said. */
export function clampedHealthCheck({ name, healthCheck: check }: Service): Problem[] {
  if (!check) return [];
  const rules = [
    ['interval', check.intervalSeconds, 5, 300],
    ['timeout', check.timeoutSeconds, 2, 60],
    ['retries', check.retries, 1, 10],
    ['start_period', check.startPeriodSeconds, 0, 300],
  ] as const;
  return rules.flatMap(([key, value, least, most]) => {
    const taken = clamp(value, least, most);
    return value === undefined || taken === value
      ? []
      : [
          {
            code: 'health-check-clamped',
            message: `healthcheck.${key} of ${name} is ${value}; ECS takes whole numbers from ${least} to ${most}: ${taken} it is`,
            position: check.position,
          },
        ];
  });
}
