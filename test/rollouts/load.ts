import { Agent, request } from 'node:http';

export interface Failure {
  /** A status code other than 2xx, or the code of an error. */
  readonly outcome: string;
  /** When the request was sent (milliseconds since the epoch). */
  readonly sentAt: number;
}
export interface Load {
  readonly sent: number;
  /** Requests sent and not answered yet. */
  readonly waiting: number;
  readonly failures: readonly Failure[];
  /** Who answered (the field x-served-by) → how often. */
  readonly servedBy: ReadonlyMap<string, number>;
  /** Requests that are bound to fail, to see that failures are seen. Resolves when all have come to an end. */
  sabotage(count: number): Promise<void>;
  /** Resolves when every request has come to an end. */
  stop(): Promise<void>;
}

/** So many requests per second, each sent when it is due, whether or not those before it have been answered. */
export function startLoad(
  url: string,
  { perSecond, keepAlive, path = '/' }: { perSecond: number; keepAlive: boolean; path?: string },
): Load {
  const agent = new Agent({ keepAlive, maxFreeSockets: 64 });
  const failures: Failure[] = [];
  const servedBy = new Map<string, number>();
  const pending = new Set<Promise<void>>();
  let sent = 0;

  function send(to: string): void {
    const sentAt = Date.now();
    const failed = (outcome: string) => void failures.push({ outcome, sentAt });
    sent++;
    const done = new Promise<void>((resolve) => {
      const call = request(new URL(to, url), { agent, timeout: 30_000 }, (answer) => {
        const { statusCode = 0, headers } = answer;
        answer.resume();
        answer.on('end', () => {
          const by = String(headers['x-served-by']);
          if (statusCode < 200 || statusCode > 299) failed(String(statusCode));
          else servedBy.set(by, (servedBy.get(by) ?? 0) + 1);
          resolve();
        });
        answer.on('error', (error: NodeJS.ErrnoException) => {
          failed(error.code ?? error.message);
          resolve();
        });
      });
      call.on('timeout', () => call.destroy(new Error('no answer')));
      call.on('error', (error: NodeJS.ErrnoException) => {
        failed(error.code ?? error.message);
        resolve();
      });
      call.end();
    }).finally(() => pending.delete(done));
    pending.add(done);
  }

  const startedAt = performance.now();
  let due = 0;
  const timer = setInterval(() => {
    const until = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; due < until; due++) send(path);
  }, 5);
  return {
    get sent() {
      return sent;
    },
    get waiting() {
      return pending.size;
    },
    failures,
    servedBy,
    async sabotage(count) {
      for (let index = 0; index < count; index++) send('/hang-up');
      await Promise.all(pending);
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
      agent.destroy();
    },
  };
}
