import type { Clock } from '../common/clock.ts';
import type { Store } from './store/store.ts';

export interface ReconcilerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: (message: string) => void;
  readonly name: string;
  /** Table name prefixes whose writes wake it. */
  readonly watch: readonly string[];
  /**
   * Observes, compares, acts. Returns when it wants to look again (milliseconds from now), or nothing to sleep until a write.
   * Never runs twice at once.
   */
  readonly run: () => Promise<number | void> | number | void;
}
export interface Reconciler {
  wake(): void;
  /** Resolves after a complete run that began after this call. Rejects with that run's error. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** The loop around a controller: woken by writes, by time, or by hand; a failure is logged and tried again a second later. */
export function startReconciler({ store, clock, log, name, watch, run }: ReconcilerOptions): Reconciler {
  let waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let cancelTimer = () => {};

  async function cycle(): Promise<void> {
    const served = waiting;
    waiting = [];
    again = false;
    cancelTimer();
    try {
      const delay = await run();
      if (typeof delay === 'number' && !stopped) cancelTimer = clock.schedule(delay, wake);
      for (const { resolve } of served) resolve();
    } catch (error) {
      if (!stopped) log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      for (const { reject } of served) reject(error);
      if (!stopped) cancelTimer = clock.schedule(1000, wake);
    }
  }
  function wake(): void {
    if (stopped) return;
    if (running) {
      again = true;
      return;
    }
    running = cycle().finally(() => {
      running = undefined;
      if (again || waiting.length > 0) wake();
    });
  }
  const unwatch = store.watch(watch, wake);
  wake();
  return {
    wake,
    settled: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        wake();
      }),
    async stop() {
      stopped = true;
      unwatch();
      cancelTimer();
      await running;
    },
  };
}
