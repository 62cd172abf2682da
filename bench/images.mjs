import { createCipheriv } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { podmanStore, podmanVersion } from './podman.mjs';
import { archiveOf, startRegistry } from './registry.mjs';
import { cli, median, ownRegion, round, run, scratch } from './support.mjs';

const ROUNDS = 3;
const LAYERS = 5;
const FILES = 2000;
const FILE_SIZE = 50_000;

/** A pull of an image of 500 MB from a registry of this machine, until its files lie unpacked: each time into an empty store. */
export async function measure() {
  return scratch(async (folder) => {
    const podman = podmanVersion();
    const registry = await startRegistry(folder);
    try {
      const layers = Array.from({ length: LAYERS }, (_, index) => layer(folder, index));
      const { reference, size } = await registry.push('bench/large', layers);
      const times = { fairway: [], podman: [] };
      for (let index = 0; index < ROUNDS; index++) {
        times.fairway.push(await byFairway(folder, reference));
        if (podman) times.podman.push(await byPodman(folder, reference));
      }
      const own = median(times.fairway);
      const row = (name, seconds) => [
        name,
        round(seconds),
        round(size / 1e6 / seconds, 0),
        `${round(own / seconds)} ×`,
      ];
      return {
        title: `Images: ${LAYERS} layers of ${(FILES * FILE_SIZE) / 1e6} MB (${round(size / 1e6, 0)} MB compressed) from a registry of this machine, pulled and unpacked`,
        rows: [
          ['tool', 'seconds', 'MB/s', 'Fairway takes'],
          row('fairway images pull', own),
          ...(podman ? [row(`podman pull (${podman}, overlay)`, median(times.podman))] : []),
        ],
        note: `medians of ${ROUNDS}, each into an empty store${podman ? '' : '; podman is not installed on this machine'}`,
      };
    } finally {
      await registry.stop();
    }
  });
}

/** Files of which half is random and half repeats, so that they compress as programs do. */
function layer(folder, index) {
  const files = join(folder, `layer-${index}`);
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, index + 1), Buffer.alloc(16));
  for (let file = 0; file < FILES; file++) {
    const directory = join(files, `layer-${index}/${file % 50}`);
    mkdirSync(directory, { recursive: true });
    const random = noise.update(Buffer.alloc(FILE_SIZE / 2));
    writeFileSync(
      join(directory, `${file}.dat`),
      Buffer.concat([random, Buffer.alloc(FILE_SIZE / 2, `file ${file} `)]),
    );
  }
  const bytes = archiveOf(files, join(folder, 'layer.tar'));
  rmSync(files, { recursive: true });
  return bytes;
}

async function byFairway(folder, reference) {
  const place = mkdtempSync(join(folder, 'fairway-'));
  const env = { ...ownRegion(place), XDG_CACHE_HOME: join(place, 'cache') };
  const fairway = (...args) => run(process.execPath, [cli, ...args], { env, cwd: place });
  // The region is there already, as podman needs none. What it does at its start is not what is measured.
  await fairway('env');
  const { seconds } = await fairway('images', 'pull', reference);
  await fairway('images', '--prune', '--all', '--force');
  rmSync(place, { recursive: true, force: true, maxRetries: 5 });
  return seconds;
}

async function byPodman(folder, reference) {
  const store = podmanStore(mkdtempSync(join(folder, 'podman-')));
  try {
    return (await store.run('pull', '--quiet', '--tls-verify=false', reference)).seconds;
  } finally {
    await store.remove();
  }
}
