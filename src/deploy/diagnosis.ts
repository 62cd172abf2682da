import type { StackEvent } from '@aws-sdk/client-cloudformation';

/** Why an operation failed: what failed first, of its own accord. */
export interface Diagnosis {
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

/** What CloudFormation says of resources that it stopped because of another one. */
const CONSEQUENCES = [
  /^Resource (creation|update|deletion) cancelled/i,
  /^The following resource\(s\) failed/,
];

/** The first cause among an operation's events (oldest first); undefined where nothing failed. */
export function firstCause(events: readonly StackEvent[]): Diagnosis | undefined {
  const failed = events.filter(
    ({ ResourceStatus, ResourceStatusReason = '' }) =>
      ResourceStatus?.endsWith('_FAILED') &&
      !CONSEQUENCES.some((pattern) => pattern.test(ResourceStatusReason)),
  );
  const cause =
    failed.find(({ ResourceType }) => ResourceType !== 'AWS::CloudFormation::Stack') ??
    failed[0] ??
    events.find(({ ResourceStatus }) => ResourceStatus?.includes('ROLLBACK_IN_PROGRESS'));
  if (!cause) return undefined;
  return {
    logicalId: cause.LogicalResourceId ?? '',
    type: cause.ResourceType ?? '',
    status: cause.ResourceStatus ?? '',
    reason: cause.ResourceStatusReason ?? 'no reason was given',
  };
}
