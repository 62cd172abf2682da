import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createWriteStream } from 'node:fs';
import { OperationError } from '../../../../common/problem.ts';
import { digestOf } from '../../../../oci/digest.ts';
import type { ImageConfiguration } from '../../../../oci/model.ts';
import { canonicalJson, sha256 } from '../../images/canonical.ts';
import { startContainer } from '../../launch/start.ts';
import type { ContainerSpec, Mount } from '../../runtime.ts';
import { buildahStore } from '../cache.ts';
import type { Builder, Built, EngineContext } from './builder.ts';
import { namedImages } from './named-images.ts';
import { secretFiles } from './host.ts';
import { importImage } from './import.ts';
import { engineLines } from './lines.ts';
import { buildWords } from './words.ts';

/** What of buildah's image changes when this file does. */
const shape = 1;
const storage = '/var/lib/containers';

/**
 * buildah as a package of this machine's distribution, in a container of the region: as root of the region's user namespace with
 * chroot isolation, on the network of builds, with nothing of the host in sight but the build context. It needs more than one user
 * id: its steps set groups, which the kernel refuses where only one exists.
 */
export const fetchedBuildah: Builder = {
  name: 'buildah',
  available: () => Promise.resolve({ version: 'of the distribution, fetched into the cache' }),
  build,
};

async function build(context: EngineContext): Promise<Built> {
  const { launch, request } = context;
  if (launch.netd.ids === 'single')
    throw new OperationError({
      code: 'builder-unavailable',
      message: 'buildah cannot build here: only one user id exists, and its steps have to set groups',
      fix: 'give the user a range (/etc/subuid, and the package uidmap), or write --builder own',
    });
  const root = await buildahLayer(context);
  const cache = buildahStore(launch.stateDirectory);
  const folder = join(launch.stateDirectory, 'tmp', randomBytes(6).toString('hex'));
  await mkdir(join(folder, 'bases'), { recursive: true, mode: 0o700 });
  await mkdir(cache, { recursive: true });
  try {
    const bases = await exportBases(context, join(folder, 'bases'));
    const secrets = await secretFiles(context, folder);
    if (request.inline !== undefined) await writeFile(join(folder, 'Dockerfile'), request.inline);
    const mounts: Mount[] = [
      { kind: 'bind', source: cache, target: storage, readonly: false },
      { kind: 'bind', source: folder, target: '/work', readonly: false },
      { kind: 'bind', source: request.context, target: '/context', readonly: true },
    ];
    const words = buildWords(request, {
      context: '/context',
      dockerfile: request.inline === undefined ? join('/context', request.dockerfile) : '/work/Dockerfile',
      registries: false,
      secret(id) {
        mounts.push({
          kind: 'bind',
          source: secrets[id] ?? '',
          target: `/secrets/${mounts.length}`,
          readonly: true,
        });
        return mounts.at(-1)?.target ?? '';
      },
      folder(_name, path) {
        mounts.push({ kind: 'bind', source: path, target: `/contexts/${mounts.length}`, readonly: true });
        return mounts.at(-1)?.target ?? '';
      },
    });
    const lines = engineLines(context);
    await runInside(context, root, mounts, [...bases, '--', ...words], lines);
    return { digest: await importImage(join(folder, 'image'), context.sink), cached: !lines.worked() };
  } finally {
    await launch.netd.run(['/bin/rm', '-rf', '--', folder]);
  }
}

/** NAME FOLDER pairs, `--`, then the words of the build; the image is left in /work/image. */
const script = String.raw`
set -e
while [ "$1" != -- ]; do
  id=$(buildah images --quiet --no-trunc "$1" 2>/dev/null | head -n 1) || id=
  [ "$id" = "$3" ] || { buildah --log-level error pull --quiet "dir:$2" > /work/pulled && buildah tag "$(cat /work/pulled)" "$1"; }
  shift 3
done
shift
buildah build --format docker --layers --identity-label=false --pull-never --iidfile /work/id "$@" /context
buildah --log-level error push --quiet --format v2s2 --disable-compression "$(cat /work/id)" dir:/work/image
`;

