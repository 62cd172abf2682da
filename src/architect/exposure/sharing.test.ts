import { expect, it } from 'vitest';
import type { PublicService } from '../design-model.ts';
import { listenerProblems } from './sharing.ts';

const one = (service: string, more: Partial<PublicService> = {}): PublicService => ({
  service,
  protocol: 'http',
  listenerPort: 80,
  containerPort: 1,
  position: { file: 'compose.yaml', line: 1, column: 1 },
  ...more,
});

it.each<[what: string, published: PublicService[], problems: string[]]>([
  ['one port', [one('a'), one('b')], ['a, b publish one port, 80']],
  ['one path', [one('a', { path: '/x' }), one('b', { path: '/x' })], ['a, b publish one port, 80 under /x']],
  [
    'TCP of one and UDP of another',
    [one('a', { protocol: 'tcp' }), one('b', { protocol: 'udp' })],
    ['a, b publish one port, 80'],
  ],
  ['other requests', [one('a', { path: '/x' }), one('b', { host: 'b.example.com' }), one('c')], []],
  ['HTTP and TCP, on a load balancer each', [one('a'), one('b', { protocol: 'tcp' })], []],
  ['one port twice, of one service', [one('a'), one('a')], []],
  ['both protocols of one port', [one('a', { protocol: 'tcp' }), one('a', { protocol: 'udp' })], []],
])('%s', (_what, published, problems) =>
  expect(listenerProblems(published).map(({ message }) => message)).toEqual(problems),
);
