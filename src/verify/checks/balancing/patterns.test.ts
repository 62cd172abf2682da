import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fits } from './patterns.ts';

const pattern = fc
  .array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 7 })
  .map((signs) => signs.join(''));
const text = fc.array(fc.constantFrom('a', 'b'), { maxLength: 7 }).map((signs) => signs.join(''));

/** The same by another way. */
const matches = (glob: string, value: string) =>
  new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(value);

it('matches text as the load balancer does', () => {
  fc.assert(
    fc.property(pattern, text, (glob, value) => fits(glob, value) === matches(glob, value)),
    { seed: 1 },
  );
});

it('says that a pattern covers another only where it matches all that the other matches', () => {
  fc.assert(
    fc.property(pattern, pattern, text, (wide, narrow, value) => {
      fc.pre(fits(wide, narrow) && matches(narrow, value));
      return matches(wide, value);
    }),
    { seed: 2, numRuns: 500, maxSkipsPerRun: 1000 },
  );
});

it.each([
  ['/api/*', '/api/users/*', true],
  ['/api/*', '/api*', false],
  ['*', '?*', true],
  ['?', '*', false],
  ['/a*c', '/abc', true],
])('%s covers %s: %s', (wide, narrow, covered) => {
  expect(fits(wide, narrow)).toBe(covered);
});
