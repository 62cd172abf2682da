import { describe, expect, it } from 'vitest';
import { parseDepends, upstreamVersion } from './packages.ts';

describe('packages', () => {
  it('takes the first alternative of a dependency, and no virtual package', () => {
    const text = `redis-server
  PreDepends: init
 |Depends: one
  Depends: two
    provider
  Depends: <virtual>
  Depends: three
one
`;
    expect(Object.fromEntries(parseDepends(text))).toEqual({
      'redis-server': ['init', 'one', 'three'],
      one: [],
    });
  });

  it.each([
    ['5:7.0.15-1~deb12u10', '7.0.15'],
    ['1.22.1-9+deb12u3', '1.22.1'],
    ['1:1.35.0-4+deb12u1+b1', '1.35.0'],
    ['1.18.0-6ubuntu14.4', '1.18.0'],
    ['20230311+deb12u1', '20230311'],
  ])('%s is %s', (version, upstream) => {
    expect(upstreamVersion(version)).toBe(upstream);
  });
});
