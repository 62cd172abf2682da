import type { NotScaledReason } from '@aws-sdk/client-application-auto-scaling';
import type { AlarmSignal } from '../../../region.ts';
import type { Capacity } from '../resource.ts';
import type { PolicyRecord, TargetRecord } from '../state.ts';
import { adjusted, stepFor } from './step.ts';
import { proportional } from './tracking.ts';

/** A policy that an alarm invokes. */
export interface Invocation {
  readonly policy: PolicyRecord;
  readonly alarm: AlarmSignal;
}
export interface Decision {
  readonly direction: 'out' | 'in';
  readonly capacity: number;
  readonly by: Invocation;
  /** What the cooldown of a scale-out remembers. */
  readonly base: number;
  /** Seconds. */
  readonly cooldown: number;
}
export type Outcome =
  | Decision
  | { readonly direction: 'none'; readonly by: Invocation; readonly reason?: NotScaledReason };

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html */
const COOLDOWN_SECONDS = 300;

interface Proposal {
  readonly by: Invocation;
  readonly direction: 'out' | 'in';
  readonly capacity: number;
  readonly base: number;
}

/**
 * What is done when alarms invoke policies of one target at the same time: the largest capacity wins, for both directions.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
 */
export function decide(
  target: TargetRecord,
  policies: readonly PolicyRecord[],
  capacity: Capacity,
  invocations: readonly Invocation[],
  now: number,
): Outcome | undefined {
  const proposals = invocations.flatMap((by) => propose(target, by, capacity, now) ?? []);
  const out = largest(proposals.filter(({ direction }) => direction === 'out'));
  const outcome = out && scaleOut(target, out, capacity);
  if (outcome && outcome.direction === 'out') return outcome;
  const ready = readyToScaleIn(
    policies,
    proposals.filter(({ direction }) => direction === 'in'),
  );
  const down = largest(ready);
  return (down && !out ? scaleIn(target, down, capacity, now) : undefined) ?? outcome;
}

const largest = (proposals: readonly Proposal[]): Proposal | undefined =>
  proposals.reduce<Proposal | undefined>(
    (best, one) => (best && best.capacity >= one.capacity ? best : one),
    undefined,
  );

/**
 * The running tasks are what a policy starts from, and in the cooldown of its scale-out what it started from then, so that only a
 * larger one adds to it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
function propose(
  { scaledOut }: TargetRecord,
  by: Invocation,
  { running }: Capacity,
  now: number,
): Proposal | undefined {
  const { policy, alarm } = by;
  const last = scaledOut[policy.arn];
  const cooling = last !== undefined && now < last.until ? last.base : running;
  if (policy.type === 'StepScaling') {
    const { MetricAggregationType = 'Average', StepAdjustments = [] } = policy.configuration;
    const value = alarm.value(MetricAggregationType as 'Average');
    const step = value === undefined ? undefined : stepFor(StepAdjustments, value, alarm.threshold);
    if (!step) return undefined;
    const up = adjusted(policy.configuration, step, cooling);
    if (up > cooling) return { by, direction: 'out', capacity: up, base: cooling };
    const down = adjusted(policy.configuration, step, running);
    return down < running ? { by, direction: 'in', capacity: down, base: running } : undefined;
  }
  const value = alarm.value();
  if (value === undefined) return undefined;
  const { TargetValue } = policy.configuration;
  return alarm.name === policy.alarms.high
    ? { by, direction: 'out', capacity: proportional(cooling, value, TargetValue), base: cooling }
    : { by, direction: 'in', capacity: proportional(running, value, TargetValue), base: running };
}

/**
 * Target tracking policies scale in when all of them that may want it; a step policy does not ask them.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
 */
function readyToScaleIn(
  policies: readonly PolicyRecord[],
  proposals: readonly Proposal[],
): readonly Proposal[] {
  const asked = policies.filter(
    (policy) => policy.type === 'TargetTrackingScaling' && policy.configuration.DisableScaleIn !== true,
  );
  const agreed = asked.every(({ arn }) => proposals.some(({ by }) => by.policy.arn === arn));
  return agreed ? proposals : proposals.filter(({ by }) => by.policy.type === 'StepScaling');
}

function cooldownOf({ by: { policy }, direction }: Proposal): number {
  if (policy.type === 'StepScaling') return policy.configuration.Cooldown ?? COOLDOWN_SECONDS;
  const { ScaleOutCooldown, ScaleInCooldown } = policy.configuration;
  return (direction === 'out' ? ScaleOutCooldown : ScaleInCooldown) ?? COOLDOWN_SECONDS;
}

/**
 * Never beyond the maximum; from below the minimum first to the minimum.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
 */
function scaleOut(target: TargetRecord, proposal: Proposal, { desired }: Capacity): Outcome {
  const { by, base } = proposal;
  const capacity = Math.min(Math.max(proposal.capacity, target.min), target.max);
  if (target.suspended.DynamicScalingOutSuspended) return { direction: 'none', by };
  if (capacity > desired) return { direction: 'out', capacity, by, base, cooldown: cooldownOf(proposal) };
  const full = desired >= target.max && proposal.capacity > desired;
  return full
    ? {
        direction: 'none',
        by,
        reason: { Code: 'AlreadyAtMaxCapacity', MaxCapacity: target.max, CurrentCapacity: desired },
      }
    : { direction: 'none', by };
}

/**
 * Not while a deployment goes on, not in the cooldown of the last scale-in, never below the minimum.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
 */
function scaleIn(
  target: TargetRecord,
  proposal: Proposal,
  { desired, deploying }: Capacity,
  now: number,
): Outcome {
  const { by, base } = proposal;
  const capacity = Math.min(Math.max(proposal.capacity, target.min), target.max);
  const none: Outcome = { direction: 'none', by };
  if (target.suspended.DynamicScalingInSuspended || deploying) return none;
  if (target.scaleInAfter !== undefined && now < target.scaleInAfter) return none;
  if (capacity < desired) return { direction: 'in', capacity, by, base, cooldown: cooldownOf(proposal) };
  return desired <= target.min && proposal.capacity < desired
    ? { ...none, reason: { Code: 'AlreadyAtMinCapacity', MinCapacity: target.min, CurrentCapacity: desired } }
    : none;
}
