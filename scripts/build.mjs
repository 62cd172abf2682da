// Bundles each program of Fairway into dist/, split so that a command loads only what it needs.
import { build } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const programs = {
  cli: 'src/cli/main.ts',
  region: 'src/region/main.ts',
  netd: 'src/region/network/netd/main.ts',
  router: 'src/region/network/router/main.ts',
  balancer: 'src/region/balancer/main.ts',
  forward: 'src/region/forward/main.ts',
  layers: 'src/region/runtime/images/layer/main.ts',
};
process.chdir(root);
mkdirSync('dist', { recursive: true });
const { metafile } = await build({
  metafile: true,
  entryPoints: Object.fromEntries(Object.entries(programs).filter(([, file]) => existsSync(file))),
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  // ES modules first: a CommonJS package would come as one default export, and whole.
  mainFields: ['module', 'main'],
  target: 'node20.19',
  outExtension: { '.js': '.mjs' },
  minifySyntax: true,
  sourcemap: 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  banner: {
    // The SDK's packages are pinned: that later versions of them want a later Node is no news for who runs this.
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';",
  },
});
// What an earlier build left may still be wanted by a command that runs: it goes when that is long over.
const made = new Set(Object.keys(metafile.outputs).map((file) => basename(file)));
for (const file of readdirSync('dist'))
  if (!made.has(file) && Date.now() - statSync(join('dist', file)).mtimeMs > 60 * 60_000)
    rmSync(join('dist', file));
writeFileSync('dist/.built', '');
