import { build } from 'esbuild';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTools, type Tools } from '../tools.ts';

export interface Programs {
  readonly netd: string;
  readonly router: string;
  /** A region that only starts netd, for tests that kill it. */
  readonly killed: string;
  remove(): void;
}

const from = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Bundles the programs of this room as `npm run build` does, into a folder of their own. */
export async function bundlePrograms(): Promise<Programs> {
  const folder = mkdtempSync(join(tmpdir(), 'fairway-network-'));
  chmodSync(folder, 0o755);
  await build({
    entryPoints: {
      netd: from('../netd/main.ts'),
      router: from('../router/main.ts'),
      killed: from('killed-region.ts'),
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  return {
    netd: join(folder, 'netd.mjs'),
    router: join(folder, 'router.mjs'),
    killed: join(folder, 'killed.mjs'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

let tools: Promise<Tools> | undefined;
/** The system's tools; packages that had to be fetched are kept between runs. */
export function findTestTools(): Promise<Tools> {
  tools ??= findTools({
    cacheDirectory: join(tmpdir(), `fairway-tools-${userInfo().uid}`),
    log: (message) => process.stderr.write(`${message}\n`),
  });
  return tools;
}
