import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { design } from '../design.ts';
import type { DesignOptions, PathContent } from '../options.ts';
import { appOf, asWorkers, type Files, wrongOf } from '../testing/systems.ts';
import { writerArguments } from './file-writer.ts';

const folder = (files: Record<string, string | undefined>, complete = true): PathContent => ({
  kind: 'folder',
  complete,
  files: Object.entries(files).map(([path, text]) => ({
    path,
    ...(text === undefined ? { base64: 'AAAA' } : { text }),
    bytes: text?.length ?? 3,
    mode: 0o644,
  })),
});
const PATHS: Readonly<Record<string, PathContent>> = {
  '/project/conf': folder({ 'a.conf': 'a' }),
  '/project/app': folder({ 'main.py': 'print()' }),
  '/project/photos': folder({ 'a.png': undefined }),
  '/project/empty': folder({}),
  '/project/app/Dockerfile': {
    kind: 'file',
    file: {
      path: 'Dockerfile',
      text: 'FROM python:3\nWORKDIR /code\nCOPY requirements.txt .\nCOPY . .\n',
      bytes: 1,
      mode: 0o644,
    },
  },
  '/project/staged/Dockerfile': {
    kind: 'file',
    file: {
      path: 'Dockerfile',
      text: 'FROM python:3 AS dev\nWORKDIR /code\nFROM dev AS final\nCOPY . .\n',
      bytes: 1,
      mode: 0o644,
    },
  },
  '/project/bare/Dockerfile': {
    kind: 'file',
    file: { path: 'Dockerfile', text: 'FROM python:3\nWORKDIR /code\n', bytes: 1, mode: 0o644 },
  },
};
const options: DesignOptions = {
  directory: '/project',
  readPath: (path) => PATHS[path],
};
const BUILDS = {
  'app/Dockerfile': 'FROM python:3\n',
  'bare/Dockerfile': 'FROM python:3\n',
  'staged/Dockerfile': 'FROM python:3 AS dev\nFROM dev AS final\n',
};
const files = (service: string, more = ''): Files => ({
  ...BUILDS,
  'compose.yaml': `services:\n  a: ${service}\n${more}`,
});

describe('for AWS', () => {
  it.each<[mount: string, problems: string[]]>([
    ["{image: 'a:1', volumes: ['./conf:/etc/a:ro']}", []],
    ["{build: ./app, volumes: ['./app:/code', '/code/node_modules']}", []],
    ["{image: 'a:1', volumes: ['/etc/localtime:/etc/localtime:ro']}", []],
    [
      "{build: ./bare, volumes: ['./app:/code']}",
      ['a mounts its program from ./app: the image for AWS has to have it'],
    ],
    [
      "{image: 'node:20', working_dir: /app, volumes: ['./app:/app']}",
      ['a mounts its program from ./app: the image for AWS has to have it'],
    ],
    [
      "{image: 'a:1', volumes: ['./photos:/photos']}",
      [
        'a mounts ./photos, which is more than the 40960 bytes of text that can be delivered as configuration',
      ],
    ],
    [
      "{image: 'a:1', volumes: ['./empty:/var/lib/a']}",
      ['a mounts ./empty, which is empty: data is kept in a volume on AWS'],
    ],
    [
      "{image: 'a:1', volumes: ['./nothing:/var/lib/a']}",
      ['a mounts ./nothing, and nothing is there that could be delivered to AWS'],
    ],
    [
      "{image: 'a:1', volumes: ['/proc:/host/proc:ro']}",
      ['a mounts /proc of this machine: on Fargate there is no machine to look into'],
    ],
    [
      "{image: 'gcr.io/distroless/base', volumes: ['./conf:/etc/a:ro']}",
      [
        'gcr.io/distroless/base has no shell, and /etc/a/a.conf of a is written by one before the program starts',
      ],
    ],
  ])('%s', (service, problems) => expect(wrongOf(files(service), options)).toEqual(problems));

  it.each<[state: string, problems: string[]]>([
    ['', ['the volume d of a holds data, and what it becomes on AWS is not decided']],
    [
      '{x-aws: {state: managed}}',
      ['the data of a (volume d) is to be in a managed service, which Fairway does not set up'],
    ],
    ['{x-aws: {state: ephemeral}}', []],
    ['{x-aws: {state: efs}}', []],
    ['{x-aws: {state: ebs}}', []],
  ])('a volume that is %s', (state, problems) =>
    expect(wrongOf(files("{image: 'a:1', volumes: ['d:/d']}", `volumes: {d: ${state}}\n`))).toEqual(problems),
  );

  it('drops what the image has, and the volumes that kept folders of the image visible below it', () => {
    const { template, notices } = design(
      asWorkers(appOf(files("{build: ./app, volumes: ['./app:/code', '/code/node_modules', /scratch]}"))),
      options,
    );
    expect(notices.map(({ code }) => code)).toEqual(['bind-dropped']);
    expect(template.Resources['ATaskDefinition']!.Properties!['Volumes']).toBeUndefined();
  });

  it('a disk of its own for each task cannot be shared', () => {
    const more = 'volumes: {d: {x-aws: {state: ebs}}}\n';
    expect(wrongOf(files("{image: 'a:1', scale: 2, volumes: ['d:/d']}", more))).toEqual([
      'the volume d cannot be on EBS, where each task of a service has one disk of its own: a has 2 tasks',
    ]);
    expect(
      wrongOf(
        files("{image: 'a:1', volumes: ['d:/d']}", `  b: {image: 'b:1', volumes: ['d:/d']}\n${more}`),
      )[0],
    ).toContain('b uses it too');
  });
});

