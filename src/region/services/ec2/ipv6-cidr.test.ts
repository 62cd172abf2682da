import { expect, test } from 'vitest';
import { canonicalIpv6Cidr } from './ipv6-cidr.ts';

test.each([
  ['::/0', '::/0'],
  ['::1/0', '::/0'],
  ['2001:DB8:0::1/32', '2001:db8::/32'],
  ['2001:db8:ffff:ffff::/49', '2001:db8:ffff:8000::/49'],
  ['2001:db8::1/128', '2001:db8::1/128'],
  ['1:2:3:4:5:6:7:8/128', '1:2:3:4:5:6:7:8/128'],
  ['::ffff:10.0.0.1/128', '::ffff:a00:1/128'],
  ['::/129', undefined],
  ['::', undefined],
  ['::/', undefined],
  ['::/0/0', undefined],
  ['fe80::1%eth0/64', undefined],
  ['0.0.0.0/0', undefined],
])('%s is %s', (text, expected) => expect(canonicalIpv6Cidr(text)).toBe(expected));
