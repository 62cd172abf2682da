/** Many may work at once; who must be alone waits for them and lets nobody in meanwhile. */
export interface Gate {
  shared<T>(work: () => Promise<T>): Promise<T>;
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(): Gate {
  const working = new Set<Promise<unknown>>();
  let exclusive: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    async shared(work) {
      while (waiting > 0) await exclusive;
      const running = work();
      working.add(running);
      try {
        return await running;
      } finally {
        working.delete(running);
      }
    },
    alone(work) {
      waiting++;
      const before = exclusive;
      const running = (async () => {
        await before;
        await Promise.allSettled([...working]);
        return work();
      })().finally(() => waiting--);
      exclusive = running.catch(() => undefined);
      return running;
    },
  };
}
