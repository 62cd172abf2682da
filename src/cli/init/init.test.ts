import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseInvocation } from '../command.ts';
import { command } from '../commands/init.ts';
import { loadProject } from '../project.ts';
import { createTerminal } from '../terminal.ts';

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'fairway-init-'))));
afterEach(() => rmSync(home, { recursive: true }));

function invocation(...args: string[]) {
  const said: string[] = [];
  const stream = { write: (text: string) => said.push(text), isTTY: false } as unknown as NodeJS.WriteStream;
  const terminal = createTerminal(stream, stream, {});
  return {
    said,
    invocation: parseInvocation(command, { before: [], after: args }, { terminal, env: {}, cwd: home }),
  };
}
const write = (files: Record<string, string>) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
};

const SHOP = {
  'compose.yaml': `# the shop
services:
  front: # the way in
    build: ./front
    ports: ['80:8080']
  carts: {image: 'carts:1'}
  cache:
    image: redis:7
    volumes: ['cached:/data']
volumes:
  cached:
`,
  'front/Dockerfile': 'FROM node:20\nCOPY . .\n',
  'front/server.js':
    "const carts = process.env.CARTS || 'http://carts:8080';\nconst redis = connect('redis://cache');\n",
  'front/node_modules/x/index.js': "call('http://cache:1')",
};

it('shows what it would write, and writes nothing unasked', async () => {
  write(SHOP);
  const { said, invocation: asked } = invocation();
  expect(await command.run(asked)).toBe(0);
  expect(said.join('')).toContain("x-aws: {calls: ['cache:6379', 'carts:8080']}");
  expect(said.join('')).toContain('nothing was written');
  expect(readFileSync(join(home, 'compose.yaml'), 'utf8')).toBe(SHOP['compose.yaml']);
});

it('with --yes writes what makes the design possible, and has no question left', async () => {
  write(SHOP);
  const { invocation: asked } = invocation('--yes');
  await expect(loadProject(asked, undefined, { target: 'aws' })).rejects.toThrow(
    'nothing is known to call carts',
  );
  expect(await command.run(asked)).toBe(0);
  expect(readFileSync(join(home, 'compose.yaml'), 'utf8')).toBe(`# the shop
services:
  front: # the way in
    x-aws: {calls: ['cache:6379', 'carts:8080']}
    build: ./front
    ports: ['80:8080']
  carts: {image: 'carts:1'}
  cache:
    image: redis:7
    volumes: ['cached:/data']
volumes:
  cached: {x-aws: {state: ephemeral}}
`);
  const { design } = await loadProject(asked, undefined, { target: 'aws' });
  expect(design.edges.map(({ from, to, port }) => `${from} → ${to}:${port}`)).toEqual([
    'front → cache:6379',
    'front → carts:8080',
  ]);
  const { said, invocation: again } = invocation();
  await command.run(again);
  expect(said.join('')).toContain('nothing is open');
});

it('leaves open what nothing speaks for', async () => {
  write({ 'compose.yaml': "services:\n  a: {image: 'a:1', ports: ['80:80']}\n  b: {image: 'b:1'}\n" });
  const { said, invocation: asked } = invocation('--yes');
  expect(await command.run(asked)).toBe(1);
  expect(said.join('')).toContain('one question is left open');
});
