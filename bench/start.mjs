import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { runnerImport } from 'vite';
import { plainContainer, podmanStore, podmanVersion } from './podman.mjs';
import { median, root, round, run, scratch } from './support.mjs';

const ROUNDS = 15;
const program = ['/bin/busybox', 'true'];
/** A server that answers itself, as a health check would ask it, and says so. */
const server = [
  '/bin/busybox',
  'sh',
  '-c',
  'trap "exit 0" TERM; "$0" httpd -f -p 8099 -h "${0%/*}" & until "$0" wget -qO /dev/null http://127.0.0.1:8099/busybox 2>/dev/null; do :; done; echo answers; wait',
  '/bin/busybox',
];

/** Containers of an image that is there: from asking for one to its end, and to the first answer of a server in it. */
export async function measure() {
  return scratch(async (folder) => {
    const { module } = await runnerImport(join(root, 'src/region/runtime/testing/live-runtime.ts'), { root });
    const live = await module.liveRuntime();
    try {
      const image = await live.runtime.resolve('busybox:1');
      const busybox = join(folder, 'busybox');
      await run('cp', [join(image.layers.at(-1), 'bin/busybox'), busybox]);
      const ways = { plain: spawned([], busybox), fairway: inFairway(live) };
      const podman = podmanVersion();
      const store = podman && podmanStore(mkdtempSync(join(folder, 'podman-')));
      if (store) ways.podman = await inPodman(store, folder, image);
      const times = {};
      for (const way of Object.values(ways)) await way.end();
      for (let index = 0; index < ROUNDS; index++)
        for (const [name, way] of Object.entries(ways)) {
          times[name] ??= { end: [], answer: [] };
          times[name].end.push(await seconds(way.end));
          const { stop, at } = await way.answer();
          times[name].answer.push(at);
          await stop();
        }
      await store?.remove();
      const row = (label, name) => {
        if (!times[name]) return [];
        const [end, answer] = [median(times[name].end), median(times[name].answer)];
        const ratio = (value, what) => `${round(value / median(times.fairway[what]))} ×`;
        return [
          [label, round(end * 1000, 1), ratio(end, 'end'), round(answer * 1000, 1), ratio(answer, 'answer')],
        ];
      };
      return {
        title: 'Containers: started from an image that is there',
        rows: [
          ['way', 'busybox true, ms', '× Fairway', 'server answers, ms', '× Fairway'],
          ...row('a process of this machine, no container', 'plain'),
          ...row('Fairway, in the namespace of a task', 'fairway'),
          ...row(`podman run --network=none (${podman})`, 'podman'),
        ],
        note: `medians of ${ROUNDS}, one after the other${podman ? '; podman without cgroups, which Fairway does not use either' : '; podman is not installed on this machine'}`,
      };
    } finally {
      await live.stop();
    }
  });
}

async function seconds(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

function inFairway(live) {
  return {
    end: () => live.run('busybox:1', program),
    async answer() {
      const began = performance.now();
      let told = () => {};
      const answered = new Promise((resolve) => (told = resolve));
      const container = await live.start('busybox:1', {
        argv: server,
        onOutput: (_stream, chunk) => String(chunk).includes('answers') && told(),
      });
      await answered;
      const at = (performance.now() - began) / 1000;
      return {
        at,
        async stop() {
          await container.signal('SIGKILL');
          await container.exited;
          await container.remove();
        },
      };
    },
  };
}

/** Words that lead to the program, and where that lies. */
function spawned(words, busybox) {
  const argv = (wanted) => [...words, ...wanted.map((word) => (word === '/bin/busybox' ? busybox : word))];
  const split = ([command, ...rest]) => [command, rest];
  return {
    end: () => run(...split(argv(program))),
    async answer() {
      const began = performance.now();
      const child = spawn(...split(argv(server)), { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
      const ended = new Promise((resolve) => child.once('close', resolve));
      await new Promise((resolve, reject) => {
        child.stdout.on('data', (chunk) => String(chunk).includes('answers') && resolve());
        ended.then((code) => reject(new Error(`${words.join(' ')} ended with ${code}`)));
      });
      const at = (performance.now() - began) / 1000;
      return {
        at,
        async stop() {
          process.kill(-child.pid, 'SIGTERM');
          await ended;
        },
      };
    },
  };
}

async function inPodman(store, folder, image) {
  const files = join(folder, 'image');
  mkdirSync(files, { recursive: true });
  for (const layer of [...image.layers].reverse()) await run('cp', ['-a', `${layer}/.`, files]);
  const archive = join(folder, 'image.tar');
  await run('tar', ['-C', files, '-cf', archive, '.']);
  await store.run('import', archive, 'bench');
  return spawned([...store.words, 'run', ...plainContainer, 'bench'], '/bin/busybox');
}
