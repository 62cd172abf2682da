import { systemClock, type Clock } from '../../common/clock.ts';
import type { Region } from '../region.ts';

/** How long a region with nothing in it waits for the next call. */
const IDLE_MS = 10 * 60_000;
const LOOK_MS = 60_000;

/** Whether there is nothing: no stack, no cluster, no VPC and no repository that somebody made. */
export async function isIdle({ api, store }: Pick<Region, 'api' | 'store'>): Promise<boolean> {
  const [{ Stacks = [] }, { clusterArns = [] }, { Vpcs = [] }] = await Promise.all([
    api.cloudformation.DescribeStacks({}),
    api.ecs.ListClusters({}),
    api.ec2.DescribeVpcs({}),
  ]);
  // Those that builds filled, without anybody's making them, wait in the cache for the next build.
  const repositories = store.table('ecr/repositories').size;
  const vpcs = Vpcs.filter(({ IsDefault }) => !IsDefault).length;
  return Stacks.length + clusterArns.length + vpcs + repositories === 0;
}

export interface IdleWatch {
  /** Called for each request. */
  busy(): void;
  stop(): void;
}

/** Calls `onIdle` when nothing was deployed and nobody called for a while. */
export function watchIdle(region: Region, onIdle: () => void, clock: Clock = systemClock): IdleWatch {
  let last = clock.now();
  let cancel = clock.schedule(LOOK_MS, look);
  function look(): void {
    cancel = clock.schedule(LOOK_MS, look);
    if (clock.now() - last < IDLE_MS) return;
    void isIdle(region).then((idle) => {
      if (idle && clock.now() - last >= IDLE_MS) onIdle();
    });
  }
  return {
    busy: () => void (last = clock.now()),
    stop: () => cancel(),
  };
}
