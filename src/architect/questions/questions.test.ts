import { expect, it } from 'vitest';
import type { PathContent } from '../options.ts';
import { appOf } from '../testing/systems.ts';
import { openQuestions } from './index.ts';

const big = (bytes: number): PathContent => ({
  kind: 'file',
  file: { path: 'x', text: 'x', bytes, mode: 0o644 },
});
const PATHS: Readonly<Record<string, PathContent>> = {
  '/project/log': big(100_000),
  '/project/conf': big(10),
};
const asked = (services: string, more = '') =>
  openQuestions(appOf(`services:\n${services}${more}`), {
    directory: '/project',
    readPath: (path) => PATHS[path],
  }).map(({ text, choices, preferred }) => ({ text, changes: choices[preferred ?? 0]?.changes }));

it('asks what a folder is that AWS cannot be given: a volume for data', () => {
  expect(asked("  a: {image: 'a:1', volumes: ['./none:/var/lib/a', './conf:/etc/a']}\n")).toEqual([
    {
      text: 'What does a keep at /var/lib/a? It mounts ./none, and no files are there.',
      changes: [
        expect.objectContaining({ kind: 'mount', volume: 'a-a', target: '/var/lib/a', readonly: false }),
        expect.objectContaining({ kind: 'line', path: ['volumes', 'a-a', 'x-aws'], value: 'efs' }),
      ],
    },
  ]);
});

it('an image for files', () =>
  expect(asked("  a: {image: 'a:1', volumes: ['./log:/logs/x.log']}\n")).toEqual([
    {
      text: 'How does a get ./log on AWS? It is too much to deliver as configuration.',
      changes: [
        expect.objectContaining({
          kind: 'pair',
          key: 'image',
          by: 'build',
          value: { context: '.', dockerfile_inline: 'FROM a:1\nCOPY ./log /logs/x.log\n' },
        }),
      ],
    },
  ]));

it('never what a machine has', () =>
  expect(asked("  a: {image: 'a:1', volumes: ['/proc:/x', '/lib/modules:/y', '/dev:/z']}\n")).toEqual([]));

it('what answers for UDP', () =>
  expect(asked("  a: {image: 'a:1', ports: ['53:53/udp']}\n")).toEqual([
    {
      text: 'What tells that a is well? Its port 53 speaks UDP, and a load balancer asks by TCP.',
      changes: [
        expect.objectContaining({ key: 'a-health' }),
        expect.objectContaining({ key: 'expose', value: '8080' }),
      ],
    },
  ]));

it.each([
  ["image: 'postgres:16'", 'data', '/var/lib/postgresql/data', 'efs'],
  ["image: 'redis:7'", 'data', '/data', 'ephemeral'],
  ["image: 'a:1'", 'data', '/code/node_modules', 'ephemeral'],
  ["image: 'a:1'", 'build-cache', '/x', 'ephemeral'],
])('takes the volume of {%s} called %s at %s for %s', (image, name, target, state) =>
  expect(
    asked(
      `  a: {${image}, volumes: ['${name}:${target}'], x-aws: {worker: true}}\n`,
      `volumes: {${name}: }\n`,
    ),
  ).toEqual([
    expect.objectContaining({ changes: [expect.objectContaining({ key: 'state', value: state })] }),
  ]),
);
