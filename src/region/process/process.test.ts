import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createHostPorts, listen } from '../host-ports.ts';
import { openStore } from '../store/store.ts';
import { takeLock } from './lock.ts';
import { pathsOf } from './paths.ts';
import { encodeFrame, frameReader } from './protocol.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairway-process-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('frames come out as they went in, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.integer({ min: 1, max: 9 }),
      (payloads, size) => {
        const bytes = Buffer.concat(payloads.map((payload) => encodeFrame(1, payload)));
        const seen: string[] = [];
        const read = frameReader((_type, payload) => seen.push(payload.toString('hex')));
        for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
        expect(seen).toEqual(payloads.map((payload) => Buffer.from(payload).toString('hex')));
      },
    ),
  );
});

test('a lock is taken once; one whose holder has ended is taken over', () => {
  const file = join(folder, 'lock');
  expect(takeLock(file)).toBe(true);
  expect(takeLock(file)).toBe(false);
  // A process id that is in use again, by a process that began at another time.
  writeFileSync(file, JSON.stringify({ pid: process.pid, began: '1' }));
  expect(takeLock(file)).toBe(true);
  writeFileSync(file, '');
  expect(takeLock(file)).toBe(true);
});

test('paths follow XDG, and a socket path is never too long for the kernel', () => {
  expect(pathsOf({ HOME: '/home/a' })).toMatchObject({
    state: '/home/a/.local/state/fairway',
    cache: '/home/a/.cache/fairway',
  });
  expect(pathsOf({ HOME: `/home/${'a'.repeat(200)}` }).socket.length).toBeLessThan(108);
});

test('a listener gets its own port, else one from 8000 on, and the same one again', async () => {
  const store = openStore();
  const blocker = (await listen(0))!;
  const { port: taken } = blocker.address() as { port: number };
  const first = createHostPorts(store);
  const claimed = await first.claim('listener', taken);
  expect(claimed.port).toBeGreaterThanOrEqual(8000);
  expect(first.mapping.get('listener')).toBe(claimed.port);
  await new Promise<void>((resolve) => claimed.server.close(() => resolve()));
  const again = await createHostPorts(store).claim('listener', taken);
  expect(again.port).toBe(claimed.port);
  again.server.close();
  blocker.close();
});
