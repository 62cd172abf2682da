/** Many may work at once; who must be alone waits for them and lets nobody in meanwhile. */
export interface Gate {
  shared<T>(work: () => Promise<T>): Promise<T>;
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(): Gate {
  const working = new Set<Promise<unknown>>();
  let closed: Promise<unknown> | undefined;
  return {
    async shared(work) {
      for (let wait = closed; wait; wait = closed) await wait;
      const running = work();
      working.add(running);
      try {
        return await running;
      } finally {
        working.delete(running);
      }
    },
    async alone(work) {
      const before = closed;
      const running = (async () => {
        await before;
        await Promise.allSettled(working);
        return work();
      })();
      const ended = running
        .catch(() => undefined)
        .finally(() => {
          if (closed === ended) closed = undefined;
        });
      closed = ended;
      return running;
    },
  };
}
