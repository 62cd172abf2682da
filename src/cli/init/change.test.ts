import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Change, Line } from '../../architect/questions/model.ts';
import { withChanges } from './change.ts';
import { changedLines } from './difference.ts';

const calls = (service: string, value: string): Line => ({
  kind: 'line',
  file: 'compose.yaml',
  path: ['services', service, 'x-aws'],
  key: 'calls',
  value,
  list: true,
});
const state = (volume: string): Line => ({
  kind: 'line',
  file: 'compose.yaml',
  path: ['volumes', volume, 'x-aws'],
  key: 'state',
  value: 'efs',
  list: false,
});
const expose: Line = {
  kind: 'line',
  file: 'compose.yaml',
  path: ['services', 'a'],
  key: 'expose',
  value: '80',
  list: true,
};

it.each<[what: string, before: string, changes: Change[], after: string]>([
  [
    'a block',
    '# first\nservices:\n  a: # the a\n    # its image\n    image: a:1   # pinned\n\nvolumes:\n  d:\n',
    [calls('a', 'b:80'), state('d')],
    "# first\nservices:\n  a: # the a\n    # its image\n    x-aws: {calls: ['b:80']}\n    image: a:1   # pinned\n\nvolumes:\n  d: {x-aws: {state: efs}}\n",
  ],
  [
    'a flow mapping',
    'services: {a: {image: "a:1"}}\nvolumes: {d: , e: {}}\n',
    [calls('a', 'b'), state('d'), state('e')],
    'services: {a: {x-aws: {calls: [b]}, image: "a:1"}}\nvolumes: {d: {x-aws: {state: efs}} , e: {x-aws: {state: efs}}}\n',
  ],
  [
    'settings that are there',
    'services:\n  a:\n    image: a:1\n    x-aws:\n      worker: true\n',
    [calls('a', 'b:1'), calls('a', 'c:2')],
    "services:\n  a:\n    image: a:1\n    x-aws:\n      calls: ['b:1', 'c:2']\n      worker: true\n",
  ],
  [
    'a block list',
    'services:\n  a:\n    expose:\n      - "1"   # one\n    x-aws: {calls: [x]}\n',
    [expose, calls('a', 'b:1')],
    "services:\n  a:\n    expose:\n      - '80'\n      - \"1\"   # one\n    x-aws: {calls: [x, 'b:1']}\n",
  ],
  ['nothing there', 'services:\n  a:\n', [expose], "services:\n  a: {expose: ['80']}\n"],
])('%s keeps every other byte', (_what, before, changes, after) => {
  const made = withChanges(before, changes);
  expect(made).toBe(after);
  expect(() => parse(made)).not.toThrow();
});

const mount = (line: number, column: number, readonly = false): Change => ({
  kind: 'mount',
  file: 'compose.yaml',
  at: { file: 'compose.yaml', line, column },
  volume: 'a-data',
  target: '/data',
  readonly,
});
const build: Change = {
  kind: 'pair',
  file: 'compose.yaml',
  path: ['services', 'a'],
  key: 'image',
  by: 'build',
  value: { context: '.', dockerfile_inline: 'FROM a:1\nCOPY ./x /x\n' },
};

it.each<[what: string, before: string, changes: Change[], after: string]>([
  [
    'a mount in its short form',
    'services:\n  a:\n    volumes:\n      - "~/data:/data" # kept\n      - ./b:/b\n',
    [mount(4, 9), mount(5, 9, true), state('a-data')],
    'services:\n  a:\n    volumes:\n      - "a-data:/data" # kept\n      - a-data:/data:ro\n\nvolumes:\n  a-data: {x-aws: {state: efs}}\n',
  ],
  [
    'a mount in its long form',
    'services:\n  a:\n    volumes:\n      - type: bind # of mine\n        source: ./d\n        target: /data\n',
    [mount(5, 17)],
    'services:\n  a:\n    volumes:\n      - type: volume # of mine\n        source: a-data\n        target: /data\n',
  ],
  [
    'an image',
    'services:\n  a:\n    image: "a:1" # one\n    tty: true\n',
    [build],
    'services:\n  a:\n    build: {context: ., dockerfile_inline: "FROM a:1\\nCOPY ./x /x\\n"} # one\n    tty: true\n',
  ],
])('puts another thing in the place of %s', (_what, before, changes, after) => {
  const made = withChanges(before, changes);
  expect(made).toBe(after);
  expect(() => parse(made)).not.toThrow();
});

it('says so where a mount has options that a volume has not', () =>
  expect(() =>
    withChanges(
      'services:\n  a:\n    volumes:\n      - {type: bind, source: ./d, target: /data, bind: {selinux: z}}\n',
      [mount(4, 30)],
    ),
  ).toThrow('no place in compose.yaml for the volume a-data'));

it('says so where there is no place', () =>
  expect(() => withChanges('x: &x {image: a}\nservices:\n  a: *x\n', [expose])).toThrow(
    'no place in compose.yaml for services.a.expose',
  ));

it('shows what was added and what grew', () =>
  expect(changedLines('a\nb:\nc\n', 'a\nnew\nb: 1\nc\n')).toEqual([
    { line: 2, text: 'new' },
    { line: 3, text: 'b: 1', old: 'b:' },
  ]));

it('shows what took the place of another line, and nothing of what follows', () =>
  expect(changedLines('a\nimage: b\nc\nc\n', 'a\nbuild: .\nc\nc\n\nd\n')).toEqual([
    { line: 2, text: 'build: .', old: 'image: b' },
    { line: 5, text: '' },
    { line: 6, text: 'd' },
  ]));
