import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock, type ManualClock } from '../../../common/clock.ts';
import type { Apis, Internal, Region } from '../../region.ts';
import { openStore, type Store } from '../../store/store.ts';
import { createApis, type HandlersByService } from '../apis.ts';

export interface TestRegion extends Region {
  readonly clock: ManualClock;
  readonly logged: readonly string[];
  /** What `api` calls: put a service's handlers here once it is made. */
  readonly handlers: HandlersByService;
  /** The same state as a new process finds it. */
  restarted(): TestRegion;
  remove(): void;
}

/** A region without data plane, in a folder of its own, at a clock that stands still. */
export function testRegion({ region = 'eu-central-1', accountId = '123456789012' } = {}): TestRegion {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'fairway-region-'));
  const identity = {
    accountId,
    region,
    partition: 'aws',
    urlSuffix: 'amazonaws.com',
    stateDirectory,
  } as const;
  const file = join(stateDirectory, 'store.jsonl');
  const clock = manualClock();
  return open(openStore(file));

  function open(store: Store): TestRegion {
    const handlers: HandlersByService = {};
    const logged: string[] = [];
    const api: Apis = createApis(handlers, identity);
    return {
      identity,
      clock,
      pace: 'eager',
      store,
      api,
      handlers,
      logged,
      log: (message) => void logged.push(message),
      get internal(): Internal {
        throw new Error('this test region has no other services');
      },
      get plane(): Region['plane'] {
        throw new Error('this test region has no data plane');
      },
      restarted() {
        store.close();
        return open(openStore(file));
      },
      remove() {
        store.close();
        rmSync(stateDirectory, { recursive: true, force: true });
      },
    };
  }
}
