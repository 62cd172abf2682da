import { serve } from '@hono/node-server';
import { Queue } from 'bullmq';
import { Hono } from 'hono';
import { Redis } from 'ioredis';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Seconds that a name's old address may be used by a peer: the TTL of the service's record, and a little more. */
const LINGER_MS = 6_000;
const LONGEST_TEXT = 200_000;

const connection = new Redis(process.env.REDIS_URL!, { maxRetriesPerRequest: 2 });
connection.on('error', (error) => console.error(`redis: ${error.message}`));
const jobs = new Queue('texts', {
  connection,
  defaultJobOptions: { removeOnComplete: 200, removeOnFail: 200, attempts: 3 },
});

const app = new Hono();

app.use(async (context, next) => {
  await next();
  context.header('x-served-by', hostname());
});

app.get('/api/health', (context) => context.json({ status: 'ok', host: hostname() }));

app.post('/api/jobs', async (context) => {
  const body: { text?: unknown } = await context.req.json().catch(() => ({}));
  const { text } = body;
  if (typeof text !== 'string' || text.trim() === '')
    return context.json({ error: 'send {"text": "…"}, with a text that is not empty' }, 400);
  if (text.length > LONGEST_TEXT)
    return context.json(
      { error: `the text has ${text.length} characters; ${LONGEST_TEXT} is the most` },
      413,
    );
  const job = await jobs.add('statistics', { text });
  return context.json({ id: job.id }, 202, { location: `/api/jobs/${job.id}` });
});

app.get('/api/jobs', async (context) => {
  const recent = await jobs.getJobs(['active', 'waiting', 'completed', 'failed'], 0, 19);
  const known = recent.filter(Boolean).sort((a, b) => b.timestamp - a.timestamp);
  return context.json({ served: hostname(), jobs: await Promise.all(known.map(describe)) });
});

app.get('/api/jobs/:id', async (context) => {
  const job = await jobs.getJob(context.req.param('id'));
  return job ? context.json(await describe(job)) : context.json({ error: 'no such job' }, 404);
});

async function describe(job: Awaited<ReturnType<typeof jobs.getJob>> & object) {
  return {
    id: job.id,
    state: await job.getState(),
    progress: job.progress,
    text: String(job.data.text).slice(0, 80),
    result: job.returnvalue ?? undefined,
    error: job.failedReason,
  };
}

app.onError((error, context) => {
  console.error(error.message);
  return context.json({ error: 'the queue cannot be reached' }, 503);
});

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 5000) }, ({ port }) =>
  console.log(`listening on port ${port}`),
);

process.on('SIGTERM', async () => {
  console.log(`stopping: serving on for ${LINGER_MS / 1000} s, while names still lead here`);
  await sleep(LINGER_MS);
  server.close(() => process.exit(0));
  await sleep(2_000);
  process.exit(0);
});
