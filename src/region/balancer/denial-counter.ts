/** Counts refused connections and passes the counts on about once a second: a flood must not flood the channel to the region. */
export function createDenialCounter(flush: (listenerArn: string, source: string, count: number) => void): {
  readonly count: (listenerArn: string, source: string) => void;
} {
  const counts = new Map<string, { listenerArn: string; source: string; count: number }>();
  return {
    count(listenerArn, source) {
      if (counts.size === 0)
        setTimeout(() => {
          for (const entry of counts.values()) flush(entry.listenerArn, entry.source, entry.count);
          counts.clear();
        }, 1000).unref();
      const key = `${listenerArn} ${source}`;
      const entry = counts.get(key) ?? { listenerArn, source, count: 0 };
      entry.count++;
      counts.set(key, entry);
    },
  };
}
