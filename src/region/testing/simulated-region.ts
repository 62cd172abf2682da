import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock, type ManualClock } from '../../common/clock.ts';
import { assembleRegion } from '../assemble.ts';
import { namespaceOf } from '../network/namespace.ts';
import type { Apis, Pace, Region } from '../region.ts';
import { openStore, type Store, type Table } from '../store/store.ts';
import type { Program } from './programs.ts';
import { simulatedBalancer } from './simulated-balancer.ts';
import { simulatedRuntime } from './simulated-runtime.ts';

export interface SimulatedRegion {
  readonly region: Region;
  readonly api: Apis;
  readonly clock: ManualClock;
  /** What programs do, by image reference; those not named serve at once. */
  readonly programs: Map<string, Program | 'missing'>;
  readonly tables: ReadonlyMap<string, Table<object>>;
  readonly logged: readonly string[];
  /** Containers that run. */
  readonly running: number;
  /** Moves time; everything that follows from one moment has happened before the next. */
  advance(milliseconds: number): Promise<void>;
  /** Moves time until `check` gives something; throws when it has not after `limit` milliseconds of the region's time. */
  until<T>(check: () => Promise<T | undefined> | T | undefined, limit?: number): Promise<T>;
  /** `listener` is called whenever all that follows from one moment has happened. */
  onMoment(listener: () => void): void;
  stop(): Promise<void>;
}

/** How often what has been begun at one moment may go on before time moves. */
const rounds = 12;

/**
 * A whole region, every service of it real, under a clock that is moved by hand: only the kernel and the programs are simulated, and
 * a load balancer's program runs in this process.
 */
export async function simulatedRegion({
  pace = 'aws',
}: { readonly pace?: Pace } = {}): Promise<SimulatedRegion> {
  const clock = manualClock();
  const stateDirectory = mkdtempSync(join(tmpdir(), 'fairway-simulated-'));
  const programs = new Map<string, Program | 'missing'>();
  const tables = new Map<string, Table<object>>();
  const logged: string[] = [];
  const runtime = simulatedRuntime(clock, programs);
  const assembly = assembleRegion({
    identity: {
      accountId: '123456789012',
      region: 'us-east-1',
      partition: 'aws',
      urlSuffix: 'amazonaws.com',
      stateDirectory,
    },
    store: recorded(openStore(), tables),
    clock,
    pace,
    log: (message) => void logged.push(message),
    nodePath: '',
    balancerProgram: '',
    plane({ internal }) {
      const answer = (address: string): number | undefined => {
        const holder = internal.ec2
          .topology()
          .interfaces.find(({ privateAddress }) => privateAddress === address);
        return holder && runtime.answer(namespaceOf(holder.description));
      };
      return {
        runtime,
        netd: {
          spawn: () => simulatedBalancer(clock, answer),
          run: async () => ({ code: 0, signal: null, stdout: '', stderr: '' }),
          close: async () => {},
          ended: new Promise(() => {}),
          ids: 'single',
        },
        network: {
          settled: async () => {},
          denials: async () => [],
          observe: async () => {},
          flows: async () => [],
          buildNamespace: async () => '',
        },
        hostPorts: {
          mapping: new Map(),
          claim: () => Promise.reject(new Error('a simulated region has no sockets')),
          claimSockets: async (_key, port) => ({ port }),
          release: () => {},
        },
      };
    },
  });
  await assembly.start();

  const listeners: (() => void)[] = [];
  async function settle(): Promise<void> {
    for (let round = 0; round < rounds; round++) await clock.advance(0);
    for (const listener of listeners) listener();
  }
  /** Moves to the next moment at which something is due, no farther than `limit`; gives how far. */
  async function step(limit: number): Promise<number> {
    await settle();
    const moved = Math.min(limit, Math.max(1, clock.untilNext ?? limit));
    await clock.advance(moved);
    return moved;
  }
  return {
    region: assembly.region,
    api: assembly.region.api,
    clock,
    programs,
    tables,
    logged,
    get running() {
      return runtime.running.size;
    },
    async advance(milliseconds) {
      for (let left = milliseconds; left > 0;) left -= await step(left);
      await settle();
    },
    async until(check, limit = 3 * 60 * 60 * 1000) {
      for (let left = limit; left > 0;) {
        await settle();
        const found = await check();
        if (found !== undefined) return found;
        left -= await step(left);
      }
      throw new Error(`it has not come to it after ${limit / 1000} s of the region's time`);
    },
    onMoment: (listener) => void listeners.push(listener),
    async stop() {
      const stopping = assembly.stop();
      await settle();
      await stopping;
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}

function recorded(store: Store, tables: Map<string, Table<object>>): Store {
  return {
    ...store,
    table(name, options) {
      const table = store.table(name, options);
      tables.set(name, table as unknown as Table<object>);
      return table as never;
    },
  };
}
