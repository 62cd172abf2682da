import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchPaths, type Watching } from './changes.ts';

let root: string;
let watching: Watching;
let seen: string[];
const until = async (path: string) => {
  for (let waited = 0; !seen.includes(path); waited += 10) {
    if (waited > 5000) throw new Error(`${path} was not seen, only ${seen.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'fairway-watch-'));
  mkdirSync(join(root, 'node_modules/a'), { recursive: true });
  mkdirSync(join(root, 'src'));
  seen = [];
  watching = watchPaths(
    [root],
    (directory) => directory.endsWith('/node_modules'),
    (paths) => seen.push(...paths),
  );
  await watching.ready;
});
afterEach(() => {
  watching.close();
  rmSync(root, { recursive: true });
});

it('sees files that are written, replaced, removed, and those of new folders', async () => {
  writeFileSync(join(root, 'src/a.ts'), '1');
  await until(join(root, 'src/a.ts'));
  seen = [];
  writeFileSync(join(root, 'new.ts'), '2');
  renameSync(join(root, 'new.ts'), join(root, 'src/a.ts'));
  await until(join(root, 'src/a.ts'));
  seen = [];
  rmSync(join(root, 'src/a.ts'));
  await until(join(root, 'src/a.ts'));
  mkdirSync(join(root, 'src/deep/er'), { recursive: true });
  writeFileSync(join(root, 'src/deep/er/b.ts'), '3');
  await until(join(root, 'src/deep/er/b.ts'));
  seen = [];
  writeFileSync(join(root, 'src/deep/er/b.ts'), '4');
  await until(join(root, 'src/deep/er/b.ts'));
});

it('does not look into folders that are skipped', async () => {
  writeFileSync(join(root, 'node_modules/a/index.js'), '1');
  writeFileSync(join(root, 'src/z.ts'), '1');
  await until(join(root, 'src/z.ts'));
  expect(seen.filter((path) => path.includes('node_modules/a'))).toEqual([]);
});
