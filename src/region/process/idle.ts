import type { Region } from '../region.ts';

/** How long a region with nothing in it waits for the next call. */
const IDLE_MS = 10 * 60_000;
const LOOK_MS = 60_000;

/** Whether nothing is deployed: no stack, no service, no VPC that somebody made. */
export async function isIdle({ api }: Region): Promise<boolean> {
  const [{ Stacks = [] }, { clusterArns = [] }, { Vpcs = [] }] = await Promise.all([
    api.cloudformation.DescribeStacks({}),
    api.ecs.ListClusters({}),
    api.ec2.DescribeVpcs({}),
  ]);
  return Stacks.length === 0 && clusterArns.length === 0 && Vpcs.every(({ IsDefault }) => IsDefault);
}

export interface IdleWatch {
  /** Called for each request. */
  busy(): void;
  stop(): void;
}

/** Calls `onIdle` when nothing was deployed and nobody called for a while. */
export function watchIdle(region: Region, onIdle: () => void): IdleWatch {
  let last = region.clock.now();
  let cancel = region.clock.schedule(LOOK_MS, look);
  function look(): void {
    cancel = region.clock.schedule(LOOK_MS, look);
    if (region.clock.now() - last < IDLE_MS) return;
    void isIdle(region).then((idle) => {
      if (idle && region.clock.now() - last >= IDLE_MS) onIdle();
    });
  }
  return {
    busy: () => void (last = region.clock.now()),
    stop: () => cancel(),
  };
}
