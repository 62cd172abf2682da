// The whole gate: set-up, format, lint, types, bundle, tests. Ends with what could not be run here, and why.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const node = process.execPath;
const tool = (name) => `node_modules/.bin/${name}`;
const steps = [
  ['packages', node, ['scripts/prepare.mjs', '--packages-only']],
  ['format', tool('oxfmt'), ['--check', '.']],
  ['lint', tool('oxlint'), ['--deny-warnings']],
  ['types', tool('tsc'), ['--noEmit']],
  ['bundle', node, ['scripts/build.mjs']],
  ['tests', tool('vitest'), ['run', ...process.argv.slice(2)]],
];

for (const [name, command, args] of steps) {
  const began = Date.now();
  if (name !== 'packages') console.log(`\n── ${name}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`\n${name} failed`);
    process.exit(status ?? 1);
  }
  console.log(`${name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
