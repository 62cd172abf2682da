import { spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli, median, ownRegion, pause, root, round, run, scratch } from './support.mjs';

const ROUNDS = 7;

/** From saving a source file under `up --watch` to the first answer of the edited program, and what a deployment of it takes. */
export async function measure() {
  return scratch(async (folder) => {
    const project = join(folder, 'watched');
    cpSync(join(root, 'test/fixtures/watch'), project, { recursive: true });
    const env = ownRegion(folder);
    const fairway = (...args) => run(process.execPath, [cli, ...args], { env, cwd: folder });
    await fairway('up', project);
    const { urls } = JSON.parse((await fairway('-f', project, 'status', '--json')).stdout);
    const source = join(project, 'page/server.js');
    let word = 'first';
    const edit = (next) => {
      writeFileSync(source, readFileSync(source, 'utf8').replace(`'${word}'`, `'${next}'`));
      word = next;
    };
    const page = urls.find((url) => url.includes('8096')) ?? urls[0];
    const deployed = [];
    for (let index = 0; index < 3; index++) {
      edit(`deployed-${index}`);
      const began = performance.now();
      const up = fairway('up', project);
      await answers(page, word);
      deployed.push((performance.now() - began) / 1000);
      await up;
    }
    const watching = spawn(process.execPath, [cli, '-f', project, 'up', '--watch'], { env, cwd: folder });
    await new Promise((resolve) =>
      watching.stderr.on('data', (text) => String(text).includes('watching') && resolve()),
    );
    const restarted = [];
    for (let index = 0; index < ROUNDS; index++) {
      await pause(500);
      const began = performance.now();
      edit(`watched-${index}`);
      await answers(page, word);
      restarted.push((performance.now() - began) / 1000);
    }
    watching.kill('SIGINT');
    await new Promise((resolve) => watching.on('close', resolve));
    await fairway('-f', project, 'down', '--volumes', '--yes');
    const [slow, fast] = [median(deployed), median(restarted)];
    return {
      title: 'Watch: one source file of a node service saved',
      rows: [
        ['way', 'seconds to the first answer of the edited program', 'ratio'],
        ['fairway up --watch: built, and restarted in its task', round(fast), '1'],
        ['fairway up: built, and deployed as ECS does it', round(slow), `${round(slow / fast)}×`],
      ],
      gates: [{ name: 'an edit under up --watch', value: round(fast), limit: 1 }],
    };
  });
}

async function answers(url, word) {
  for (;;) {
    const text = await fetch(url).then(
      (answer) => answer.text(),
      () => '',
    );
    if (text.startsWith(`${word} `)) return;
    await pause(5);
  }
}
