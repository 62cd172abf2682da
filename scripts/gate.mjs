// The whole gate: set-up, format, lint, types, bundle, tests. Ends with what could not be run here, and why.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const node = process.execPath;
const scratch = mkdtempSync(join(tmpdir(), 'fairway-gate-'));
const report = join(scratch, 'tests.json');
const tool = (name) => `node_modules/.bin/${name}`;
const steps = [
  ['packages', node, ['scripts/prepare.mjs', '--packages-only']],
  ['format', tool('oxfmt'), ['--check', '.']],
  ['lint', tool('oxlint'), ['--deny-warnings']],
  ['types', tool('tsc'), ['--noEmit']],
  ['bundle', node, ['scripts/build.mjs']],
  [
    'tests',
    tool('vitest'),
    ['run', '--reporter=default', '--reporter=json', `--outputFile=${report}`, ...process.argv.slice(2)],
  ],
];

for (const [name, command, args] of steps) {
  const began = Date.now();
  if (name !== 'packages') console.log(`\n── ${name}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (name === 'tests') summarize();
  if (status !== 0) {
    console.error(`\n${name} failed`);
    process.exitCode = status ?? 1;
    break;
  }
  console.log(`${name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
rmSync(scratch, { recursive: true, force: true });

/** What could not be run here, by name (a name says what is missing), and how many passed. */
function summarize() {
  let tests;
  try {
    tests = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return;
  }
  const all = tests.testResults.flatMap(({ assertionResults }) => assertionResults);
  const skipped = all.filter(({ status }) => status === 'skipped' || status === 'pending');
  if (skipped.length > 0) console.log(`\nNot run on this machine:`);
  for (const { fullName } of skipped) console.log(`  - ${fullName}`);
  console.log(`\n${tests.numPassedTests} passed, ${tests.numFailedTests} failed, ${skipped.length} skipped`);
}
