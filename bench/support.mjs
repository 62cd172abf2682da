import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const cli = join(root, 'dist/cli.mjs');

/** Runs a program to its end; rejects with what it wrote where it fails. Returns seconds and output. */
export function run(command, args, options = {}) {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve({ seconds: (performance.now() - began) / 1000, stdout, stderr })
        : reject(new Error(`${command} ${args.join(' ')} exited ${code}: ${stderr || stdout}`)),
    );
  });
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
export const round = (number, digits = 2) => Number(number.toFixed(digits));

/** A scratch folder that is gone after `work`. */
export async function scratch(work) {
  const folder = mkdtempSync(join(tmpdir(), 'fairway-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Environment of a region of its own, with the user's cache of images and packages. */
export const ownRegion = (folder) => ({
  ...process.env,
  XDG_STATE_HOME: join(folder, 'state'),
  XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
});

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
