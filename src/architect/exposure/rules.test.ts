import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PublicService } from '../design-model.ts';
import { conditions, priorities } from './rules.ts';

const rule = (host?: string, path?: string): PublicService => ({
  service: 'a',
  protocol: 'http',
  listenerPort: 80,
  containerPort: 1,
  ...(host === undefined ? {} : { host }),
  ...(path === undefined ? {} : { path }),
  position: { file: '', line: 1, column: 1 },
});

it('puts the more specific before the less specific', () => {
  const rules = [
    rule('a.example.com', '/api/users/*'),
    rule('a.example.com', '/api/*'),
    rule('a.example.com'),
    rule('*.example.com', '/api/*'),
    rule('*.example.com'),
    rule(undefined, '/api/users/*'),
    rule(undefined, '/api'),
    rule(undefined, '/*'),
  ];
  const numbers = priorities(rules);
  const order = [...rules].sort((a, b) => numbers.get(a)! - numbers.get(b)!);
  expect(order).toEqual(rules);
});

const anyRule = fc.record({
  host: fc.option(fc.stringMatching(/^(\*\.)?[a-z]{1,9}\.com$/), { nil: undefined }),
  path: fc.option(fc.stringMatching(/^(\/[a-z]{1,20}){1,7}(\/\*)?$/), { nil: undefined }),
});

it('numbers all rules differently, within the bounds, and none anew when another comes', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyRule, { minLength: 2, maxLength: 20, selector: (one) => `${one.host} ${one.path}` }),
      (some) => {
        const rules = some.map(({ host, path }) => rule(host, path));
        const numbers = [...priorities(rules).values()];
        expect(new Set(numbers).size).toBe(rules.length);
        for (const number of numbers) {
          expect(number).toBeGreaterThanOrEqual(1);
          expect(number).toBeLessThanOrEqual(50_000);
        }
        const fewer = [...priorities(rules.slice(0, -1)).values()];
        expect(numbers.slice(0, -1)).toEqual(fewer);
      },
    ),
  );
});

it('lets a path without a star stand for what is below it', () => {
  const values = (path: string) =>
    (conditions(rule(undefined, path))[0] as { PathPatternConfig: { Values: string[] } }).PathPatternConfig
      .Values;
  expect(values('/api')).toEqual(['/api', '/api/*']);
  expect(values('/api/')).toEqual(['/api', '/api/*']);
  expect(values('/api/*')).toEqual(['/api/*']);
  expect(values('/')).toEqual(['/*']);
});
