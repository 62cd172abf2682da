import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from './support.mjs';

const PACKAGE = '@aws/cloudformation-validate';
const VERSION = '1.9.0-beta';

/**
 * The validation that CDK runs on every synth, alone, as its page says to use it. Kept between runs.
 * @returns what to run before a file's name, and what it is called; undefined where it cannot be fetched.
 */
export async function cdkValidation() {
  const folder = join(homedir(), '.cache/fairway/bench/validate');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  writeFileSync(
    join(folder, 'validate.mjs'),
    `import { RegoEngine, TemplateFile } from '${PACKAGE}';
const engine = new RegoEngine();
const { diagnostics } = engine.validateStandard(new TemplateFile(process.argv[2]));
console.log(diagnostics.length);
engine.free();
`,
  );
  try {
    await run('npm', ['install', '--no-fund', '--no-audit', '--silent', `${PACKAGE}@${VERSION}`], {
      cwd: folder,
    });
  } catch {
    return undefined;
  }
  return { argv: [join(folder, 'validate.mjs')], name: `${PACKAGE} ${VERSION}` };
}