describe('for this machine', () => {
  const local: DesignOptions = { ...options, target: 'local' };

  it('binds what is mounted, whatever it is', () => {
    const { local: extras, template } = design(
      asWorkers(
        appOf(files("{image: 'a:1', volumes: ['./photos:/photos', './conf/a.conf:/etc/a.conf:ro']}")),
      ),
      local,
    );
    expect(extras.binds).toEqual([
      { service: 'a', volume: 'bind-1', source: '/project/photos', readonly: false },
      { service: 'a', volume: 'bind-2', source: '/project/conf/a.conf', readonly: true },
    ]);
    expect(template.Resources['ATaskDefinition']!.Properties!['Volumes']).toEqual([
      { Name: 'bind-1' },
      { Name: 'bind-2' },
    ]);
  });
});

it('writes files beside those that are there, byte for byte', () => {
  const home = mkdtempSync(join(tmpdir(), 'fairway-writer-'));
  try {
    const image = join(home, 'image');
    const mount = join(home, 'mount');
    mkdirSync(image);
    mkdirSync(mount);
    writeFileSync(join(image, 'kept'), 'kept');
    writeFileSync(join(image, 'over'), 'old');
    const [program, ...args] = writerArguments([
      { kind: 'keep', folder: image, mount },
      { kind: 'keep', folder: join(home, 'nothing'), mount },
      { kind: 'text', variable: 'FILE_1', path: join(mount, 'over'), mode: 0o400 },
      { kind: 'base64', variable: 'FILE_2', path: join(mount, 'deep/er/file'), mode: 0o640 },
      { kind: 'text', variable: 'FILE_3', path: join(mount, 'empty'), mode: 0o444 },
    ]);
    const text = 'a "$HOME" `x` \\n %s\n\ntrailing\n\n';
    const bytes = Buffer.from([0, 255, 10, 0, 13]);
    execFileSync(program!, args, {
      env: { PATH: process.env['PATH'], FILE_1: text, FILE_2: bytes.toString('base64'), FILE_3: '' },
    });
    expect(readFileSync(join(mount, 'kept'), 'utf8')).toBe('kept');
    expect(readFileSync(join(mount, 'over'), 'utf8')).toBe(text);
    expect(statSync(join(mount, 'over')).mode & 0o777).toBe(0o400);
    expect(readFileSync(join(mount, 'deep/er/file'))).toEqual(bytes);
    expect(readFileSync(join(mount, 'empty'), 'utf8')).toBe('');
  } finally {
    rmSync(home, { recursive: true });
  }
});

it('names the stage of a Dockerfile that has the files', () => {
  const build = "{build: {context: ./staged, target: dev}, volumes: ['./app:/code']}";
  expect(() => design(appOf(files(build)), options)).toThrow(
    'the stage final of its Dockerfile has it: write target: final under build for AWS',
  );
});
