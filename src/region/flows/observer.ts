import type { Clock } from '../../common/clock.ts';
import type { Flow, Network } from '../network/network.ts';
import { startReconciler } from '../reconciler.ts';
import type { Store } from '../store/store.ts';
import { merged, named, seenKey, type Addresses } from './merge.ts';
import type { Holder, SeenFlow } from './model.ts';

export interface ObserverOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: (message: string) => void;
  readonly network: Pick<Network, 'observe' | 'flows'>;
  /** The VPCs of a stack; none while it has none. */
  readonly vpcs: (stack: string) => Promise<readonly string[]>;
  /** `vpc address` → who holds it now. */
  readonly holders: () => Promise<ReadonlyMap<string, Holder>>;
  readonly place: Addresses['place'];
}
export interface Observer {
  /** Begins (with nothing seen) or ends observing a stack, which need not be there yet. */
  observe(stack: string, on: boolean): Promise<void>;
  /** What has been seen of a stack, whether or not it is still observed. */
  flows(stack: string): Promise<readonly SeenFlow[]>;
  isObserved(stack: string): boolean;
  stop(): Promise<void>;
}

interface Observed {
  readonly stack: string;
  readonly on: boolean;
  readonly vpcIds: readonly string[];
}

/**
 * Keeps which connections were really made, by the names that their ends had then. The kernel counts; it is asked when a name is about
 * to change and when somebody wants to know.
 */
export function startObserver(options: ObserverOptions): Observer {
  const { store, clock, log, network } = options;
  const observed = store.table<Observed>('flows/observed');
  const seen = store.table<SeenFlow>('flows/seen');
  const counted = new Map<string, number>();
  /** Who held an address last, so that flows of what is gone keep its name. */
  const holders = new Map<string, Holder>();
  let watched = '';

  const addresses: Addresses = {
    holder: (vpcId, address) => holders.get(`${vpcId} ${address}`),
    place: options.place,
  };

  async function harvest(): Promise<void> {
    for (const flow of await network.flows()) {
      const key = `${flow.vpcId} ${flow.from} ${flow.to} ${flow.protocol} ${flow.port}`;
      const before = counted.get(key) ?? 0;
      if (flow.count === before) continue;
      counted.set(key, flow.count);
      const news: Flow = { ...flow, count: flow.count > before ? flow.count - before : flow.count };
      const entry = named(news, addresses);
      const name = seenKey(entry);
      seen.put(name, merged(seen.get(name), entry));
    }
  }

  const reconciler = startReconciler({
    store,
    clock,
    log,
    name: 'flows',
    watch: ['flows/observed', 'ec2/vpcs', 'ec2/network-interfaces', 'ecs/tasks'],
    async run() {
      if (observed.size === 0 && watched === '') return;
      // First what was, under the names that were.
      if (watched !== '') await harvest();
      for (const { stack, on, vpcIds: before } of observed.values()) {
        const vpcIds = [...(await options.vpcs(stack))].sort();
        // Of a stack that is gone, what was seen can still be asked for.
        if (on && vpcIds.length > 0 && vpcIds.join() !== before.join()) observed.patch(stack, { vpcIds });
      }
      const wanted = [
        ...new Set([...observed.values()].flatMap(({ on, vpcIds }) => (on ? vpcIds : []))),
      ].sort();
      if (wanted.join() !== watched) {
        for (const key of counted.keys()) if (!wanted.includes(key.split(' ')[0] ?? '')) counted.delete(key);
        await network.observe(wanted);
        watched = wanted.join();
      }
      if (watched !== '') for (const [key, holder] of await options.holders()) holders.set(key, holder);
    },
  });

  return {
    async observe(stack, on) {
      const before = observed.get(stack);
      if (on && !before?.on)
        for (const [key, { vpcId }] of [...seen.keys()].map((name) => [name, seen.get(name)!] as const))
          if (before?.vpcIds.includes(vpcId)) seen.delete(key);
      if (on || before) observed.put(stack, { stack, on, vpcIds: before?.vpcIds ?? [] });
      await reconciler.settled();
    },
    async flows(stack) {
      await reconciler.settled();
      const vpcIds = observed.get(stack)?.vpcIds ?? [];
      return [...seen.values()]
        .filter(({ vpcId }) => vpcIds.includes(vpcId))
        .sort((one, other) => other.lastSeen - one.lastSeen || other.count - one.count);
    },
    isObserved: (stack) => observed.get(stack)?.on ?? false,
    async stop() {
      if (watched !== '') await reconciler.settled().catch(() => {});
      await reconciler.stop();
    },
  };
}
