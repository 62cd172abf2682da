import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parseInvocation } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { command } from './draw.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const golden = (name: string) => join(root, 'src/drawing/golden', name);
const scratch = mkdtempSync(join(tmpdir(), 'fairway-draw-'));
afterAll(() => rmSync(scratch, { recursive: true }));

async function draw(...args: string[]): Promise<string> {
  let printed = '';
  const terminal = { out: (text: string) => (printed += text) } as unknown as Terminal;
  const invocation = parseInvocation(command, { before: [], after: args }, { terminal, env: {}, cwd: root });
  expect(await command.run(invocation)).toBe(0);
  return printed;
}
const template = (name: string) => `src/drawing/testing/${name}.yaml`;

/** The reference systems, and what their authors got wrong. */
const SYSTEMS = [
  'monolith',
  'monolith-fargate',
  'messages',
  'messages-closed',
  'messages-ec2',
  'todo',
  'todo-closed',
  'shop',
  'shop-closed',
];

describe.each(SYSTEMS)('%s', (name) => {
  it('is drawn as it was', async () =>
    expect(await draw(template(name), '--region', 'eu-west-1')).toMatchFileSnapshot(golden(`${name}.svg`)));
});

it('draws a project as docs show it', async () =>
  expect(await draw('examples/jobs')).toMatchFileSnapshot(join(root, 'docs/images/jobs.svg')));

it.each(['drawio', 'mmd'])('writes .%s by the name of the file', async (format) => {
  const file = join(scratch, `shop.${format}`);
  expect(await draw(template('shop-closed'), '-o', file)).toBe('');
  await expect(readFileSync(file, 'utf8')).toMatchFileSnapshot(golden(`shop-closed.${format}`));
});

it('tells between what auto scaling keeps a service', async () =>
  expect(await draw('src/architect/golden/requests-scaled.yaml')).toContain('>×2–8<'));

it('tells which formats there are', async () => {
  await expect(draw('examples/jobs', '-o', join(scratch, 'jobs.png'))).rejects.toThrow(
    /ends in none of \.svg, \.drawio, \.mmd/,
  );
});

it('draws blocked flows in red with the id of the check, and tells what closes them', async () => {
  const blocked = await draw(template('todo-closed'));
  expect(blocked).toContain('class="wire blocked"');
  expect(blocked).toMatch(/blocked-text"[^>]*>database-unreachable :5432</);
  expect(blocked).toMatch(/no inbound rule of DatabaseGroup/);
  expect(await draw(template('todo'))).not.toContain('class="wire blocked"');
});
