import type {
  ScalableTargetAction,
  ScalingActivity,
  StepScalingPolicyConfiguration,
  SuspendedState,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import type { Region } from '../../region.ts';
import type { Table } from '../../store/store.ts';

export type Sdk = typeof import('@aws-sdk/client-application-auto-scaling');

export interface TargetRecord {
  /** `service/CLUSTER/SERVICE` */
  readonly resourceId: string;
  readonly arn: string;
  readonly min: number;
  readonly max: number;
  readonly suspended: Required<SuspendedState>;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  /** Policy ARN → its last scale-out, while it is in its cooldown. */
  readonly scaledOut: Readonly<Record<string, ScaleOut>>;
  /** End of the cooldown of the last scale-in. */
  readonly scaleInAfter?: number | undefined;
}
export interface ScaleOut {
  /** End of the cooldown. */
  readonly until: number;
  /** The capacity that it started from. */
  readonly base: number;
}
interface PolicyBase {
  readonly arn: string;
  readonly name: string;
  readonly resourceId: string;
  readonly createdAt: Date;
}
export interface StepPolicy extends PolicyBase {
  readonly type: 'StepScaling';
  readonly configuration: StepScalingPolicyConfiguration;
}
export interface TrackingPolicy extends PolicyBase {
  readonly type: 'TargetTrackingScaling';
  readonly configuration: TargetTrackingScalingPolicyConfiguration & { readonly TargetValue: number };
  readonly alarms: { readonly high: string; readonly low?: string | undefined };
}
export type PolicyRecord = StepPolicy | TrackingPolicy;

export interface ScheduledRecord {
  readonly arn: string;
  readonly name: string;
  readonly resourceId: string;
  readonly schedule: string;
  readonly timezone?: string | undefined;
  readonly startTime?: Date | undefined;
  readonly endTime?: Date | undefined;
  readonly action: ScalableTargetAction;
  readonly createdAt: Date;
}
export interface ActivityRecord {
  readonly activity: ScalingActivity;
  /** Absent where no count was set. */
  readonly desired?: number | undefined;
}
export interface ActivitiesRecord {
  /** Newest last. */
  readonly items: readonly ActivityRecord[];
}

export interface AutoScaling {
  readonly region: Region;
  /** By resource id. */
  readonly targets: Table<TargetRecord>;
  /** By ARN. */
  readonly policies: Table<PolicyRecord>;
  /** By ARN. */
  readonly scheduled: Table<ScheduledRecord>;
  /** By resource id. */
  readonly activities: Table<ActivitiesRecord>;
  readonly now: () => Date;
  policiesOf(resourceId: string): readonly PolicyRecord[];
  scheduledOf(resourceId: string): readonly ScheduledRecord[];
  /** Beginning of the ARN of what belongs to the account. */
  arn(service: 'autoscaling' | 'application-autoscaling', rest: string): string;
}

export function createState(region: Region): AutoScaling {
  const policies = region.store.table<PolicyRecord>('applicationautoscaling/policies');
  const scheduled = region.store.table<ScheduledRecord>('applicationautoscaling/scheduled-actions');
  const { partition, region: name, accountId } = region.identity;
  const of = <T extends { readonly resourceId: string }>(table: Table<T>, id: string): Readonly<T>[] =>
    [...table.values()].filter(({ resourceId }) => resourceId === id);
  return {
    region,
    targets: region.store.table<TargetRecord>('applicationautoscaling/targets'),
    policies,
    scheduled,
    activities: region.store.table<ActivitiesRecord>('applicationautoscaling/activities'),
    now: () => new Date(region.clock.now()),
    policiesOf: (id) => of(policies, id),
    scheduledOf: (id) => of(scheduled, id),
    arn: (service, rest) => `arn:${partition}:${service}:${name}:${accountId}:${rest}`,
  };
}
