// What a clone needs before its first command: a Node that is new enough, the packages of the lock file, the bundle.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `fairway: Node.js 20.19 or newer is needed; this is ${process.versions.node} (${process.execPath})`,
  );
  process.exit(1);
}

const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
const installed = 'node_modules/.fairway-lock';

/** Two first commands at once: the second waits for the first. */
function holding(work) {
  const mutex = '.fairway-preparing';
  for (;;) {
    try {
      mkdirSync(mutex);
      break;
    } catch {
      const age = existsSync(mutex) ? Date.now() - statSync(mutex).mtimeMs : 0;
      if (age > 10 * 60_000) rmSync(mutex, { recursive: true, force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    work();
  } finally {
    rmSync(mutex, { recursive: true, force: true });
  }
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  console.error(`fairway: ${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`);
  rmSync('.fairway-preparing', { recursive: true, force: true });
  process.exit(1);
}

const isInstalled = () => existsSync(installed) && readFileSync(installed, 'utf8') === lock;

holding(() => {
  if (!isInstalled()) {
    console.error('fairway: installing what this clone needs (once) …');
    run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error']);
    writeFileSync(installed, lock);
  }
  if (process.argv.includes('--packages-only')) return;
  console.error('fairway: building (once per change) …');
  run(process.execPath, ['scripts/build.mjs']);
});
