import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Netd } from '../../network/netd-client.ts';
import { canonicalJson, sha256 } from '../images/canonical.ts';
import type { ImageStore } from '../images/store.ts';
import type { ImageConfig } from '../runtime.ts';
import { basePackages, baseShape, fillBase, removeDocumentation } from './base.ts';
import { accounts, mergeUsr, putFiles } from './files.ts';
import type { StandIn } from './model.ts';
import { fillNode } from './node-files.ts';
import { type Archive, type Packages, upstreamVersion } from './packages.ts';

const execute = promisify(execFile);

export interface StandInMaker {
  /** Whether this machine has what stand-ins are made of. */
  available(): Promise<boolean>;
  /** The name under which the store keeps what this recipe makes on this machine. */
  key(standIn: StandIn): Promise<string>;
  make(
    standIn: StandIn,
    onProgress: (line: string) => void,
  ): Promise<{ readonly digest: string; readonly standIn: string }>;
}

export function createStandInMaker(context: {
  readonly store: ImageStore;
  readonly packages: Packages;
  readonly netd: Netd;
  readonly nodePath: string;
  readonly cacheDirectory: string;
}): StandInMaker {
  const { store, packages, netd, nodePath } = context;

  async function stampOf(standIn: StandIn) {
    if (standIn.program !== 'nodejs') return undefined;
    const { size, mtimeMs } = await stat(nodePath);
    return [nodePath, size, mtimeMs];
  }
  const recipe = async (standIn: StandIn) =>
    sha256(
      canonicalJson([
        baseShape,
        basePackages,
        netd.ids,
        standIn,
        standIn.config('', netd.ids),
        await stampOf(standIn),
      ]),
    );

  /** Downloads, then hands the archives to `use` before they are removed. */
  async function withArchives<T>(
    names: readonly string[],
    onProgress: (line: string) => void,
    use: (archives: readonly Archive[]) => Promise<T>,
  ): Promise<T> {
    if (names.length === 0) return use([]);
    await mkdir(context.cacheDirectory, { recursive: true });
    const directory = await mkdtemp(join(context.cacheDirectory, 'archives-'));
    try {
      return await use(await packages.download(names, directory, onProgress));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  async function base(
    onProgress: (line: string) => void,
  ): Promise<{ readonly key: string; readonly busybox: string }> {
    const name = `base:${sha256(canonicalJson([baseShape, basePackages]))}`;
    const known = await store.reference(name);
    const key = known?.digest.replace('sha256:', '');
    if (known && key && (await store.hasLayer(key))) return { key, busybox: known.standIn ?? '' };
    return withArchives(basePackages, onProgress, async (archives) => {
      const made = sha256(canonicalJson(['base', baseShape, versions(archives)]));
      await store.ensureLayer(made, (root) => fillBase(root, packages, archives));
      const busybox = upstreamVersion(
        archives.find((archive) => archive.name === 'busybox-static')?.version ?? '',
      );
      await store.putReference({ reference: name, digest: `sha256:${made}`, standIn: busybox });
      return { key: made, busybox };
    });
  }

  async function own(standIn: StandIn, onProgress: (line: string) => void) {
    return withArchives(standIn.packages, onProgress, async (archives) => {
      const key = sha256(canonicalJson([await recipe(standIn), versions(archives)]));
      await store.ensureLayer(key, async (root) => {
        await chmod(root, 0o755);
        if (standIn.program === 'nodejs') await fillNode(root, nodePath);
        for (const { file } of archives) await packages.extract(file, root);
        await mergeUsr(root);
        await removeDocumentation(root);
        for (const path of standIn.remove) await rm(join(root, path), { recursive: true, force: true });
        const files = { ...accounts(standIn.users), ...standIn.files };
        await putFiles(root, files);
        if (netd.ids === 'range') await giveAway(root, standIn, files);
      });
      return { key, archive: archives.find(({ name }) => name === standIn.program) };
    });
  }

  /** Owners that only exist inside. */
  async function giveAway(root: string, standIn: StandIn, files: StandIn['files']): Promise<void> {
    for (const [path, file] of Object.entries(files)) {
      const uid = 'directory' in file && file.owner ? standIn.users[file.owner]?.uid : undefined;
      if (uid === undefined) continue;
      const { code, stderr } = await netd.run(['chown', `${uid}:${uid}`, join(root, path)]);
      if (code !== 0) throw new Error(`cannot give ${path} to ${uid}: ${stderr.trim()}`);
    }
  }

  async function versionOf(standIn: StandIn, archive: Archive | undefined, busybox: string): Promise<string> {
    if (standIn.program === 'nodejs') return (await execute(nodePath, ['--version'])).stdout.trim().slice(1);
    return archive ? upstreamVersion(archive.version) : busybox;
  }

  return {
    available: packages.available,
    key: async (standIn) => `stand-in:${standIn.names[0]}:${await recipe(standIn)}`,
    async make(standIn, onProgress) {
      const [bottom, top] = await Promise.all([base(onProgress), own(standIn, onProgress)]);
      const version = await versionOf(standIn, top.archive, bottom.busybox);
      const config: ImageConfig = {
        exposedPorts: [],
        volumes: [],
        ...standIn.config(version, netd.ids),
        environment: {
          PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          ...standIn.config(version, netd.ids).environment,
        },
      };
      const digest = await store.putManifest({ config, layers: [bottom.key, top.key] });
      const origin = standIn.program === 'nodejs' ? 'this machine' : 'Debian packages';
      const what = standIn.program === 'nodejs' ? `Node ${version}` : `${standIn.program} ${version}`;
      const announced = `${what} from ${origin}`;
      await store.putReference({ reference: await this.key(standIn), digest, standIn: announced });
      return { digest, standIn: announced };
    },
  };
}

const versions = (archives: readonly Archive[]) => archives.map(({ name, version }) => `${name}=${version}`);
