import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, kill, pause } from '../support/fairway.ts';
import { startLoad, type Failure } from './load.ts';
import { broken, impatient, wellBehaved } from './program.ts';
import { startRolloutRegion, type RolloutRegion } from './region.ts';
import type { Rollout } from './template.ts';

/** How long each is kept under load; with more, rollouts have more time to go wrong. */
const seconds = Number(process.env.FAIRWAY_ROLLOUT_SECONDS ?? 20);
/** Requests per second on kept connections, and as many on new ones. */
const perSecond = 40;

let region: RolloutRegion;
const ports = new Map<string, number>();

beforeAll(async () => {
  const service = async (name: string, more: Partial<Rollout> = {}): Promise<Rollout> => {
    const port = await freePort();
    ports.set(name, port);
    return { name, port, count: 2, delay: 4, ...more };
  };
  region = await startRolloutRegion([
    await service('rolling'),
    await service('scaling'),
    await service('crashing', { count: 3, command: wellBehaved('crashing') }),
    await service('failing'),
    await service('forced'),
    await service('careless', { delay: 0, command: impatient('careless') }),
  ]);
});
afterAll(() => region?.dispose());

interface Seen {
  readonly failures: readonly Failure[];
  /** Who answered, by host. */
  readonly servedBy: ReadonlySet<string>;
}
/** Does something to a service under constant load, and looks on until its targets have settled and the time is over. */
async function underLoad(
  name: string,
  act: () => Promise<unknown>,
  { path = '/', duration = seconds } = {},
): Promise<Seen> {
  const url = `http://127.0.0.1:${ports.get(name)}`;
  const until = Date.now() + duration * 1000;
  const loads = [true, false].map((keepAlive) => startLoad(url, { perSecond, keepAlive, path }));
  await pause(1000);
  await act();
  await eventually(
    async () => Object.values(await region.targets(name)).every((state) => state === 'healthy'),
    60,
    `the end of draining of ${name}`,
  );
  // Tasks get their SIGTERM when their targets are gone.
  await pause(Math.max(2000, until - Date.now()));
  const failures = loads.flatMap((load) => load.failures);
  // The same generators see failures: whoever asks for it is hung up on.
  for (const load of loads) {
    const before = load.failures.length;
    await load.sabotage(5);
    expect(load.failures.slice(before).map(({ outcome }) => outcome)).toEqual(Array(5).fill('502'));
  }
  await Promise.all(loads.map((load) => load.stop()));
  expect(Math.min(...loads.map(({ sent }) => sent))).toBeGreaterThan((duration * perSecond) / 2);
  return { failures, servedBy: new Set(loads.flatMap(({ servedBy }) => [...servedBy.keys()])) };
}

const versions = ({ servedBy }: Seen) => [...new Set([...servedBy].map((name) => name.split('@')[0]))].sort();

describe.concurrent(`${seconds} s of constant load`, () => {
  test('a rolling update', async () => {
    const seen = await underLoad('rolling', async () => {
      const taskDefinition = await region.revise('rolling', wellBehaved('v2'));
      await region.update('rolling', { taskDefinition });
      await region.steady('rolling');
    });
    expect(seen.failures).toEqual([]);
    expect(versions(seen)).toEqual(['v1', 'v2']);
  });

  test('a scale-out and a scale-in', async () => {
    const seen = await underLoad('scaling', async () => {
      await region.update('scaling', { desiredCount: 4 });
      await region.steady('scaling');
      await eventually(
        async () => Object.values(await region.targets('scaling')).every((state) => state === 'healthy'),
        30,
        'four healthy targets',
      );
      await pause(1000);
      await region.update('scaling', { desiredCount: 1 });
      await region.steady('scaling');
    });
    expect(seen.failures).toEqual([]);
    expect(seen.servedBy.size).toBe(4);
  });

  test('a crash of one of three: only what was on its way to it fails', async () => {
    let killedAt = 0;
    let leftAt = 0;
    const seen = await underLoad('crashing', async () => {
      const before = Object.keys(await region.targets('crashing'));
      const [pid] = tasksOf('crashing');
      killedAt = Date.now();
      kill(pid!, 'SIGKILL');
      await eventually(
        async () => {
          const now = await region.targets('crashing');
          return before.some((address) => now[address] !== 'healthy');
        },
        10,
        'the end of the task as a target',
      );
      leftAt = Date.now();
      await region.steady('crashing');
    });
    expect(seen.failures.filter(({ sentAt }) => sentAt < killedAt - 1000 || sentAt > leftAt)).toEqual([]);
    expect(seen.servedBy.size).toBe(4);
  });

  test('a deployment that never runs, rolled back by the circuit breaker', async () => {
    const [before] = (await region.describe('failing')).deployments ?? [];
    const seen = await underLoad('failing', async () => {
      const taskDefinition = await region.revise('failing', broken);
      await region.update('failing', { taskDefinition });
      await eventually(
        async () => (await region.describe('failing')).taskDefinition === before!.taskDefinition,
        60,
        'the rollback',
      );
      await region.steady('failing');
    });
    expect(seen.failures).toEqual([]);
    expect(versions(seen)).toEqual(['v1']);
    expect((await region.describe('failing')).events?.map(({ message }) => message).join('\n')).toContain(
      'rolling back to deployment',
    );
  });

  test('a forced new deployment', async () => {
    const seen = await underLoad('forced', async () => {
      await region.update('forced', { forceNewDeployment: true });
      await region.steady('forced');
    });
    expect(seen.failures).toEqual([]);
    expect(seen.servedBy.size).toBe(4);
  });

  test('what AWS promises nothing for is seen to fail: no delay, and a program that drops its requests', async () => {
    const scaleIn = () => region.update('careless', { desiredCount: 1 });
    const seen = await underLoad('careless', scaleIn, { path: '/slow', duration: 5 });
    expect(seen.failures.length).toBeGreaterThan(0);
    expect(new Set(seen.failures.map(({ outcome }) => outcome))).toEqual(new Set(['502']));
  });
});

/** Processes of the tasks whose program goes by this name. */
function tasksOf(version: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const [program, option, , name] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return program === 'node' && option === '-e' && name === version ? [Number(pid)] : [];
      } catch {
        return [];
      }
    });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
