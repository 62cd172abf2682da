import { describe, expect, it } from 'vitest';
import { readProject } from '../../compose/project.ts';
import { parseIgnoreRules } from '../../region/runtime/build/ignore.ts';
import { watchRules, workFor } from './rules.ts';

const files: Record<string, string> = {
  '/p/api/Dockerfile': 'FROM node:22\n',
};
const app = readProject({
  paths: ['/p/compose.yaml'],
  environment: {},
  currentFolder: '/p',
  readFile: (path) =>
    path === '/p/compose.yaml'
      ? 'name: p\nservices:\n  api: {build: ./api}\n  db: {image: "redis:7"}\n'
      : files[path],
});
const patterns = (text: string) => parseIgnoreRules(text, 'ignore');
const rules = watchRules(app, patterns, () => parseIgnoreRules('node_modules\n*.md\n', '.dockerignore'));

describe('watchRules', () => {
  it('watches the context of what is built, and nothing else', () => {
    expect(rules.map(({ service, action, path }) => [service, action, path])).toEqual([
      ['api', 'rebuild', '/p/api'],
    ]);
  });

  it('leaves out what the image does not have, and keeps what decides about it', () => {
    const hits = (path: string) => workFor(rules, [path]).map(({ service }) => service);
    expect(hits('/p/api/src/main.ts')).toEqual(['api']);
    expect(hits('/p/api/Dockerfile')).toEqual(['api']);
    expect(hits('/p/api/.dockerignore')).toEqual(['api']);
    for (const path of [
      '/p/api/node_modules/x/index.js',
      '/p/api/README.md',
      '/p/api/.git/index',
      '/p/api/src/.main.ts.swp',
      '/p/apis/main.ts',
      '/p/compose.yaml',
    ])
      expect(hits(path)).toEqual([]);
  });

  it('follows develop.watch, and takes the strongest action of a burst', () => {
    const base = { include: [], ignore: ['*.log'], initialSync: false, position: app.position };
    const written = watchRules(
      {
        directory: '/p',
        services: [
          {
            ...app.services.find(({ name }) => name === 'api')!,
            watch: [
              { ...base, action: 'sync', path: '/p/api/src', target: '/app/src' },
              { ...base, action: 'rebuild', path: '/p/api/package.json' },
            ],
          },
        ],
      },
      patterns,
      () => parseIgnoreRules('', ''),
    );
    expect(workFor(written, ['/p/api/src/a/b.ts'])).toEqual([
      {
        service: 'api',
        action: 'sync',
        copies: [{ source: '/p/api/src/a/b.ts', target: '/app/src/a/b.ts' }],
      },
    ]);
    expect(workFor(written, ['/p/api/src/a.log', '/p/api/other'])).toEqual([]);
    expect(workFor(written, ['/p/api/package.json', '/p/api/src/a.ts'])).toMatchObject([
      { action: 'rebuild' },
    ]);
  });
});
