import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { cli, median, ownRegion, pause, root, round, run, scratch } from './support.mjs';

const ROUNDS = 5;

/** From `fairway up` with a warm cache to the first 200 through the load balancer, and to its own end. */
export async function measure() {
  return scratch(async (folder) => {
    const project = join(folder, 'jobs');
    cpSync(join(root, 'examples/jobs'), project, { recursive: true });
    const env = ownRegion(folder);
    const fairway = (...args) => run(process.execPath, [cli, ...args], { env, cwd: folder });
    await fairway('up', project);
    const { urls } = JSON.parse((await fairway('-f', project, 'status', '--json')).stdout);
    const first = [];
    const ended = [];
    const again = [];
    for (let index = 0; index < ROUNDS; index++) {
      await fairway('-f', project, 'down');
      const began = performance.now();
      const child = spawn(process.execPath, [cli, 'up', project], { env, cwd: folder, stdio: 'ignore' });
      const end = new Promise((resolve) => child.on('close', resolve));
      first.push(await firstAnswer(urls[0], began));
      const code = await end;
      if (code !== 0) throw new Error(`up exited ${code}`);
      ended.push((performance.now() - began) / 1000);
      again.push((await fairway('up', project)).seconds);
    }
    await fairway('-f', project, 'down', '--volumes', '--yes');
    return {
      title: 'Up: examples/jobs, five tasks behind a load balancer, from a warm cache',
      rows: [
        ['step', 'seconds'],
        ['to the first 200 through the load balancer', round(median(first))],
        ['to the end of up: every service steady', round(median(ended))],
        ['up again with nothing changed', round(median(again))],
      ],
      gates: [
        { name: 'up to the first 200', value: round(median(first)), limit: 3 },
        { name: 'up with nothing changed', value: round(median(again)), limit: 1 },
      ],
    };
  });
}

async function firstAnswer(url, began) {
  for (;;) {
    const status = await new Promise((resolve) => {
      const call = request(url, { timeout: 2000 }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      call.on('error', () => resolve(0));
      call.on('timeout', () => call.destroy());
      call.end();
    });
    if (status === 200) return (performance.now() - began) / 1000;
    await pause(5);
  }
}
