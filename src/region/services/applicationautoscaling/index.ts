import type { Internal, Region, Service } from '../../region.ts';
import { activityHandlers, fulfil, pendingActivity } from './activities.ts';
import { policyHandlers } from './policies.ts';
import { createScaler } from './scaling/scaler.ts';
import { createScheduler } from './schedule/scheduler.ts';
import { scheduledHandlers } from './scheduled-actions.ts';
import { createState, type Sdk } from './state.ts';
import { tagHandlers } from './tags.ts';
import { targetHandlers } from './targets.ts';

/** Application Auto Scaling: desired counts of ECS services that follow metrics and schedules. */
export function createApplicationAutoScaling(
  region: Region,
): Service<Sdk, Internal['applicationautoscaling']> {
  const scaling = createState(region);
  const scaler = createScaler(scaling);
  const scheduler = createScheduler(scaling);
  let unwatch = (): void => {};
  return {
    handlers: {
      ...targetHandlers(scaling, scheduler.wake),
      ...policyHandlers(scaling),
      ...scheduledHandlers(scaling, scheduler.wake),
      ...activityHandlers(scaling),
      ...tagHandlers(scaling),
    },
    internal: { alarmed: scaler.alarmed },
    start() {
      unwatch = region.store.watch(['ecs/services', 'ecs/tasks'], () => {
        for (const id of pendingActivity(scaling)) void fulfil(scaling, id);
      });
      scheduler.wake();
    },
    stop() {
      unwatch();
      scheduler.stop();
    },
  };
}
