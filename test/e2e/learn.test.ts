import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createHome, eventually, users, type Home } from '../support/fairway.ts';

interface Answer {
  readonly name: string;
  readonly error?: string;
  readonly peers?: readonly Answer[];
}
const everyName = ({ name, error, peers = [] }: Answer): string[] => [
  ...(error === undefined ? [name] : [`${name}: ${error}`]),
  ...peers.flatMap(everyName),
];
const ALL = ['front', 'catalogue', 'carts', 'orders', 'payment', 'ledger', 'shipping', 'ledger'];

describe.each(users)('learning who calls whom, as $name', (user) => {
  let home: Home;
  let project: string;
  let lines = '';

  beforeAll(() => {
    home = createHome(user);
    project = home.folder('learn');
    cpSync(new URL('../fixtures/learn', import.meta.url).pathname, project, { recursive: true });
  });
  afterAll(() => home?.dispose());

  const whole = async (): Promise<string[]> => {
    const { urls } = await home.status(project);
    const answer = await fetch(urls[0]!);
    return everyName((await answer.json()) as Answer);
  };

  test('without it, the lines that are missing are asked for', async () => {
    const { code, stderr } = await home.run(['up', project]);
    expect(code).toBe(2);
    expect(stderr).toContain('nothing is known to call carts');
    expect(stderr).toContain('--learn');
  });

  test('it finds exactly the flows that the traffic makes', async () => {
    const learning = home.start(['-f', project, 'up', '--learn']);
    let said = '';
    learning.stdout!.setEncoding('utf8').on('data', (text: string) => (lines += text));
    learning.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text));
    await eventually(async () => said.includes('learning:'), 120, 'learning');
    // Connections before a name is registered fail, and are tried again.
    await eventually(async () => (await whole()).join() === ALL.join(), 60, 'an answer of all');
    const seen = ['catalogue', 'carts', 'orders', 'payment', 'shipping', 'ledger'];
    await eventually(async () => seen.every((name) => said.includes(`→ ${name}:`)), 30, 'the flows');
    const ended = new Promise((resolve) => learning.on('close', resolve));
    learning.kill('SIGINT');
    expect(await ended).toBe(0);
    lines = lines.slice(lines.indexOf('services:'));
    expect(parse(lines)).toEqual({
      services: {
        front: { 'x-aws': { calls: ['carts:8002', 'catalogue:8001', 'orders:8003'] } },
        orders: { 'x-aws': { calls: ['payment:8004', 'shipping:8005'] } },
        payment: { 'x-aws': { calls: ['ledger:8006'] } },
        shipping: { 'x-aws': { calls: ['ledger:8006'] } },
      },
    });
  });

  test('with the proposed lines it works without learning, and a flow that was not made is dropped', async () => {
    const learnt = join(project, 'learnt.yaml');
    writeFileSync(learnt, lines);
    const file = join(project, 'compose.yaml');
    const { code, stderr } = await home.run(['-f', file, '-f', learnt, 'up']);
    expect(stderr).toContain('learn is up');
    expect(code).toBe(0);
    await eventually(async () => (await whole()).join() === ALL.join(), 60, 'an answer of all');
    const probe = (port: number, name: string) =>
      home.run([
        '-f',
        file,
        'exec',
        'front',
        '--',
        'node',
        '-e',
        `require('net').connect({host:'${name}',port:${port},timeout:2000}).on('connect',()=>process.exit(0)).on('timeout',()=>process.exit(7)).on('error',()=>process.exit(8))`,
      ]);
    expect((await probe(8002, 'carts')).code).toBe(0);
    expect((await probe(8006, 'ledger')).code).toBe(7);
    const { stdout } = await home.run(['denials']);
    expect(stdout).toMatch(/front.*ledger.*8006/s);
  });
});
