import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A copy of the bundle and the examples that every user of the machine can read. */
    readonly installation: string;
    /** What `npm config get registry` says: the tests' home directories have no settings of their own. */
    readonly npmRegistry: string;
  }
}

export default function setup(project: TestProject): () => void {
  if (!existsSync('dist/cli.mjs')) throw new Error('dist/ is missing: npm run build makes it');
  const installation = mkdtempSync(join(tmpdir(), 'fairway-installed-'));
  chmodSync(installation, 0o755);
  cpSync('dist', join(installation, 'dist'), { recursive: true });
  cpSync('examples', join(installation, 'examples'), {
    recursive: true,
    filter: (path) => !path.endsWith('node_modules'),
  });
  project.provide('installation', installation);
  project.provide(
    'npmRegistry',
    execFileSync('npm', ['config', 'get', 'registry'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim(),
  );
  return () => rmSync(installation, { recursive: true, force: true });
}
