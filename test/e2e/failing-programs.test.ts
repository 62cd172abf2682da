import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHome, type Home, type Status } from '../support/fairway.ts';
import { startLoad, type Load } from '../support/load.ts';

const PROGRAM = `
const { writeFileSync } = require('node:fs');
const mode = process.env.MODE;
console.log('begins as ' + mode);
if (mode === 'exits') {
  console.error('Error: /etc/app.json is not there');
  process.exit(3);
}
if (mode === 'hungry') {
  const held = [];
  for (;;) {
    held.push(Buffer.alloc(32 << 20, 1));
    if (held.length === 8) console.log('reads everything into memory');
  }
}
if (mode === 'sick') console.error('the database does not answer');
else writeFileSync('/tmp/healthy', '');
require('node:http').createServer((request, answer) => answer.end('served by ' + mode)).listen(3000);
process.on('SIGTERM', () => process.exit(0));
`;

/** One service, as it is now: what its program does, and what it asks for. */
const compose = (mode: string, { image = 'node:22', more = '' } = {}) => `services:
  web:
    image: ${image}
    command: [node, /app/program.js]
    volumes: ['./app:/app:ro']
    ports: ['3000:3000']
    environment: {MODE: ${mode}}
    healthcheck: {test: [CMD-SHELL, 'test -f /tmp/healthy'], interval: 5s, timeout: 4s, retries: 2}
${more}`;

const MISSING_SECRET = `    secrets: [token]
secrets:
  token: {external: true, name: shop/token}
`;

let home: Home;
let folder: string;
let before: Status;
let load: Load;

const write = (text: string) => writeFileSync(join(folder, 'compose.yaml'), text);

/** Runs up, and notes when each line came. */
async function up(): Promise<{ code: number | null; lines: { at: number; text: string }[]; ended: number }> {
  const child = home.start(['up', folder]);
  const lines: { at: number; text: string }[] = [];
  child.stdout!.resume();
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) if (line.trim()) lines.push({ at: Date.now(), text: line });
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, lines, ended: Date.now() };
}

beforeAll(async () => {
  home = createHome();
  folder = home.folder('shop');
  writeFileSync(join(home.folder('shop/app'), 'program.js'), PROGRAM);
  write(compose('well'));
  const { code, stderr } = await home.run(['up', folder, '--time-scale', '2']);
  expect(code, stderr).toBe(0);
  before = await home.status(folder);
  load = startLoad(before.urls[0]!, 2, 20);
});
afterAll(async () => {
  await load?.stop();
  await home?.dispose();
});

const same = (status: Status) => status.services.map(({ tasks }) => tasks.map(({ id }) => id));

test.each([
  ['exits at once', compose('exits'), 'ended with exit code 3', 'Error: /etc/app.json is not there'],
  [
    'never gets healthy',
    compose('sick'),
    'Task failed container health checks',
    'the database does not answer',
  ],
  ['is out of memory', compose('hungry'), 'OutOfMemoryError', 'reads everything into memory'],
  [
    'needs a missing secret',
    compose('well', { more: MISSING_SECRET }),
    'ResourceInitializationError',
    undefined,
  ],
])(
  'a program that %s: the cause is told while it goes on, and the old tasks serve all the time',
  async (_what, text, reason, said) => {
    write(text);
    const { code, lines } = await up();
    const printed = lines.map((line) => line.text);
    const all = printed.join('\n');
    expect(code, all).toBe(1);
    const told = printed.findIndex((line) => line.includes('a task of WebService stopped:'));
    expect(printed[told], all).toContain(reason);
    const failed = printed.findIndex((line) => / failed +web: the service/.test(line));
    const end = printed.findIndex((line) => line.includes('stack shop is UPDATE_ROLLBACK_COMPLETE'));
    expect(told).toBeLessThan(failed);
    expect(failed).toBeLessThan(end);
    expect(lines[told]!.at).toBeLessThan(lines[end]!.at);
    if (said !== undefined) {
      const words = printed.findIndex((line) => line.includes(said));
      expect(words).toBeGreaterThan(told);
      expect(words).toBeLessThan(failed);
      // The same stands at the end, where people look first.
      expect(printed.slice(end).join('\n')).toContain(said);
    }
    // Once per cause, and not again for each of the tasks that the breaker counts.
    expect(printed.filter((line) => line.includes('a task of WebService stopped:'))).toHaveLength(1);
    expect(printed[failed]).toContain('ECS Deployment Circuit Breaker was triggered');
    const after = await home.status(folder);
    expect(after.state).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(same(after)).toEqual(same(before));
  },
  180_000,
);

test('--cancel-on-first-failure goes back at the first task that does not stay', async () => {
  write(compose('exits'));
  const { code, stderr } = await home.run(['up', folder, '--cancel-on-first-failure']);
  expect(code, stderr).toBe(1);
  expect(stderr).toContain('cancelling the update of shop');
  expect(stderr).not.toContain('Circuit Breaker');
  expect(stderr.trimEnd().split('\n').at(-1)).toContain('Error: /etc/app.json is not there');
  // CloudFormation deploys the old task definition again, so that its tasks are new ones.
  const after = await home.status(folder);
  expect([after.state, after.services[0]!.healthy]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 1]);
  expect(await (await fetch(after.urls[0]!)).text()).toBe('served by well');
});

test('an image that cannot be had is refused before anything is changed', async () => {
  const running = await home.status(folder);
  write(compose('well', { image: 'nobody.invalid/none:1' }));
  const { code, stderr } = await home.run(['up', folder]);
  expect(code, stderr).toBe(2);
  expect(stderr).toContain('the image nobody.invalid/none:1 cannot be had');
  expect(same(await home.status(folder))).toEqual(same(running));
});

test('in all that time no request failed', async () => {
  const { requests, failures } = await load.stop();
  expect(requests).toBeGreaterThan(100);
  expect(failures).toEqual({});
});
