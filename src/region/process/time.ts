import { scaledClock, systemClock, type Clock } from '../../common/clock.ts';
import type { Store } from '../store/store.ts';

const SAVE_MS = 5_000;

/** The time that a region's records are written in. */
export interface RegionTime {
  readonly clock: Clock;
  /** Writes down how far it is: to be called at the end. */
  save(): void;
}

/**
 * Time that goes `scale` times as fast as the machine's. It never goes back: what a region that ran ahead has written is its past
 * after a restart too, at whatever scale, so that nothing waits for a moment that has been.
 */
export function regionTime(store: Store, scale: number, machine: Clock = systemClock): RegionTime {
  const table = store.table<{ readonly now: number }>('region/time');
  const ahead = Math.max(0, (table.get('')?.now ?? 0) - machine.now());
  if (scale === 1 && ahead === 0) return { clock: machine, save: () => undefined };
  const clock = scaledClock({ ...machine, now: () => machine.now() + ahead }, scale);
  const save = () => table.put('', { now: Math.ceil(clock.now()) });
  let cancel = machine.schedule(SAVE_MS, again);
  function again(): void {
    save();
    cancel = machine.schedule(SAVE_MS, again);
  }
  return {
    clock,
    save() {
      cancel();
      save();
    },
  };
}
