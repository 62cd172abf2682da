import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHome, eventually, pause, users, type Home } from '../support/fairway.ts';
import { startLoad, type Load } from './load.ts';

/** Three minutes, after which tasks may be added, take 6 s, and the fifteen after which they may be taken away half a minute. */
const SCALE = '30';

let home: Home;
let project: string;
const loads: Load[] = [];

beforeAll(async () => {
  home = createHome(users.at(-1));
  project = home.folder('scaling');
  cpSync(new URL('../fixtures/scaling', import.meta.url).pathname, project, { recursive: true });
  const { code, stderr } = await home.run(['up', project, '--time-scale', SCALE]);
  if (code !== 0) throw new Error(stderr);
});
afterAll(async () => {
  await Promise.all(loads.map((load) => load.stop()));
  await home?.dispose();
});

/** The desired counts of the services `requests` and `cpu`, and how many of their tasks are healthy. */
async function counts() {
  const { services } = await home.status(project);
  const [cpu, requests] = services;
  return { requests: requests!.desired, cpu: cpu!.desired, healthy: services.map(({ healthy }) => healthy) };
}
function load(port: number, path: string, perSecond: number): Load {
  const made = startLoad(`http://127.0.0.1:${port}`, { perSecond, keepAlive: true, path });
  loads.push(made);
  return made;
}
const servedBy = (load: Load, version: string): readonly string[] =>
  [...load.servedBy.keys()].filter((name) => name.startsWith(`${version}@`));

test('real requests and real work raise the number of tasks, `up` leaves it, and it falls with the load', async () => {
  expect(await counts()).toEqual({ requests: 1, cpu: 1, healthy: [1, 1] });
  expect((await home.run(['-f', project, 'status'])).stdout).toMatch(/requests +1\/1 \(1–3\)/);

  // 80 requests in each of the region's minutes, where a task is to have 30; and 0.4 cores of work, where a task has a quarter.
  const requests = load(8085, '/', 40);
  const busy = load(8086, '/busy', 20);
  await eventually(
    async () => {
      const now = await counts();
      return now.requests === 3 && now.cpu === 3 && now.healthy.join() === '3,3';
    },
    30,
    'three tasks of each',
  );
  await eventually(
    async () => servedBy(requests, 'first').length === 3 && servedBy(busy, 'first').length === 3,
    10,
    'answers of all tasks',
  );

  // A deployment, while the load goes on.
  const file = join(project, 'compose.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace("'first'", "'second'"));
  const seen: string[] = [];
  const updating = home.run(['up', project]);
  const over = updating.then(() => 'over');
  for (let state = ''; state !== 'over'; state = await Promise.race([over, pause(50).then(() => '')])) {
    const now = await counts();
    seen.push(`${now.requests},${now.cpu}`);
  }
  const { code, stderr } = await updating;
  expect(code, stderr).toBe(0);
  expect(seen.length).toBeGreaterThan(1);
  expect(new Set(seen)).toEqual(new Set(['3,3']));
  await eventually(
    async () => servedBy(requests, 'second').length === 3 && servedBy(busy, 'second').length === 3,
    10,
    'answers of all new tasks',
  );
  expect([...requests.failures, ...busy.failures]).toEqual([]);

  // Without any request the load balancer reports nothing, and what is missing moves nothing: so a few are left.
  await Promise.all([requests.stop(), busy.stop()]);
  const few = load(8085, '/', 2);
  await eventually(
    async () => {
      const now = await counts();
      return now.requests === 1 && now.cpu === 1 && now.healthy.join() === '1,1';
    },
    60,
    'one task of each',
  );
  expect(few.failures).toEqual([]);
});
