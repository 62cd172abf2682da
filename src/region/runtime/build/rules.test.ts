import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDockerfile } from '../../../dockerfile/parse.ts';
import { withoutCredentials } from './host-settings.ts';
import { parseIgnoreRules } from './ignore.ts';
import { globExpression } from './pattern.ts';
import { parseMode } from './copy/modes.ts';
import { selectSources } from './copy/sources.ts';
import { parseMount } from './mounts/parse.ts';

describe('patterns', () => {
  it.each([
    ['*.js', 'a.js', true],
    ['*.js', 'a/b.js', false],
    ['**/*.js', 'a.js', true],
    ['**/*.js', 'a/b/c.js', true],
    ['a/**', 'a/b/c', true],
    ['a/**/c', 'a/c', true],
    ['a/**/c', 'a/b/b/c', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c]x', 'bx', true],
    ['[^a]x', 'ax', false],
    ['a+(b).txt', 'a+(b).txt', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
  ])('%s of %s: %s', (pattern, path, matches) => {
    expect(globExpression(pattern)?.test(path)).toBe(matches);
  });
  it('are malformed', () => {
    expect(globExpression('[a')).toBeUndefined();
    expect(globExpression('a\\')).toBeUndefined();
  });
});

describe('.dockerignore', () => {
  const rules = parseIgnoreRules(
    '# all\nnode_modules\n*.md\n!README.md\n/dist/\n**/*.log\nsecret\n!secret/public\n',
    'f',
  );
  it.each([
    ['node_modules', true],
    ['node_modules/a/b.js', true],
    ['src/node_modules', false],
    ['NOTES.md', true],
    ['README.md', false],
    ['docs/x.md', false],
    ['dist/x', true],
    ['a/b/c.log', true],
    ['secret/x', true],
    ['secret/public', false],
  ])('%s: %s', (path, ignored) => {
    expect(rules.ignores(path)).toBe(ignored);
  });
  it('says where a pattern is malformed', () => {
    expect(() => parseIgnoreRules('a\n[b\n', '/x/.dockerignore')).toThrow(
      '/x/.dockerignore:2:1: malformed pattern [b',
    );
  });
});

describe('sources of COPY', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fairway-context-'));
    for (const name of ['a.txt', 'b.txt', 'dir/c.txt', 'dir/sub/d.log', 'secret/x', 'secret/public']) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), name);
    }
    symlinkSync('/etc', join(folder, 'link'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const none = parseIgnoreRules('', 'f');
  const plain = { parents: false, exclude: [] };
  const select = (...sources: string[]) => selectWith(plain, ...sources);
  const selectWith = async (flags: { parents: boolean; exclude: string[] }, ...sources: string[]) => {
    const selected = await selectSources({ path: folder, ignore: none }, { ...flags, sources });
    return typeof selected === 'string'
      ? selected
      : [selected.entries.map(({ path }) => path), selected.needsDirectory];
  };

  it('are files, globs, and what directories hold', async () => {
    expect(await select('a.txt')).toEqual([['a.txt'], false]);
    expect(await select('./*.txt')).toEqual([['a.txt', 'b.txt'], true]);
    expect(await select('dir/')).toEqual([['', 'c.txt', 'sub', 'sub/d.log'], true]);
    expect(await select('/../a.txt')).toEqual([['a.txt'], false]);
    expect(await select('link')).toEqual([['link'], false]);
  });
  it('come back from ignored directories', async () => {
    const rules = parseIgnoreRules('secret\n!secret/public\nlink\n', 'f');
    const selected = await selectSources({ path: folder, ignore: rules }, { ...plain, sources: ['.'] });
    expect(typeof selected === 'object' && selected.entries.map(({ path }) => path)).toEqual([
      '',
      'a.txt',
      'b.txt',
      'dir',
      'dir/c.txt',
      'dir/sub',
      'dir/sub/d.log',
      'secret',
      'secret/public',
    ]);
  });
  it('keep their parents where they are asked to', async () => {
    const parents = { parents: true, exclude: [] };
    expect(await selectWith(parents, 'dir/sub/d.log', 'dir/c.txt')).toEqual([
      ['dir', 'dir/sub', 'dir/sub/d.log', 'dir/c.txt'],
      true,
    ]);
    expect(await selectWith(parents, 'dir/./sub/*.log')).toEqual([['sub', 'sub/d.log'], true]);
    expect(await selectWith(parents, '**/*.log')).toEqual([['dir', 'dir/sub', 'dir/sub/d.log'], true]);
    expect(await selectWith(parents, 'dir/./sub')).toEqual([['sub', 'sub/d.log'], true]);
  });
  it('leave out what is excluded', async () => {
    const without = (...exclude: string[]) => ({ parents: false, exclude });
    expect(await selectWith(without('*.txt'), 'a.txt', 'dir')).toEqual([['', 'sub', 'sub/d.log'], true]);
    expect(await selectWith(without('**/*.log', '!sub/d.log'), 'dir')).toEqual([
      ['', 'c.txt', 'sub', 'sub/d.log'],
      true,
    ]);
    expect(await selectWith(without('dir/sub'), 'dir')).toEqual([['', 'c.txt'], true]);
  });
  it('stay in the context', async () => {
    expect(await select('link/passwd')).toBe(
      '"link/passwd" is reached by a link that leads out of the build context',
    );
    expect(await select('nothing')).toContain('is not in the build context');
  });
});