async function runInside(
  context: EngineContext,
  layer: string,
  mounts: readonly Mount[],
  words: readonly string[],
  lines: ReturnType<typeof engineLines>,
): Promise<void> {
  const { launch, volumes, signal } = context;
  let rest = '';
  const spec: ContainerSpec = {
    id: `build-${randomBytes(6).toString('hex')}`,
    network: await context.buildNetwork(),
    image: {
      digest: '',
      layers: [launch.store.layerPath(layer)],
      config: { environment: {}, exposedPorts: [], volumes: [] },
    },
    argv: ['/bin/sh', '-c', script, 'fairway', ...words],
    environment: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/root',
      BUILDAH_ISOLATION: 'chroot',
      // It is root of a user namespace already.
      _CONTAINERS_USERNS_CONFIGURED: 'done',
      TMPDIR: '/work',
    },
    hostname: 'fairway',
    nameServers: context.nameServers,
    searchDomains: [],
    hosts: {},
    mounts,
    readonlyRoot: false,
    capabilities: { add: ['ALL'], drop: [] },
    onOutput(_stream, chunk) {
      const parts = (rest + String(chunk)).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) lines.line(part.trimEnd());
    },
  };
  const container = await startContainer(launch, volumes, { spec });
  const kill = () => void container.signal('SIGKILL').catch(() => false);
  signal.addEventListener('abort', kill);
  const { code } = await container.exited;
  signal.removeEventListener('abort', kill);
  await container.remove();
  signal.throwIfAborted();
  if (code !== 0)
    throw new OperationError({
      code: 'build-failed',
      message: [`buildah ended with exit code ${code}`, ...lines.tail.map((line) => `  ${line}`)].join('\n'),
      fix: 'mend the step that it names, or try --builder own',
    });
}

/** buildah and what it needs to run, with settings of its own. */
async function buildahLayer({ launch, packages, progress }: EngineContext): Promise<string> {
  const { store, stateDirectory } = launch;
  const key = sha256(canonicalJson(['buildah', shape]));
  await store.ensureLayer(key, async (root) => {
    const archives = await mkdtemp(join(stateDirectory, 'tmp-'));
    try {
      progress('fetching buildah from the packages of this machine (once)');
      const found = await packages.download(['buildah', 'busybox-static'], archives, progress);
      await chmod(root, 0o755);
      for (const { file } of found) await packages.extract(file, root);
    } finally {
      await rm(archives, { recursive: true, force: true });
    }
    await finishRoot(root);
  });
  return key;
}

const files: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  'etc/group': 'root:x:0:\n',
  'etc/containers/storage.conf': `[storage]\ndriver = "overlay"\nrunroot = "/run/containers"\ngraphroot = "${storage}"\n`,
  'etc/containers/registries.conf':
    'unqualified-search-registries = ["docker.io"]\nshort-name-mode = "disabled"\n',
  'etc/containers/policy.json': '{"default":[{"type":"insecureAcceptAnything"}]}\n',
  'etc/containers/containers.conf': '',
};

async function finishRoot(root: string): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  for (const path of ['root', 'run', 'tmp', 'usr/bin', 'var/tmp'])
    await mkdir(join(root, path), { recursive: true });
  const present = new Set(await readdir(join(root, 'bin')));
  for (const name of ['sh', 'cat', 'head', 'rm', 'mkdir'])
    if (!present.has(name)) await symlink('busybox', join(root, 'bin', name));
}

/** Writes the images that the Dockerfile names for buildah: NAME FOLDER ID words, FOLDER as buildah sees it. */
async function exportBases(context: EngineContext, folder: string): Promise<readonly string[]> {
  const { store } = context.launch;
  const words: string[] = [];
  for (const [index, name] of (await namedImages(context)).entries()) {
    const { digest } = await context.resolve(name);
    const image = await store.image(digest);
    if (!image) throw new Error(`${name} has no manifest ${digest}`);
    const place = join(folder, String(index));
    await mkdir(place);
    for (const layer of image.manifest.layers) await exportBlob(context, layer.digest, place);
    const config = Buffer.from(JSON.stringify(withHistory(image.configuration)));
    const id = digestOf(config);
    await writeFile(join(place, id.replace('sha256:', '')), config);
    const manifest = {
      ...image.manifest,
      config: { ...image.manifest.config, digest: id, size: config.length },
    };
    await writeFile(join(place, 'manifest.json'), JSON.stringify(manifest));
    await writeFile(join(place, 'version'), 'Directory Transport Version: 1.1\n');
    words.push(name, `/work/bases/${index}`, id);
  }
  return words;
}

/** A history is optional, but buildah counts layers by it: https://github.com/opencontainers/image-spec/blob/main/config.md */
function withHistory(configuration: ImageConfiguration): ImageConfiguration {
  const { history = [], rootfs } = configuration;
  const told = history.filter((entry) => entry.empty_layer !== true).length;
  if (told === rootfs.diff_ids.length) return configuration;
  const created = configuration.created ?? '1970-01-01T00:00:00Z';
  const own = rootfs.diff_ids.map(() => ({ created, created_by: 'fairway' }));
  return { ...configuration, created, history: own };
}

async function exportBlob(
  { launch: { store } }: EngineContext,
  digest: string,
  place: string,
): Promise<void> {
  const content = await store.content(digest);
  if (!content) throw new Error(`the store has no ${digest}`);
  const target = join(place, digest.replace('sha256:', ''));
  const source = await content.open();
  await link(store.blobs.path(digest), target).then(
    () => source.destroy(),
    // Another file system.
    () => pipeline(source, createWriteStream(target)),
  );
}
