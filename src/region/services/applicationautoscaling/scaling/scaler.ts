import type { AlarmSignal } from '../../../region.ts';
import { addNotScaled, fulfil } from '../activities.ts';
import { capacityOf } from '../resource.ts';
import type { AutoScaling, ScaleOut } from '../state.ts';
import { setDesiredCount } from './change.ts';
import { decide, type Decision, type Invocation } from './decide.ts';

export interface Scaler {
  /** Takes note; what alarms say at one time is decided together. */
  alarmed(policyArn: string, alarm: AlarmSignal): void;
  /** Resolves when what was noted is done. */
  settled(): Promise<void>;
}

/** Runs policies that alarms invoke; a target is changed by one at a time. */
export function createScaler(scaling: AutoScaling): Scaler {
  const noted = new Map<string, Invocation[]>();
  let work = Promise.resolve();

  async function perform(): Promise<void> {
    const all = [...noted];
    noted.clear();
    for (const [resourceId, invocations] of all)
      await scale(scaling, resourceId, invocations).catch((error: unknown) => {
        scaling.region.log(
          `applicationautoscaling: ${resourceId}: ${error instanceof Error ? error.message : String(error)}`,
        );
      });
  }
  return {
    alarmed(policyArn, alarm) {
      const policy = scaling.policies.get(policyArn);
      if (!policy) return;
      const invocations = noted.get(policy.resourceId) ?? [];
      noted.set(policy.resourceId, [...invocations, { policy, alarm }]);
      work = work.then(perform);
    },
    settled: () => work,
  };
}

async function scale(
  scaling: AutoScaling,
  resourceId: string,
  invocations: readonly Invocation[],
): Promise<void> {
  const { targets, region } = scaling;
  const capacity = await capacityOf(region, resourceId);
  const target = targets.get(resourceId);
  if (!target || !capacity) return;
  await fulfil(scaling, resourceId);
  const outcome = decide(target, scaling.policiesOf(resourceId), capacity, invocations, region.clock.now());
  if (!outcome) return;
  const { policy, alarm } = outcome.by;
  const cause = `monitor alarm ${alarm.name} in state ALARM triggered policy ${policy.name}`;
  if (outcome.direction === 'none') {
    if (outcome.reason) addNotScaled(scaling, resourceId, cause, [outcome.reason]);
    return;
  }
  if (await setDesiredCount(scaling, resourceId, outcome.capacity, cause))
    startCooldown(scaling, resourceId, outcome);
}

/** A scale-out ends the cooldown of a scale-in. https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html */
function startCooldown({ targets, region }: AutoScaling, resourceId: string, decision: Decision): void {
  const target = targets.get(resourceId);
  if (!target) return;
  const now = region.clock.now();
  const until = now + decision.cooldown * 1000;
  if (decision.direction === 'in') {
    targets.patch(resourceId, { scaleInAfter: until });
    return;
  }
  const running = Object.entries(target.scaledOut).filter(([, one]) => one.until > now);
  const own: Record<string, ScaleOut> = Object.fromEntries(running);
  own[decision.by.policy.arn] = { until, base: decision.base };
  targets.patch(resourceId, { scaledOut: own, scaleInAfter: undefined });
}
