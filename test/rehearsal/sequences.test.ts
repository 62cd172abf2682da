import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dump } from './dump.ts';
import { floorWatch, orphans } from './invariants.ts';
import { rehearsal, type Rehearsal } from './rehearsal.ts';
import type { Shape } from './shape.ts';
import { bad, good, shapes } from './shapes.ts';

/** 1,000 in full: `npm run test:rehearsal`. */
const SEQUENCES = Number(process.env['REHEARSAL_SEQUENCES'] ?? 40);
const SEED = Number(process.env['REHEARSAL_SEED'] ?? 20_261_121);
const QUIET = 300_000;

type Step =
  | { readonly kind: 'deploy'; readonly stack: Stack; readonly shape: Shape }
  /** The next step comes this many seconds later, whatever is under way. */
  | { readonly kind: 'interrupted'; readonly stack: Stack; readonly shape: Shape; readonly seconds: number }
  | { readonly kind: 'cancel'; readonly stack: Stack }
  | { readonly kind: 'delete'; readonly stack: Stack; readonly seconds: number };
type Stack = 'one' | 'two';

const stack = fc.constantFrom<Stack>('one', 'two');
const seconds = fc.integer({ min: 0, max: 120 });
const shape = shapes([...good, ...good, ...bad]).chain((made) =>
  fc
    .option(fc.subarray(['Group', 'Logs0', 'WebTask', 'ApiService', 'WorkerTask']), {
      nil: undefined,
      freq: 5,
    })
    .map((doomedAfter) => (doomedAfter ? { ...made, doomedAfter } : made)),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('deploy' as const), stack, shape }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('interrupted' as const), stack, shape, seconds }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), stack }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), stack, seconds }) },
);

async function take(region: Rehearsal, one: Step): Promise<void> {
  const index = one.stack === 'one' ? 0 : 1;
  switch (one.kind) {
    case 'deploy':
      await region.deploy(one.stack, one.shape, index);
      await region.settled(one.stack);
      return;
    case 'interrupted':
      await region.deploy(one.stack, one.shape, index);
      await region.advance(one.seconds * 1000);
      return;
    case 'cancel':
      await region.cancel(one.stack);
      await region.settled(one.stack);
      return;
    case 'delete':
      await region.delete(one.stack);
      await region.advance(one.seconds * 1000);
  }
}

test('whatever is created, updated, cancelled and deleted, nothing is orphaned and no service falls below its floor', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps) => {
      const region = await rehearsal();
      try {
        const empty = dump(region);
        const watch = floorWatch(region);
        region.onMoment(() => watch.look());
        for (const one of steps) await take(region, one);
        for (const name of ['one', 'two']) await region.settled(name);
        await region.advance(QUIET);
        expect(orphans(region)).toEqual([]);
        expect(watch.broken).toEqual([]);
        for (const name of ['one', 'two']) {
          await region.delete(name);
          expect(await region.settled(name)).toBe('DELETED');
        }
        expect(dump(region)).toEqual(empty);
        expect(region.running).toBe(0);
        expect(region.logged).toEqual([]);
      } finally {
        await region.stop();
      }
    }),
    { numRuns: SEQUENCES, seed: SEED, interruptAfterTimeLimit: 1_500_000 },
  );
}, 1_600_000);
