import { Agent, request } from 'node:http';

export interface LoadResult {
  readonly requests: number;
  /** Status codes other than 2xx and error codes, counted. */
  readonly failures: Readonly<Record<string, number>>;
  /** Values of the x-served-by header, counted. */
  readonly servedBy: Readonly<Record<string, number>>;
}

export interface Load {
  stop(): Promise<LoadResult>;
}

/** Constant load of some clients that keep their connections, until it is stopped. */
export function startLoad(url: string, clients = 8, spacing = 5): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const failures: Record<string, number> = {};
  const servedBy: Record<string, number> = {};
  let requests = 0;
  const stopping = new AbortController();
  const count = (record: Record<string, number>, key: string) => (record[key] = (record[key] ?? 0) + 1);

  const once = () =>
    new Promise<void>((resolve) => {
      requests++;
      const call = request(url, { agent, timeout: 20_000 }, (answer) => {
        const { statusCode = 0, headers } = answer;
        answer.resume();
        answer.on('end', () => {
          if (statusCode < 200 || statusCode > 299) count(failures, String(statusCode));
          else if (headers['x-served-by']) count(servedBy, String(headers['x-served-by']));
          resolve();
        });
        answer.on('error', (error: NodeJS.ErrnoException) => {
          count(failures, error.code ?? error.message);
          resolve();
        });
      });
      call.on('timeout', () => call.destroy(new Error('timeout')));
      call.on('error', (error: NodeJS.ErrnoException) => {
        count(failures, error.code ?? error.message);
        resolve();
      });
      call.end();
    });

  async function client(): Promise<void> {
    while (!stopping.signal.aborted) {
      await once();
      await new Promise<void>((resolve) => setTimeout(resolve, spacing));
    }
  }
  const running = Promise.all(Array.from({ length: clients }, client));
  return {
    async stop() {
      stopping.abort();
      await running;
      agent.destroy();
      return { requests, failures, servedBy };
    },
  };
}
