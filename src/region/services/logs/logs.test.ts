import * as fc from 'fast-check';
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testRegion, type TestRegion } from '../../gateway/testing/region.ts';
import type { Internal } from '../../region.ts';
import { MOST_SEGMENTS, openEventFile, SEGMENT_BYTES } from './event-file.ts';
import { compilePattern } from './filter-pattern.ts';
import { createLogs } from './index.ts';

let region: TestRegion;
let logs: TestRegion['api']['logs'];
let inside: Internal['logs'];
function mount(): void {
  const service = createLogs(region);
  region.handlers.logs = service.handlers;
  inside = service.internal;
  ({ logs } = region.api);
}
beforeEach(() => {
  region = testRegion();
  mount();
});
afterEach(() => region.remove());

const append = (stream: string, ...messages: string[]) =>
  inside.append(
    'g',
    stream,
    messages.map((message) => ({ timestamp: region.clock.now(), message })),
  );
const filtered = async (input: object = {}) =>
  ((await logs.FilterLogEvents({ logGroupName: 'g', ...input })).events ?? []).map(({ message }) => message);

test('groups are made, described, tagged, kept and deleted', async () => {
  await logs.CreateLogGroup({ logGroupName: 'g', tags: { a: 'b' } });
  await expect(logs.CreateLogGroup({ logGroupName: 'g' })).rejects.toMatchObject({
    code: 'ResourceAlreadyExistsException',
  });
  await expect(logs.CreateLogGroup({ logGroupName: 'g h' })).rejects.toMatchObject({
    code: 'InvalidParameterException',
  });
  await expect(logs.PutRetentionPolicy({ logGroupName: 'g', retentionInDays: 2 })).rejects.toThrow('Value');
  await logs.PutRetentionPolicy({ logGroupName: 'g', retentionInDays: 1 });
  const { logGroups: [group] = [] } = await logs.DescribeLogGroups({});
  expect(group).toMatchObject({
    arn: 'arn:aws:logs:eu-central-1:123456789012:log-group:g:*',
    retentionInDays: 1,
    storedBytes: 0,
  });
  await logs.TagResource({ resourceArn: group?.arn, tags: { c: 'd' } });
  expect((await logs.ListTagsForResource({ resourceArn: group?.logGroupArn })).tags).toEqual({
    a: 'b',
    c: 'd',
  });
  append('s', 'gone with the group');
  await logs.DeleteLogGroup({ logGroupName: 'g' });
  expect(readdirSync(join(region.identity.stateDirectory, 'logs'))).toEqual([]);
  await logs.CreateLogGroup({ logGroupName: 'g' });
  expect(await filtered()).toEqual([]);
});

test('what a container writes is there at once; the group must exist, the stream is made', async () => {
  expect(() => append('s', 'x')).toThrow('The specified log group does not exist.');
  await logs.CreateLogGroup({ logGroupName: 'g' });
  append('s');
  append('s', 'one', '', 'two\nlines');
  expect(await filtered()).toEqual(['one', 'two\nlines']);
  expect((await logs.DescribeLogStreams({ logGroupName: 'g' })).logStreams).toMatchObject([
    { logStreamName: 's', lastEventTimestamp: region.clock.now() },
  ]);
});

test('streams are merged by time; following finds each event once', async () => {
  await logs.CreateLogGroup({ logGroupName: 'g' });
  const begun = region.clock.now();
  for (const [stream, message] of [
    ['a', '1'],
    ['b', '2'],
    ['a', '3'],
  ] as const) {
    append(stream, message);
    await region.clock.advance(10);
  }
  expect(await filtered()).toEqual(['1', '2', '3']);
  expect(await filtered({ startTime: begun + 10 })).toEqual(['2', '3']);
  expect(await filtered({ endTime: begun + 10 })).toEqual(['1', '2']);
  expect(await filtered({ logStreamNames: ['a'] })).toEqual(['1', '3']);
  expect(await filtered({ logStreamNamePrefix: 'b' })).toEqual(['2']);
});

test('pages join to the whole, whatever is written in between', async () => {
  await logs.CreateLogGroup({ logGroupName: 'g' });
  for (let count = 0; count < 10; count++) append(count % 3 ? 'a' : 'b', `m${count}`);
  const seen: (string | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.FilterLogEvents({
      logGroupName: 'g',
      limit: 3,
      ...(nextToken ? { nextToken } : {}),
    });
    seen.push(...(page.events ?? []).map(({ message }) => message));
    if (seen.length === 3) append('a', 'late');
    ({ nextToken } = page);
  } while (nextToken);
  expect([...seen].sort()).toEqual([...Array.from({ length: 10 }, (_, count) => `m${count}`), 'late'].sort());
  await expect(logs.FilterLogEvents({ logGroupName: 'g', nextToken: 'x' })).rejects.toThrow('nextToken');
});

