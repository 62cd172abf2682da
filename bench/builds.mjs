import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { cli, median, ownRegion, round, run, scratch } from './support.mjs';

const ROUNDS = 5;
const builders = ['own', 'buildah'];

/**
 * A node service (npm ci, sources, a step that compiles) built by Fairway and by buildah, which is fetched as a package and works in a container of the
 * same region: to an image that can be started, with the base at hand.
 */
export async function measure() {
  return scratch(async (folder) => {
    const env = ownRegion(folder);
    const region = join(folder, 'state/fairway/region.sock');
    await run(process.execPath, [cli, 'env'], { env, cwd: folder });
    try {
      const results = {};
      for (const builder of builders) {
        const context = join(folder, builder);
        mkdirSync(context);
        writeService(context);
        const build = () =>
          timed(region, {
            repository: `bench/${builder}`,
            context,
            dockerfile: 'Dockerfile',
            args: {},
            builder,
          });
        await build();
        const times = { cold: [], changed: [], same: [] };
        for (let index = 0; index < ROUNDS; index++) {
          edit(join(context, 'package.json'), (text) =>
            text.replace('"private":true', `"x${Date.now()}":"","private":true`),
          );
          times.cold.push(await build());
          edit(join(context, 'src/build.js'), (text) => `${text}// ${index} ${Date.now()}\n`);
          times.changed.push(await build());
          times.same.push(await build());
        }
        results[builder] = times;
      }
      const row = (label, name) => {
        const [own, other] = builders.map((builder) => median(results[builder][name]));
        return [label, round(own), round(other), `${round(own / other, 3)} ×`];
      };
      return {
        title: 'Builds: a node service, with its base at hand',
        rows: [
          ['build', 'Fairway s', 'buildah s', 'ratio'],
          row('package.json changed: npm ci and all below it', 'cold'),
          row('one line of source changed', 'changed'),
          row('nothing changed', 'same'),
        ],
        note: `medians of ${ROUNDS}; buildah works with chroot isolation and overlay, its image is handed on to the store of the region`,
      };
    } finally {
      await call(region, 'shutdown', {});
    }
  });
}

/** Without packages from a registry, whose times would be what is measured. */
function writeService(folder) {
  const files = {
    Dockerfile:
      'FROM node:20-slim\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY src src\nRUN node src/build.js\nCMD ["node", "dist/0.js"]\n',
    'package.json': '{"name":"service","version":"1.0.0","private":true}',
    'package-lock.json':
      '{"name":"service","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"service","version":"1.0.0"}}}',
    'src/build.js':
      "const { mkdirSync, writeFileSync } = require('node:fs');\nmkdirSync('dist');\nfor (let i = 0; i < 500; i++) writeFileSync(`dist/${i}.js`, `console.log(${i})`.repeat(50));\n",
  };
  mkdirSync(join(folder, 'src'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function edit(file, change) {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

async function timed(socketPath, job) {
  const began = performance.now();
  const lines = (await call(socketPath, 'build', job)).trim().split('\n');
  const last = JSON.parse(lines.at(-1));
  if (last.kind !== 'built') throw new Error(JSON.stringify(last));
  return (performance.now() - began) / 1000;
}

function call(socketPath, name, body) {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method: 'POST', path: `/_fairway/${name}` }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}
