import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/common/clock.ts';
import { openRegistry } from '../../src/oci/registry.ts';
import { plainSettings } from '../../src/oci/settings.ts';
import { inPieces, type MadeImage } from '../../src/region/runtime/testing/made-images.ts';
import type { ManifestDocument } from '../../src/oci/model.ts';
import { testCacheHome } from '../../src/region/runtime/testing/heavy.ts';
import { eventually } from './fairway.ts';

export interface TestRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  push(repository: string, tag: string, image: MadeImage): Promise<void>;
  pushList(
    repository: string,
    tag: string,
    list: ManifestDocument,
    images: readonly MadeImage[],
  ): Promise<void>;
  stop(): Promise<void>;
}

/** Debian's docker-registry (the distribution project's own), on a port of the loopback interface. */
export async function startRegistry(): Promise<TestRegistry> {
  const program = registryProgram();
  const folder = mkdtempSync(join(tmpdir(), 'fairway-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const config = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: host },
  };
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
  const child = spawn(program, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  await eventually(async () => (await fetch(`http://${host}/v2/`)).ok, 20, 'the registry');
  const repository = (name: string) =>
    openRegistry({ registry: host, settings: plainSettings, clock: systemClock }).repository(name);
  async function pushBlobs(name: string, image: MadeImage): Promise<void> {
    const target = repository(name);
    for (const [digest, bytes] of image.blobs)
      if (!(await target.hasBlob(digest)))
        await target.putBlob(
          { mediaType: 'application/octet-stream', digest, size: bytes.length },
          inPieces(bytes, 1 << 20),
        );
  }
  return {
    host,
    async push(name, tag, image) {
      await pushBlobs(name, image);
      await repository(name).putManifest(image.manifest, tag);
    },
    async pushList(name, tag, list, images) {
      for (const image of images) {
        await pushBlobs(name, image);
        await repository(name).putManifest(image.manifest);
      }
      await repository(name).putManifest(list, tag);
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The system's, else taken out of its package, which needs no root. */
function registryProgram(): string {
  if (existsSync('/usr/bin/docker-registry')) return '/usr/bin/docker-registry';
  const folder = join(testCacheHome, 'docker-registry');
  const program = join(folder, 'root/usr/bin/docker-registry');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    execFileSync('apt-get', ['-qq', 'download', 'docker-registry'], { cwd: folder, stdio: 'ignore' });
    const archive = readdirSync(folder).find((name) => name.endsWith('.deb'))!;
    execFileSync('dpkg-deb', ['-x', archive, 'root'], { cwd: folder });
  }
  return program;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
