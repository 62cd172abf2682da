import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withoutCredentials } from './host-settings.ts';
import { parseIgnoreRules } from './ignore.ts';
import { globExpression } from './pattern.ts';
import { selectSources } from './sources.ts';

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
  const select = async (...sources: string[]) => {
    const selected = await selectSources(folder, none, sources);
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
    const selected = await selectSources(folder, rules, ['.']);
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
  it('stay in the context', async () => {
    expect(await select('link/passwd')).toBe(
      '"link/passwd" is reached by a link that leads out of the build context',
    );
    expect(await select('nothing')).toContain('is not in the build context');
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
