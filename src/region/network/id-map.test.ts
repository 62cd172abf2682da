import { describe, expect, it } from 'vitest';
import { subordinateRange } from './id-map.ts';

describe('subordinate ids', () => {
  it('are read by name or number, at most 65535 of them', () => {
    const text = 'other:1:5\n\nann:100000:65536\n1001:300000:1000\n';
    expect(subordinateRange(text, 'ann', 7)).toEqual({ start: 100_000, count: 65_535 });
    expect(subordinateRange(text, 'bob', 1001)).toEqual({ start: 300_000, count: 1000 });
    expect(subordinateRange(text, 'bob', 7)).toBeUndefined();
    expect(subordinateRange('ann:nonsense', 'ann', 7)).toBeUndefined();
  });
});
