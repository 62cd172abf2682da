import { describe, expect, it } from 'vitest';
import { wrong } from '../testing/project.ts';
import { only, text } from '../testing/service.ts';

describe('pull_policy', () => {
  it.each([
    ['always', 'always'],
    ['if_not_present', 'missing'],
    ['never', 'never'],
    ['daily', 'always'],
    ['every_12h', 'always'],
  ])('%s', (written, policy) => expect(only(`pull_policy: ${written}`).pullPolicy).toBe(policy));

  it('is one that there is, and builds only what can be built', () => {
    expect(only('').pullPolicy).toBeUndefined();
    expect(wrong(text('pull_policy: sometimes'))).toEqual(['4:18 services.a.pull_policy is "sometimes"']);
    expect(wrong(text('pull_policy: build'))).toEqual([
      '4:18 services.a.pull_policy is build, and there is nothing to build',
    ]);
  });
});
