import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createHome, type Home } from '../support/fairway.ts';

const FILE = `# a shop, as people write it
services:
  web: # the way in
    image: nginx:1.27   # pinned
    ports: ['80:80']
  carts:
    image: carts:1
    expose: ["8080"]
    volumes:
      - "./data:/var/lib/carts"   # orders

# what lasts
volumes:
  unused:
`;

let home: Home;
beforeAll(() => (home = createHome()));
afterAll(() => home.dispose());

const project = (name: string): { folder: string; text: () => string } => {
  const folder = home.folder(name);
  const file = join(folder, 'compose.yaml');
  writeFileSync(file, FILE);
  return { folder, text: () => readFileSync(file, 'utf8') };
};

/** At a terminal: each answer is typed when something is asked. */
function atTerminal(
  folder: string,
  answers: readonly string[],
): Promise<{ code: number | null; said: string }> {
  const cli = join(inject('installation'), 'dist', 'cli.mjs');
  const child = spawn(
    'script',
    ['--quiet', '--return', '--command', `'${process.execPath}' '${cli}' init`, '/dev/null'],
    { cwd: folder, env: { ...home.env, TERM: 'xterm' } },
  );
  let said = '';
  const left = [...answers];
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (/(\[\d?\]|\[Y\/n\]) (\S*)$/.test(said.slice(-40))) child.stdin.write(left.shift() ?? '\u0004');
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}

describe('fairway init', () => {
  test('at a terminal asks, shows the change, and writes what was answered, keeping every comment', async () => {
    const { folder, text } = project('answered');
    const { code, said } = await atTerminal(folder, ['web at 8080\r', '7\r', '2\r', '\r']);
    expect(code, said).toBe(0);
    expect(said).toContain('What calls carts?');
    expect(said).toContain('write a number from 1 to 2');
    expect(said).toContain('Write this? [Y/n]');
    expect(text()).toBe(
      FILE.replace('  web: # the way in\n', "  web: # the way in\n    x-aws: {calls: ['carts:8080']}\n")
        .replace('"./data:/var/lib/carts"', '"carts-carts:/var/lib/carts"')
        .replace('volumes:\n  unused:', 'volumes:\n  carts-carts: {x-aws: {state: ephemeral}}\n  unused:'),
    );
    expect((await home.run(['synth', '-o', '/dev/null'], { cwd: folder })).code).toBe(0);
  });

  test.each([
    ['an answer that says no', ['web at 8080\r', '\r', 'n\r'], 0],
    ['the end of what is typed', ['web at 8080\r'], 1],
    ['Ctrl-C', ['\u0003'], 1],
  ])('at a terminal writes nothing after %s', async (what, answers, expected) => {
    const { folder, text } = project(`left-${answers.length}`);
    const { code, said } = await atTerminal(folder, answers);
    expect(code, `${what}: ${said}`).toBe(expected);
    expect(said).toContain('nothing was written');
    expect(text()).toBe(FILE);
  });

  test('without a terminal shows what it would write, and with --yes writes it and tells what is left open', async () => {
    const { folder, text } = project('unasked');
    const shown = await home.run(['init'], { cwd: folder });
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('carts-carts: {x-aws: {state: efs}}');
    expect(text()).toBe(FILE);
    const written = await home.run(['init', '--yes'], { cwd: folder });
    expect(written.code).toBe(1);
    expect(written.stderr).toContain('one question is left open');
    expect(text()).toContain('"carts-carts:/var/lib/carts"   # orders');
  });

  test('tells what no answer mends', async () => {
    const { folder, text } = project('machine');
    writeFileSync(
      join(folder, 'compose.yaml'),
      "services:\n  watch:\n    image: watch:1\n    volumes: ['/proc:/host/proc:ro', 'd:/d']\nvolumes: {d: }\n",
    );
    const { code, stderr } = await home.run(['init', '--yes'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toContain('watch mounts /proc of this machine');
    expect(text()).toContain('{d: {x-aws: {state: efs}} }');
  });

  test('refuses what no one could ask about', async () => {
    const { folder } = project('broken');
    writeFileSync(join(folder, 'compose.yaml'), 'services: {a: {imag: b}}\n');
    expect((await home.run(['init', '--yes'], { cwd: folder })).code).toBe(2);
  });
});
