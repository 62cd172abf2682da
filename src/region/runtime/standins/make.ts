import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Netd } from '../../network/netd-client.ts';
import { canonicalJson, sha256 } from '../images/canonical.ts';
import type { ImageStore } from '../images/store.ts';
import type { ImageConfig } from '../runtime.ts';
import { removeDocumentation, small } from './base.ts';
import type { BaseLayer } from './base-layer.ts';
import { debian } from './debian-base.ts';
import { installedIn, installInto } from './dpkg.ts';
import { accounts, mergeUsr, ownAll, putFiles } from './files.ts';
import type { StandIn } from './model.ts';
import { fillNode } from './node-files.ts';
import { type Archive, type Packages, type Selection, unneeded, upstreamVersion } from './packages.ts';
import { answers } from './variants.ts';

const execute = promisify(execFile);

const bases: Readonly<Record<StandIn['base'], BaseLayer>> = { small, debian };

/** Counted up when this file changes what it makes of a recipe. */
const shape = 3;

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
  const baseRecipe = (kind: StandIn['base']) => {
    const base = bases[kind];
    return sha256(canonicalJson([kind, base.shape, base.packages(netd.ids), unneeded.source]));
  };
  /** The tag's own version makes no other image. */
  const recipe = async (standIn: StandIn) =>
    sha256(
      canonicalJson([
        shape,
        baseRecipe(standIn.base),
        netd.ids,
        { ...standIn, asked: '', differs: '' },
        standIn.config('', netd.ids),
        await stampOf(standIn),
      ]),
    );

  /** Downloads, then hands the archives to `use` before they are removed. */
  async function withArchives<T>(
    names: readonly string[],
    onProgress: (line: string) => void,
    selection: Selection,
    use: (archives: readonly Archive[]) => Promise<T>,
  ): Promise<T> {
    if (names.length === 0) return use([]);
    await mkdir(context.cacheDirectory, { recursive: true });
    const directory = await mkdtemp(join(context.cacheDirectory, 'archives-'));
    try {
      return await use(await packages.download(names, directory, onProgress, selection));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  const making = new Map<string, Promise<Base>>();
  function base(kind: StandIn['base'], onProgress: (line: string) => void): Promise<Base> {
    const name = `base:${baseRecipe(kind)}`;
    const running =
      making.get(name) ?? makeBase(name, bases[kind], onProgress).finally(() => making.delete(name));
    making.set(name, running);
    return running;
  }

  async function makeBase(name: string, layer: BaseLayer, onProgress: (line: string) => void): Promise<Base> {
    const known = await store.reference(name);
    const key = known?.digest.replace('sha256:', '');
    if (known && key && (await store.hasLayer(key))) return { key, version: known.standIn ?? '' };
    const selection = { whole: layer.whole, without: new Map() };
    return withArchives(layer.packages(netd.ids), onProgress, selection, async (archives) => {
      const made = sha256(canonicalJson(['base', name, netd.ids, versions(archives)]));
      const origins = await packages.origins();
      await store.ensureLayer(made, (root) =>
        layer.fill(root, { packages, archives, ids: netd.ids, origins }),
      );
      const named = archives.find((archive) => baseVersion.includes(archive.name));
      const version = upstreamVersion(named?.version ?? '');
      await store.putReference({ reference: name, digest: `sha256:${made}`, standIn: version });
      return { key: made, version };
    });
  }

  async function own(standIn: StandIn, bottom: Promise<Base>, onProgress: (line: string) => void) {
    const whole = standIn.base === 'debian';
    const below = whole ? store.layerPath((await bottom).key) : undefined;
    const without = below === undefined ? new Map<string, string>() : await installedIn(below);
    return withArchives(standIn.packages, onProgress, { whole, without }, async (archives) => {
      const under = whole ? (await bottom).key : '';
      const key = sha256(canonicalJson([await recipe(standIn), under, versions(archives)]));
      await store.ensureLayer(key, async (root) => {
        await chmod(root, 0o755);
        if (standIn.program === 'nodejs') await fillNode(root, nodePath);
        if (whole) await installInto(root, packages, archives, below);
        else for (const { file } of archives) await packages.extract(file, root);
        await mergeUsr(root);
        await ownAll(root);
        await removeDocumentation(root);
        for (const path of standIn.remove) await rm(join(root, path), { recursive: true, force: true });
        const files = { ...(await accounts(standIn.users, below)), ...standIn.files };
        await putFiles(root, files);
        await standIn.finish?.(root, below);
        if (netd.ids === 'range') await giveAway(root, standIn, files);
      });
      const present = archives.find(({ name }) => name === standIn.program)?.version;
      return { key, version: present ?? without.get(standIn.program) };
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

  async function versionOf(standIn: StandIn, found: string | undefined, base: string): Promise<string> {
    if (standIn.program === 'nodejs') return (await execute(nodePath, ['--version'])).stdout.trim().slice(1);
    return found === undefined ? base : upstreamVersion(found);
  }

  return {
    available: packages.available,
    async key(standIn) {
      const asked = standIn.asked === undefined ? '' : `:${standIn.asked}`;
      return `stand-in:${standIn.names[0]}:${await recipe(standIn)}${asked}`;
    },
    async make(standIn, onProgress) {
      const below = base(standIn.base, onProgress);
      const [bottom, top] = await Promise.all([below, own(standIn, below, onProgress)]);
      const version = await versionOf(standIn, top.version, bottom.version);
      const particular = standIn.config(version, netd.ids);
      const config: ImageConfig = {
        exposedPorts: [],
        volumes: [],
        ...particular,
        environment: {
          PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          ...particular.environment,
        },
      };
      const digest = await store.putManifest({ config, layers: [bottom.key, top.key] });
      const announced = announcement(standIn, version);
      await store.putReference({ reference: await this.key(standIn), digest, standIn: announced });
      return { digest, standIn: announced };
    },
  };
}

/** `redis-server 7.0.15 from Debian packages (asked for 7.2)` */
function announcement({ program, label = program, asked }: StandIn, version: string): string {
  const what =
    program === 'nodejs' ? `Node ${version} from this machine` : `${label} ${version} from Debian packages`;
  return asked === undefined || answers(version, asked) ? what : `${what} (asked for ${asked})`;
}

interface Base {
  readonly key: string;
  readonly version: string;
}
/** The packages whose version is a base layer's. */
const baseVersion = ['busybox-static', 'base-files'];

const versions = (archives: readonly Archive[]) => archives.map(({ name, version }) => `${name}=${version}`);
