import { build } from 'esbuild';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

let bundled: Promise<string> | undefined;

/** The program that packs and unpacks layers, bundled as `npm run build` does; once per process. */
export function bundleLayerProgram(): Promise<string> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fairway-layers-'));
  chmodSync(folder, 0o755);
  const file = join(folder, 'layers.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../images/layer/main.ts', import.meta.url))],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
  return file;
}
