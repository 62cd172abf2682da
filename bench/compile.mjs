import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cli, median, root, round, run } from './support.mjs';

const ROUNDS = 5;

/** compose.yaml → template, beside `cdk synth` of the same system, its own validation off. */
export async function measure() {
  // Kept between runs: 200 MB need not be fetched for each.
  const folder = join(homedir(), '.cache/fairway/bench/cdk');
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, 'bench/cdk'), folder, { recursive: true });
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: 'node app.mjs', versionReporting: false }));
  await run(
    'npm',
    ['install', '--no-fund', '--no-audit', '--silent', 'aws-cdk@2', 'aws-cdk-lib@2', 'constructs@10'],
    {
      cwd: folder,
    },
  );
  const env = { ...process.env, CDK_VALIDATION: 'false', CDK_DISABLE_VERSION_CHECK: 'true', CI: 'true' };
  const ours = [];
  const theirs = [];
  const alone = [];
  for (let index = 0; index < ROUNDS; index++) {
    ours.push((await run(process.execPath, [cli, 'synth', join(root, 'examples/jobs')])).seconds);
    theirs.push(
      (await run('npx', ['cdk', 'synth', '--quiet', '--no-notices'], { cwd: folder, env })).seconds,
    );
    alone.push((await run(process.execPath, ['app.mjs'], { cwd: folder, env })).seconds);
  }
  const mine = median(ours);
  return {
    title: 'Compiling: the system of examples/jobs to a template',
    rows: [
      ['tool', 'seconds', 'times fairway'],
      ['fairway synth', round(mine), 1],
      ['cdk synth (aws-cdk@2, validation off)', round(median(theirs)), round(median(theirs) / mine, 1)],
      ['the CDK app alone, without its CLI', round(median(alone)), round(median(alone) / mine, 1)],
    ],
  };
}
