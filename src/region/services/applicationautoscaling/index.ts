import type { Internal, Region, Service } from '../../region.ts';

/** Application Auto Scaling: desired counts that follow metrics and schedules. */
export function createApplicationAutoScaling(
  _region: Region,
): Service<typeof import('@aws-sdk/client-application-auto-scaling'), Internal['applicationautoscaling']> {
  return { handlers: {}, internal: { alarmed() {} } };
}