test('GetLogEvents reads from either end, and its tokens repeat at the end', async () => {
  await logs.CreateLogGroup({ logGroupName: 'g' });
  append('s', '1', '2', '3', '4', '5');
  const get = (input: object) =>
    logs.GetLogEvents({ logGroupName: 'g', logStreamName: 's', limit: 2, ...input });
  const messages = ({ events = [] }: Awaited<ReturnType<typeof get>>) => events.map(({ message }) => message);
  const latest = await get({});
  expect(messages(latest)).toEqual(['4', '5']);
  expect(messages(await get({ nextToken: latest.nextBackwardToken }))).toEqual(['2', '3']);
  const end = await get({ nextToken: latest.nextForwardToken });
  expect([messages(end), end.nextForwardToken]).toEqual([[], latest.nextForwardToken]);
  append('s', '6');
  expect(messages(await get({ nextToken: end.nextForwardToken }))).toEqual(['6']);
  expect(messages(await get({ startFromHead: true }))).toEqual(['1', '2']);
});

test('batches are checked; old and new events are left out and named', async () => {
  await logs.CreateLogGroup({ logGroupName: 'g' });
  await logs.CreateLogStream({ logGroupName: 'g', logStreamName: 's' });
  const now = region.clock.now();
  const put = (...times: number[]) =>
    logs.PutLogEvents({
      logGroupName: 'g',
      logStreamName: 's',
      logEvents: times.map((timestamp) => ({ timestamp, message: String(timestamp - now) })),
    });
  await expect(put(now, now - 1)).rejects.toThrow('chronological');
  const hour = 3_600_000;
  expect((await put(now - 15 * 24 * hour, now - 15 * 24 * hour)).rejectedLogEventsInfo).toEqual({
    tooOldLogEventEndIndex: 2,
  });
  expect((await put(now, now + 3 * hour)).rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
  expect(await filtered()).toEqual(['0']);
});

test('retention ends events', async () => {
  await logs.CreateLogGroup({ logGroupName: 'g' });
  await logs.PutRetentionPolicy({ logGroupName: 'g', retentionInDays: 1 });
  append('s', 'old');
  await region.clock.advance(23 * 3_600_000);
  append('s', 'new');
  expect(await filtered()).toEqual(['old', 'new']);
  await region.clock.advance(2 * 3_600_000);
  expect(await filtered()).toEqual(['new']);
});

test('events survive a restart, except a line that a crash cut short', async () => {
  await logs.CreateLogGroup({ logGroupName: 'g' });
  append('s', 'kept');
  const directory = join(region.identity.stateDirectory, 'logs');
  const file = readdirSync(directory, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('.log'),
  );
  appendFileSync(join(directory, file!), '[1,2,"cut sh');
  region = region.restarted();
  mount();
  append('s', 'after');
  expect(await filtered()).toEqual(['kept', 'after']);
});

test('a stream has a bound: its oldest segment goes, and that is said', () => {
  const folder = mkdtempSync(join(tmpdir(), 'events-'));
  try {
    const dropped: number[] = [];
    const file = openEventFile(folder, 1, (bytes) => void dropped.push(bytes));
    const message = 'x'.repeat(1024 * 1024);
    for (let count = 0; count < 90; count++) file.append([{ timestamp: count, message }], 0);
    expect(file.size).toBeLessThanOrEqual(MOST_SEGMENTS * (SEGMENT_BYTES + message.length * 2));
    expect(dropped.length).toBeGreaterThan(0);
    const everything = { start: 0, end: Infinity };
    const [latest] = file.backward(file.end, everything);
    expect(latest?.timestamp).toBe(89);
    const reopened = openEventFile(folder, 1, () => {});
    expect([reopened.end, reopened.firstTime]).toEqual([file.end, file.firstTime]);
    expect([...reopened.forward(0, everything)].map(({ timestamp }) => timestamp)).toEqual(
      [...file.forward(0, everything)].map(({ timestamp }) => timestamp),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('reading forward and backward agree, in any order of times and range', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ timestamp: fc.nat(50), message: fc.string({ maxLength: 30_000, minLength: 1 }) })),
      fc.nat(50),
      fc.nat(50),
      (events, start, end) => {
        const folder = mkdtempSync(join(tmpdir(), 'events-'));
        try {
          const file = openEventFile(folder, 1, () => {});
          for (const event of events) file.append([event], 0);
          const wanted = events.filter(({ timestamp }) => timestamp >= start && timestamp < end);
          const plain = (read: Iterable<{ timestamp: number; message: string }>) =>
            [...read].map(({ timestamp, message }) => ({ timestamp, message }));
          expect(plain(file.forward(0, { start, end }))).toEqual(wanted);
          expect(plain(file.backward(file.end, { start, end })).reverse()).toEqual(wanted);
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    ),
    { numRuns: 30 },
  );
});

test.each([
  ['', 'anything', true],
  ['ERROR', 'an ERROR here', true],
  ['ERROR', 'an error here', false],
  ['a b', 'b then a', true],
  ['a b', 'only a', false],
  ['?x ?y', 'y it is', true],
  ['?x ?y', 'none', false],
  ['a -c', 'a and b', true],
  ['a -c', 'a and c', false],
  ['"out of memory"', 'killed: out of memory', true],
  [String.raw`"say \"hi\""`, 'say "hi"', true],
])('the pattern %s on %s: %s', (pattern, message, expected) => {
  expect(compilePattern(pattern)(message)).toBe(expected);
});

test.each(['{ $.a = 1 }', '[a, b]', '%x%', 'a.b', '"open'])('the pattern %s is refused', (pattern) => {
  expect(() => compilePattern(pattern)).toThrow(/pattern/);
});
