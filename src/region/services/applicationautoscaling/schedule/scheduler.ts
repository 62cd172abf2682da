import { addActivity } from '../activities.ts';
import { keepWithinBounds } from '../scaling/bounds.ts';
import type { AutoScaling, ScheduledRecord } from '../state.ts';
import { readSchedule } from './expression.ts';

export interface Scheduler {
  /** Looks again when the next action is due. */
  wake(): void;
  stop(): void;
}

/** A timer of Node's takes no longer delay. */
const LONGEST = 24 * 3_600_000;

/** When an action is due next, between its start and its end. */
function nextDue(action: ScheduledRecord, now: number): number | undefined {
  const { schedule, timezone = 'UTC', startTime, endTime, createdAt } = action;
  const begin = (startTime ?? createdAt).getTime();
  const after = startTime ? Math.max(now, startTime.getTime() - 1) : now;
  const at = readSchedule(schedule, timezone, begin)?.(after);
  return at !== undefined && (!endTime || at <= endTime.getTime()) ? at : undefined;
}

/** Takes scheduled actions when they are due; what was missed is not made up for. */
export function createScheduler(scaling: AutoScaling): Scheduler {
  const { region, scheduled } = scaling;
  let cancel = (): void => {};
  let stopped = false;

  function wake(): void {
    cancel();
    cancel = () => {};
    if (stopped) return;
    const now = region.clock.now();
    const due = [...scheduled.values()].flatMap((action) => {
      const at = nextDue(action, now);
      return at === undefined ? [] : [{ arn: action.arn, at }];
    });
    if (due.length === 0) return;
    const at = Math.min(...due.map((one) => one.at));
    cancel = region.clock.schedule(Math.min(at - now, LONGEST), () => {
      if (region.clock.now() >= at) for (const one of due) if (one.at === at) void run(one.arn);
      wake();
    });
  }
  async function run(arn: string): Promise<void> {
    const action = scheduled.get(arn);
    if (!action) return;
    try {
      await act(scaling, action);
    } catch (error) {
      region.log(
        `applicationautoscaling: ${action.name}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  return {
    wake,
    stop() {
      stopped = true;
      cancel();
    },
  };
}

/**
 * New bounds, and a count within them; cooldowns do not hold it up.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html
 */
async function act(scaling: AutoScaling, { name, resourceId, action }: ScheduledRecord): Promise<void> {
  const target = scaling.targets.get(resourceId);
  if (!target || target.suspended.ScheduledScalingSuspended) return;
  const min = action.MinCapacity ?? target.min;
  const max = action.MaxCapacity ?? target.max;
  const words = [
    ...(action.MinCapacity === undefined ? [] : [`min capacity to ${min}`]),
    ...(action.MaxCapacity === undefined ? [] : [`max capacity to ${max}`]),
  ].join(' and ');
  const told = { Description: `Setting ${words}`, Cause: `scheduled action name ${name} was triggered` };
  if (min > max) {
    addActivity(scaling, resourceId, {
      ...told,
      StatusCode: 'Failed',
      StatusMessage: `Failed to set ${words}. Reason: Maximum capacity cannot be less than minimum capacity`,
    });
    return;
  }
  scaling.targets.patch(resourceId, { min, max });
  addActivity(scaling, resourceId, {
    ...told,
    StatusCode: 'Successful',
    StatusMessage: `Successfully set ${words}`,
  });
  await keepWithinBounds(scaling, resourceId);
}
