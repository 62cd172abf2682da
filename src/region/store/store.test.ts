import fc from 'fast-check';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairway-store-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => join(folder, `${files++}.journal`);
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('what was put is there after a restart, dates and bytes too', () => {
  const file = newFile();
  const record = { at: new Date(1.7e12), bytes: Buffer.from('x'), nested: { list: [1, undefined, 'a'] } };
  const store = openStore(file);
  store.table('a').put('1', record);
  store.table('a').put('2', { gone: true });
  store.table('a').delete('2');
  store.close();
  const table = openStore(file).table<typeof record>('a');
  expect([...table.keys()]).toEqual(['1']);
  expect(table.get('1')!.at).toEqual(record.at);
  expect(Buffer.from(table.get('1')!.bytes)).toEqual(record.bytes);
});

test('any sequence of writes reads the same after a restart as before it', () => {
  const write = fc.record({
    table: fc.constantFrom('a', 'b'),
    id: fc.constantFrom('1', '2', '3'),
    value: fc.option(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
      const file = newFile();
      const store = openStore(file);
      for (const { table, id, value } of writes)
        if (value) store.table(table).put(id, { ...value });
        else store.table(table).delete(id);
      const dump = (from: typeof store) =>
        ['a', 'b'].map((name) =>
          [...from.table(name).keys()].map((id) => [id, { ...from.table(name).get(id) }]),
        );
      const before = dump(store);
      store.close();
      const again = openStore(file);
      expect(dump(again)).toEqual(before);
      again.close();
    }),
    { numRuns: 50 },
  );
});

test('a line that a crash cut short is left out', () => {
  const file = newFile();
  const store = openStore(file);
  store.table('a').put('1', { value: 1 });
  store.close();
  appendFileSync(file, '["a","2",{"val');
  const again = openStore(file);
  expect([...again.table('a').keys()]).toEqual(['1']);
  again.close();
  expect(readFileSync(file, 'utf8')).not.toContain('"2"');
});

test('a volatile table starts empty', () => {
  const file = newFile();
  const store = openStore(file);
  store.table('v', { volatile: true }).put('1', { value: 1 });
  store.close();
  expect(openStore(file).table('v', { volatile: true }).size).toBe(0);
});

test('a watch is told once for many writes, and only of its own prefixes', async () => {
  const store = openStore();
  let told = 0;
  const end = store.watch(['ec2/'], () => told++);
  store.table('ec2/vpcs').put('1', {});
  store.table('ec2/subnets').put('1', {});
  store.table('ecs/tasks').put('1', {});
  await turn();
  expect(told).toBe(1);
  end();
  store.table('ec2/vpcs').put('2', {});
  await turn();
  expect(told).toBe(1);
});
