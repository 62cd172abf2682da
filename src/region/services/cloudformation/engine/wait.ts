import type { Region } from '../../../region.ts';

/** Steps that wait end with this when another step has failed, or the region stops. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** In case something changes that no write tells of. */
const lookAgain = 1000;

/** Calls `check` now, after writes to the tables, and now and then, until it gives something; never twice at once. */
export async function waitUntil<T>(
  { store, clock }: Pick<Region, 'store' | 'clock'>,
  tables: readonly string[],
  signal: AbortSignal,
  check: () => Promise<T | undefined>,
): Promise<T> {
  let wake = (): void => {};
  let written = false;
  const stop = store.watch(tables, () => {
    written = true;
    wake();
  });
  const cancel = (): void => wake();
  signal.addEventListener('abort', cancel);
  try {
    for (;;) {
      if (signal.aborted) throw new Cancelled();
      written = false;
      const result = await check();
      if (result !== undefined) return result;
      if (written || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        const cancelTimer = clock.schedule(lookAgain, resolve);
        wake = () => {
          cancelTimer();
          resolve();
        };
      });
    }
  } finally {
    stop();
    signal.removeEventListener('abort', cancel);
  }
}
