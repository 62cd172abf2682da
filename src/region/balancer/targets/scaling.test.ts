import { Agent, request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { httpUpstream, openedHere, serve, type Config, type Upstream } from '../testing.ts';

const { use, closeAll } = openedHere();
afterEach(closeAll);
const balancer = (config: Config, options = {}) => use(serve(config, options));

describe('scaling under load', () => {
  test('targets that come, drain and go fail no request', async () => {
    const named = (name: string) =>
      use(
        httpUpstream((incoming, response) => {
          incoming.resume();
          incoming.on('end', () => setTimeout(() => response.end(name), Math.random() * 5));
        }),
      );
    const [a, b, c] = await Promise.all([named('a'), named('b'), named('c')]);
    const served = await balancer({ targets: [a.target] });
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const seen = new Map<string, number>();
    const load = { running: true };
    const failures: unknown[] = [];
    const client = async () => {
      for (let count = 0; load.running; count++)
        await new Promise<void>((resolve) => {
          const outgoing = request(
            {
              agent,
              port: served.port,
              method: count % 2 ? 'POST' : 'GET',
              headers: { 'content-length': 1 },
            },
            (response) => {
              let text = '';
              response.on('data', (chunk) => (text += chunk));
              response.on('end', () => {
                if (response.statusCode === 200) seen.set(text, (seen.get(text) ?? 0) + 1);
                else failures.push(response.statusCode);
                resolve();
              });
            },
          );
          outgoing.on('error', (error) => {
            failures.push(error);
            resolve();
          });
          outgoing.end('x');
        });
    };
    const clients = Array.from({ length: 16 }, client);
    const requests = async (count: number) => {
      const total = () => [...seen.values()].reduce((sum, value) => sum + value, 0);
      const goal = total() + count;
      while (total() < goal && failures.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const drain = (upstream: Upstream) => ({ ...upstream.target, draining: true });
    for (let round = 0; round < 3; round++) {
      await requests(100);
      served.apply({ targets: [a.target, b.target, c.target] });
      await requests(200);
      served.apply({ targets: [a.target, drain(b), drain(c)] });
      await requests(100);
      served.apply({ targets: [a.target] });
    }
    load.running = false;
    await Promise.all(clients);
    agent.destroy();
    expect(failures).toEqual([]);
    expect(Math.min(...['a', 'b', 'c'].map((name) => seen.get(name) ?? 0))).toBeGreaterThan(50);
  });
});
