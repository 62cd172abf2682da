import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pause } from './support.mjs';

/** Debian's docker-registry on a port of the loopback interface, filled by `push`; what it keeps lies in `folder`. */
export async function startRegistry(folder) {
  const host = `127.0.0.1:${await freePort()}`;
  const settings = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'registry') } },
    http: { addr: host },
  };
  writeFileSync(join(folder, 'registry.yml'), JSON.stringify(settings));
  const child = spawn(registryProgram(), ['serve', join(folder, 'registry.yml')], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const url = `http://${host}/v2/`;
  for (let tries = 0; ; tries++) {
    if ((await fetch(url).catch(() => ({ ok: false }))).ok) break;
    if (tries > 200) throw new Error('the registry does not answer');
    await pause(50);
  }
  return {
    host,
    /** Pushes an image of layers (uncompressed archives) and its configuration. */
    async push(name, layers, config = {}) {
      const blobs = layers.map((bytes) => ({
        bytes: gzipSync(bytes, { level: 1 }),
        diffId: digestOf(bytes),
      }));
      const configuration = Buffer.from(
        JSON.stringify({
          architecture: process.arch === 'x64' ? 'amd64' : process.arch,
          os: 'linux',
          config,
          rootfs: { type: 'layers', diff_ids: blobs.map(({ diffId }) => diffId) },
        }),
      );
      const descriptor = (mediaType, bytes) => ({ mediaType, digest: digestOf(bytes), size: bytes.length });
      for (const bytes of [configuration, ...blobs.map((blob) => blob.bytes)])
        await upload(`${url}${name}`, bytes);
      const type = 'application/vnd.oci.image.manifest.v1+json';
      await sent(`${url}${name}/manifests/1`, type, {
        schemaVersion: 2,
        mediaType: type,
        config: descriptor('application/vnd.oci.image.config.v1+json', configuration),
        layers: blobs.map(({ bytes }) => descriptor('application/vnd.oci.image.layer.v1.tar+gzip', bytes)),
      });
      return {
        reference: `${host}/${name}:1`,
        size: blobs.reduce((sum, { bytes }) => sum + bytes.length, 0),
      };
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const digestOf = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function upload(repository, bytes) {
  const begun = await fetch(`${repository}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(begun.headers.get('location'), repository);
  place.searchParams.set('digest', digestOf(bytes));
  await sent(place, 'application/octet-stream', bytes);
}

async function sent(url, type, body) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body: bytes });
  if (!answer.ok) throw new Error(`PUT ${url}: ${answer.status} ${await answer.text()}`);
}

/** The system's, else taken out of its package, which needs no root. */
function registryProgram() {
  if (existsSync('/usr/bin/docker-registry')) return '/usr/bin/docker-registry';
  const folder = join(
    process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
    'fairway/bench/docker-registry',
  );
  const program = join(folder, 'root/usr/bin/docker-registry');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    execFileSync('apt-get', ['-qq', 'download', 'docker-registry'], { cwd: folder, stdio: 'ignore' });
    const archive = readdirSync(folder).find((name) => name.endsWith('.deb'));
    execFileSync('dpkg-deb', ['-x', archive, 'root'], { cwd: folder });
  }
  return program;
}

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** An archive of a folder's files, as tar(1) makes it. */
export function archiveOf(folder, file) {
  execFileSync('tar', [
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '-C',
    folder,
    '-cf',
    file,
    '.',
  ]);
  return readFileSync(file);
}
