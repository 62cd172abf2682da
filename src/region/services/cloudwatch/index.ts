import type { Internal, Region, Service } from '../../region.ts';

/** Amazon CloudWatch: metrics of what happens in the region, and alarms on them. */
export function createCloudWatch(
  _region: Region,
): Service<typeof import('@aws-sdk/client-cloudwatch'), Internal['cloudwatch']> {
  return { handlers: {}, internal: { record() {} } };
}
