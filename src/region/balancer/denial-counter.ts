import type { FromBalancer } from './protocol.ts';

type Denied = Extract<FromBalancer, { kind: 'denied' }>;

/** Counts refused connections and passes the counts on about once a second: a flood must not flood the channel to the region. */
export function createDenialCounter(flush: (denied: Denied) => void): {
  readonly count: (denied: Omit<Denied, 'kind' | 'count'>) => void;
} {
  const counts = new Map<string, Denied>();
  return {
    count(denied) {
      if (counts.size === 0)
        setTimeout(() => {
          for (const entry of counts.values()) flush(entry);
          counts.clear();
        }, 1000).unref();
      const { listenerArn, transport = 'tcp', source, target = '' } = denied;
      const key = `${listenerArn} ${transport} ${source} ${target}`;
      counts.set(key, { ...denied, kind: 'denied', count: (counts.get(key)?.count ?? 0) + 1 });
    },
  };
}
