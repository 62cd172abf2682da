import { Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { statistics } from './statistics.ts';

/** Long enough to be seen on the page, short enough not to bore. */
const STEP_MS = Number(process.env.STEP_MS ?? 150);

const connection = new Redis(process.env.REDIS_URL!, { maxRetriesPerRequest: null });
connection.on('error', (error) => console.error(`redis: ${error.message}`));

async function work(job: Job<{ text: string }>) {
  console.log(`job ${job.id}: started`);
  const result: Record<string, unknown> = {};
  for (const [index, [name, compute]] of statistics.entries()) {
    await sleep(STEP_MS);
    result[name] = compute(job.data.text);
    await job.updateProgress(Math.round((100 * (index + 1)) / statistics.length));
  }
  console.log(`job ${job.id}: done`);
  return { ...result, worker: hostname() };
}

// A worker that is killed leaves its job locked: the lock is short, so that a successor takes the job up soon.
const worker = new Worker('texts', work, {
  connection,
  concurrency: 4,
  lockDuration: 4_000,
  stalledInterval: 2_000,
  maxStalledCount: 5,
});
worker.on('ready', () => console.log('waiting for jobs'));
worker.on('failed', (job, error) => console.error(`job ${job?.id}: ${error.message}`));
worker.on('stalled', (id) => console.log(`job ${id}: its worker is gone, starting it again`));
worker.on('error', (error) => console.error(error.message));

process.on('SIGTERM', async () => {
  console.log('stopping: finishing what is begun');
  await worker.close();
  process.exit(0);
});
