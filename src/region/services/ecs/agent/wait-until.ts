import type { Region } from '../../../region.ts';

/** How often a condition is looked at that no write tells of, while something waits for it. */
const poll = 1000;

/** Resolves once `condition` holds: looked at after each write to the named tables, and now and then. */
export function waitUntil(
  { store, clock }: Pick<Region, 'store' | 'clock'>,
  watch: readonly string[],
  condition: () => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    let cancel = () => {};
    let unwatch = () => {};
    const look = () => {
      cancel();
      if (condition()) {
        unwatch();
        resolve();
      } else cancel = clock.schedule(poll, look);
    };
    unwatch = store.watch(watch, look);
    look();
  });
}
