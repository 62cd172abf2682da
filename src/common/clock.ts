/** Time as a value that is handed in, so that tests can run an hour of health checks in a moment. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `task` once after `delay` milliseconds; the returned function cancels it. */
  schedule(delay: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delay, task) {
    const timer = setTimeout(task, delay);
    return () => clearTimeout(timer);
  },
};

/** Time that goes `factor` times as fast as that of `clock`, from now on. */
export function scaledClock(clock: Clock, factor: number): Clock {
  if (factor === 1) return clock;
  const start = clock.now();
  return {
    now: () => start + (clock.now() - start) * factor,
    schedule: (delay, task) => clock.schedule(delay / factor, task),
  };
}

export function sleep(clock: Clock, delay: number): Promise<void> {
  return new Promise((resolve) => void clock.schedule(delay, resolve));
}

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves time on, running what falls due in order, and lets promises settle in between. */
  advance(milliseconds: number): Promise<void>;
  /** Milliseconds until the next task falls due; undefined where nothing is scheduled. */
  readonly untilNext: number | undefined;
}

export function manualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let now = start;
  let sequence = 0;
  const due = new Map<number, { at: number; task: () => void }>();
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const next = (until: number) =>
    [...due].filter(([, entry]) => entry.at <= until).sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0];
  return {
    now: () => now,
    get untilNext() {
      const entry = next(Infinity);
      return entry && entry[1].at - now;
    },
    schedule(delay, task) {
      const id = sequence++;
      due.set(id, { at: now + Math.max(0, delay), task });
      return () => void due.delete(id);
    },
    async advance(milliseconds) {
      const until = now + milliseconds;
      await settle();
      for (let entry = next(until); entry; entry = next(until)) {
        due.delete(entry[0]);
        now = entry[1].at;
        entry[1].task();
        await settle();
      }
      now = until;
      await settle();
    },
  };
}
