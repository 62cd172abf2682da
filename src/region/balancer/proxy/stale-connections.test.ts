import { afterEach, describe, expect, test } from 'vitest';
import { exchange, openedHere, rawUpstream, serve, type Config } from '../testing.ts';

const { use, closeAll } = openedHere();
afterEach(closeAll);
const balancer = (config: Config, options = {}) => use(serve(config, options));

describe('stale connections', () => {
  /** Answers `limit` requests on each connection and closes it when the next one arrives. */
  const fickle = (limit: number) =>
    use(
      rawUpstream((socket) => {
        let count = 0;
        socket.on('data', () => {
          if (++count > limit) socket.destroy();
          else socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`);
        });
      }),
    );
  const four = (method: string) =>
    `${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`.repeat(3) +
    `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  const statuses = (response: string) =>
    [...response.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => Number(match[1]));

  test('a request that may be repeated goes out again on a fresh connection', async () => {
    const upstream = await fickle(1);
    const { port } = await balancer({ targets: [upstream.target] });
    expect(statuses(await exchange(port, four('PUT')))).toEqual([200, 200, 200, 200]);
  });
  test('one that may not is answered with 502, as AWS does', async () => {
    const upstream = await fickle(1);
    const { port } = await balancer({ targets: [upstream.target] });
    expect(statuses(await exchange(port, four('POST')))).toEqual([200, 502, 200, 502]);
  });
});
