import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import { httpUrls } from './urls.ts';

const forward = { Actions: [{ Type: 'forward' as const }] };
const rule = (Field: string, ...Values: string[]): Rule => ({ ...forward, Conditions: [{ Field, Values }] });

test.each<[string, readonly Rule[], number, readonly string[]]>([
  ['the default rule', [forward], 80, ['http://localhost/']],
  ['another port', [forward], 8000, ['http://localhost:8000/']],
  ['paths', [rule('path-pattern', '/blog/*'), forward], 80, ['http://localhost/blog', 'http://localhost/']],
  ['one of several', [rule('path-pattern', '/a/?b', '/api', '/api/*')], 80, ['http://localhost/api']],
  ['a name of this machine', [rule('host-header', 'shop.localhost')], 8000, ['http://shop.localhost:8000/']],
  [
    'another name',
    [rule('host-header', 'shop.example.com')],
    80,
    ['http://localhost/ (Host: shop.example.com)'],
  ],
  ['what no address can say', [rule('http-request-method', 'PUT'), forward], 80, ['http://localhost/']],
  ['nothing that forwards', [{ Actions: [{ Type: 'fixed-response' }] }], 80, ['http://localhost/']],
])('%s', (_, rules, port, expected) => expect(httpUrls(rules, port)).toEqual(expected));
