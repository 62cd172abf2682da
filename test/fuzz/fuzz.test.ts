import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { targetsOf } from './targets.ts';
import type { Found, Work } from './work.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 4);
/** Of each kind; `npm run test:fuzz` makes fifty thousand. */
const MUTATIONS = Number(process.env['FUZZ_MUTATIONS'] ?? 300);
/** A mutation that takes longer hangs. */
const LONGEST = 20_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fairway-fuzz-'));
const program = join(folder, 'worker.mjs');

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    sourcemap: 'inline',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.concurrent('mutated', () => {
  it.each(['template', 'compose'] as const)(
    '%s files are read, or told what is wrong with its place',
    { timeout: 7_200_000 },
    async (target) => {
      const began = Date.now();
      const found: Found[] = [];
      for (let from = 0; from < MUTATIONS;) from = await run(target, from, (one) => void found.push(one));
      process.stdout.write(
        `fuzz: ${MUTATIONS} mutated ${target} files, ${((Date.now() - began) / 1000).toFixed(1)} s, seed ${SEED}: ${found.length} failed\n`,
      );
      const kinds = new Map<string, Found[]>();
      for (const one of found) kinds.set(one.kind, [...(kinds.get(one.kind) ?? []), one]);
      const told = [...kinds.values()].map((same) => {
        const [shortest] = same.toSorted((a, b) => a.text.length - b.text.length);
        const { of, index, said, text } = shortest!;
        return `${same.length} times, for example mutation ${index}, of ${of}:\n${said.split('\n').slice(0, 6).join('\n')}\n---\n${text}\n---`;
      });
      expect(told.join('\n\n')).toBe('');
    },
  );
});

/** Works on until the end, or a mutation hangs; where to go on. */
function run(target: Work['target'], from: number, onFound: (found: Found) => void): Promise<number> {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  progress[0] = from;
  const work: Work = { root, target, seed: SEED, from, to: MUTATIONS, progress };
  const worker = new Worker(program, { workerData: work, execArgv: ['--enable-source-maps'] });
  return new Promise((resolve, reject) => {
    let last = { index: from, since: Date.now() };
    const watch = setInterval(() => {
      const index = progress[0]!;
      if (index !== last.index) last = { index, since: Date.now() };
      if (Date.now() - last.since < LONGEST) return;
      clearInterval(watch);
      const { of, text } = targetsOf(root)
        .find(({ name }) => name === target)!
        .mutation(SEED, index);
      onFound({ index, of, kind: 'hang', said: `nothing came of it in ${LONGEST / 1000} s`, text });
      void worker.terminate().then(() => resolve(index + 1));
    }, 500);
    worker.on('message', onFound);
    worker.on('error', (error) => {
      clearInterval(watch);
      reject(error);
    });
    worker.on('exit', () => {
      clearInterval(watch);
      resolve(progress[0]!);
    });
  });
}