it.each([
  ['755', 0o644, false, 0o755],
  ['u=rwX,go=rX', 0o600, true, 0o755],
  ['u=rwX,go=rX', 0o600, false, 0o644],
  ['+x', 0o640, false, 0o751],
  ['a-w,u+s', 0o755, false, 0o4555],
  ['o=u', 0o750, false, 0o757],
  ['g-rx,o=', 0o755, false, 0o700],
])('--chmod=%s of %o (directory: %s) is %o', (text, mode, isDirectory, result) => {
  expect(parseMode(text)?.(mode, isDirectory)).toBe(result);
});
it('tells what is no mode', () => {
  for (const text of ['', '79', '9999', 'u', 'u=q', 'rwx']) expect(parseMode(text)).toBeUndefined();
});

describe('RUN --mount', () => {
  const instruction = parseDockerfile('FROM a\nRUN b\n', 'Dockerfile').stages[0]!.instructions[0]!;
  const mount = (text: string) => parseMount(instruction, text);
  it('is understood with its usual values', () => {
    expect(mount('type=cache,dst=/x,sharing=locked,uid=7')).toEqual({
      type: 'cache',
      id: '/x',
      target: '/x',
      sharing: 'locked',
      source: '/',
      writable: true,
      mode: '0755',
      uid: 7,
      gid: 0,
    });
    expect(mount('target=/x,rw,src=a')).toEqual({ type: 'bind', source: 'a', target: '/x', writable: true });
    expect(mount('type=tmpfs,target=/x,size=64m')).toEqual({ type: 'tmpfs', target: '/x', mebibytes: 64 });
    expect(mount('type=secret,id=a,required')).toMatchObject({
      target: '/run/secrets/a',
      required: true,
      mode: '0400',
    });
    expect(mount('type=secret,id=a,env=A')).not.toHaveProperty('target');
  });
  it.each([
    ['type=cach,target=/x', 'there is no type cach'],
    ['type=cache', 'it has no target'],
    ['type=cache,target=/x,sharing=all', 'sharing=all is not known'],
    ['type=bind,target=/x,id=7', 'id is not known'],
    ['type=ssh', 'no key of this machine is lent'],
    ['type=secret,id=x,mode=rw', 'mode=rw is no octal mode'],
  ])('%s is refused', (text, message) => {
    expect(() => mount(text)).toThrow(message);
  });
});

describe('the registry of npm', () => {
  it('is told without credentials', () => {
    expect(withoutCredentials('https://user:token@npm.example.com/all/?k=v')).toBe(
      'https://npm.example.com/all/',
    );
    expect(withoutCredentials('https://registry.npmjs.org/')).toBeUndefined();
    expect(withoutCredentials('undefined')).toBeUndefined();
  });
});
