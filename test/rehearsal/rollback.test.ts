import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dump } from './dump.ts';
import { rehearsal } from './rehearsal.ts';
import type { Shape } from './shape.ts';
import { bad, shapes } from './shapes.ts';

const SEED = 20_261_121;
const POINTS = Number(process.env['REHEARSAL_POINTS'] ?? 20);

/** What is only still draining is gone by then. */
const QUIET = 300_000;

/** Where an update fails: after these resources, or in a service that never comes up. */
const failures = fc.oneof(
  fc
    .subarray(['Group', 'Logs0', 'WebTask', 'WebService', 'ApiService', 'WorkerTask', 'WebTargets'])
    .map((doomedAfter) => ({ doomedAfter })),
  fc.constantFrom(...bad).map((image) => ({ image })),
);

interface Case {
  readonly before: Shape;
  readonly after: Shape;
}
const cases: fc.Arbitrary<Case> = fc.tuple(shapes(), shapes(), failures).map(([before, wanted, failure]) => ({
  before,
  after:
    'image' in failure
      ? {
          ...wanted,
          services: wanted.services.map((service, index) =>
            // What nothing looks at is healthy while it runs: a check sees each of the failures.
            index === 0 ? { ...service, image: failure.image, checked: true, balanced: true } : service,
          ),
        }
      : { ...wanted, ...failure },
}));

test.each(fc.sample(cases, { numRuns: POINTS, seed: SEED }).map((one, index) => [index, one] as const))(
  'an update that fails leaves the region as it was (%i), and a delete leaves nothing',
  async (_index, { before, after }) => {
    const region = await rehearsal();
    const empty = dump(region);
    await region.deploy('app', before);
    expect(
      await region.settled('app'),
      (await region.events('app')).filter((e) => /FAILED/.test(e)).join('\n'),
    ).toBe('CREATE_COMPLETE');
    await region.advance(QUIET);
    const standing = dump(region);
    await region.deploy('app', after);
    expect(await region.settled('app')).toBe('UPDATE_ROLLBACK_COMPLETE');
    await region.advance(QUIET);
    expect(dump(region)).toEqual(standing);
    await region.delete('app');
    expect(await region.settled('app')).toBe('DELETED');
    expect(dump(region)).toEqual(empty);
    expect(region.running).toBe(0);
    await region.stop();
  },
);
