import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  allocateAddress,
  canonicalCidr,
  contains,
  containsAddress,
  formatAddress,
  formatCidr,
  isReserved,
  last,
  overlaps,
  parseAddress,
  parseCidr,
  size,
  type Cidr,
} from './cidr.ts';

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const cidr = fc
  .record({ address, prefix: fc.integer({ min: 0, max: 32 }) })
  .map(({ address, prefix }): Cidr => {
    return { first: address - (address % 2 ** (32 - prefix)), prefix };
  });

test.each([
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['255.255.255.255/32', '255.255.255.255/32'],
  // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
  ['100.68.0.18/18', '100.68.0.0/18'],
  ['10.0.0.0', undefined],
  ['10.0.0.0/33', undefined],
  ['10.0.0.0/', undefined],
  ['10.0.0/8', undefined],
  ['10.0.0.256/8', undefined],
  ['010.0.0.0/8', undefined],
  ['10.0.0.0/8/8', undefined],
  ['2001:db8::/32', undefined],
  ['', undefined],
])('%s is stored as %s', (text, stored) => {
  expect(canonicalCidr(text)).toBe(stored);
});

test('text and number are each other’s image', () => {
  fc.assert(fc.property(address, (n) => parseAddress(formatAddress(n)) === n));
  fc.assert(fc.property(cidr, (c) => void expect(parseCidr(formatCidr(c))).toEqual(c)));
});

test('two blocks overlap only when one contains the other', () => {
  fc.assert(
    fc.property(cidr, cidr, (a, b) => {
      expect(overlaps(a, b)).toBe(contains(a, b) || contains(b, a));
      expect(overlaps(a, b)).toBe(overlaps(b, a));
    }),
  );
});

test('a block contains its own ends and nothing beside them', () => {
  fc.assert(
    fc.property(cidr, (c) => {
      expect(contains(c, c)).toBe(true);
      expect(last(c) - c.first + 1).toBe(size(c));
      expect([c.first, last(c)].every((each) => containsAddress(c, each))).toBe(true);
      expect([c.first - 1, last(c) + 1].some((each) => containsAddress(c, each))).toBe(false);
    }),
  );
});

test('a subnet gives all its addresses but five, lowest first, none twice', () => {
  fc.assert(
    fc.property(address, fc.integer({ min: 24, max: 28 }), (base, prefix) => {
      const subnet = { first: base - (base % 2 ** (32 - prefix)), prefix };
      const taken: number[] = [];
      for (;;) {
        const next = allocateAddress(subnet, (each) => taken.includes(each));
        if (next === undefined) break;
        taken.push(next);
      }
      expect(taken).toHaveLength(size(subnet) - 5);
      expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
      expect(taken.some((each) => isReserved(subnet, each) || !containsAddress(subnet, each))).toBe(false);
    }),
    { numRuns: 20 },
  );
});
