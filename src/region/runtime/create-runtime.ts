import { basename, join } from 'node:path';
import type { ImageSource } from '../../oci/model.ts';
import type { Netd } from '../network/netd-client.ts';
import { buildCache } from './build/cache.ts';
import { layersOfBuilds } from './build/records.ts';
import { buildWithEngine } from './build/engines/choose.ts';
import { announcedSettings, type HostSettings, readHostSettings } from './build/host-settings.ts';
import { createResolver } from './images/resolve.ts';
import { collect } from './images/collect.ts';
import { createGate } from './images/gate.ts';
import { layerName } from './images/layers.ts';
import { layerWorker } from './images/layer/worker.ts';
import { fullName, type Reference } from './images/reference.ts';
import { openLeases } from './images/leases.ts';
import { buildSink, localRepositories, standInsBelow } from './images/repositories.ts';
import { openImageStore } from './images/store.ts';
import { type LaunchContext, removeInside } from './launch/context.ts';
import { startContainer } from './launch/start.ts';
import { memoryGuard } from './launch/memory-guard.ts';
import { type LaunchTools, launchTools } from './launch/tools.ts';
import { summarize } from './images/summary.ts';
import { measureInside, sweep } from './images/sweep.ts';
import { openVolumes } from './launch/volumes.ts';
import type { ContainerSpec, Runtime } from './runtime.ts';
import { createStandInMaker } from './standins/make.ts';
import { openPackages } from './standins/packages.ts';

export interface RuntimeOptions {
  readonly netd: Netd;
  /** Shared by all projects; may be removed while nothing runs. */
  readonly cacheDirectory: string;
  readonly stateDirectory: string;
  readonly log: (message: string) => void;
  /** The Node that the node stand-in is made of. */
  readonly nodePath: string;
  /** Path of layers.mjs. */
  readonly layerProgram: string;
  /** Where images are pulled from; absent: no registry is asked. */
  readonly remote?: (reference: Reference) => ImageSource;
  /** Name of a network namespace with a way out, for RUN steps of builds. */
  readonly buildNetwork: () => Promise<string>;
  /** Name servers for builds. */
  readonly buildNameServers: readonly string[];
  readonly accountId: string;
  readonly region: string;
}

/** The runtime with what the region needs besides the contract. */
export interface LocalRuntime extends Runtime {
  removeVolume(name: string): Promise<void>;
  /** Removes the volumes whose names begin with `prefix`; gives their names. */
  removeVolumes(prefix: string): Promise<readonly string[]>;
  listVolumes(): Promise<readonly string[]>;
}

/** Layers of builds that are not older than this serve the next one. */
const recentDays = 7;

/** Containers as processes with layered roots, in netd's namespaces. */
export function createRuntime(options: RuntimeOptions): LocalRuntime {
  const { netd, cacheDirectory, stateDirectory, nodePath, accountId, region } = options;
  const store = openImageStore(
    join(cacheDirectory, 'images'),
    (path) => removeInside(netd, path),
    layerWorker({ netd, nodePath, program: options.layerProgram }),
    join(stateDirectory, 'registry'),
  );
  const packages = openPackages(cacheDirectory);
  let tools: Promise<LaunchTools> | undefined;
  const context: LaunchContext = {
    netd,
    store,
    stateDirectory,
    tools: () => (tools ??= launchTools(store)),
    memory: memoryGuard(),
  };
  const volumes = openVolumes(context);
  const maker = createStandInMaker({ store, packages, netd, nodePath, cacheDirectory });
  const registry = `${accountId}.dkr.ecr.${region}.amazonaws.com`;
  const resolver = createResolver({
    store,
    maker,
    registry,
    single: netd.ids === 'single',
    ...(options.remote ? { remote: options.remote } : {}),
  });
  const repositories = localRepositories(store, registry);
  // A new netd means that no container of an earlier one lives; what is left of them is rubbish.
  const cleaned = Promise.all(
    ['containers', 'tmp'].map((name) => removeInside(netd, join(stateDirectory, name))),
  );
  // On the file system of the layers, because overlayfs needs its working directory beside what it writes.
  const buildContext: LaunchContext = { ...context, stateDirectory: join(cacheDirectory, 'builds') };
  const caches = buildCache(netd, buildContext.stateDirectory);
  let hostSettings: Promise<HostSettings> | undefined;
  sweep(netd, cacheDirectory).catch((error: unknown) =>
    options.log(`cannot sweep the cache: ${String(error)}`),
  );
  cleaned.catch((error: unknown) => options.log(`cannot clean up: ${String(error)}`));

  const gate = createGate();
  const running = new Set<ContainerSpec>();
  const leases = openLeases(join(cacheDirectory, 'images'), stateDirectory, async () => ({
    digests: [...running].map(({ image }) => image.digest),
    layers: tools ? [...(await layersInUse())] : [],
  }));
  const renew = () =>
    leases.renew().catch((error: unknown) => options.log(`cannot tell what is in use: ${String(error)}`));
  // Others should know that it lives before anything of it runs.
  void renew();

  /** Layers that must not go: mounted ones, and those that every container is started with. */
  async function layersInUse(): Promise<ReadonlySet<string>> {
    const { layer, devices } = await context.tools();
    const mounted = [...running].flatMap(({ image }) => image.layers);
    return new Set([layer, devices, ...mounted].map((path) => basename(path)));
  }

  function ended(spec: ContainerSpec): void {
    running.delete(spec);
    void renew();
  }

  /** Frees what neither this region nor another one of the same cache uses. */
  async function prune({ inUse, all }: { readonly inUse: readonly string[]; readonly all: boolean }) {
    const others = await leases.others();
    const shared = others.living.length > 0;
    const recent = all ? new Set<string>() : await layersOfBuilds(buildContext.stateDirectory, recentDays);
    const keepLayers = [...(await layersInUse()), ...others.layers, ...[...recent].map(layerName)];
    const collected = await collect(store, {
      inUse: new Set(inUse.map(fullName)),
      all,
      keepLayers: new Set(keepLayers),
      keepDigests: others.digests,
      shared,
      now: Date.now(),
      measure: (paths) => measureInside(netd, paths),
    });
    const processes = others.living.join(', ');
    if (shared)
      return {
        ...collected,
        notes: [
          `kept what another region may be at work on (process ${processes}): what is younger than an hour, and the build cache`,
        ],
      };
    const freed = all ? await caches.measure() : 0;
    if (all) await caches.remove();
    return { ...collected, bytes: collected.bytes + freed, notes: [] };
  }

  const build: Runtime['build'] = async (request, onProgress, { signal } = {}) => {
    await cleaned;
    const standIns = new Map<string, string>();
    const { digest, cached } = await buildWithEngine({
      launch: buildContext,
      volumes: openVolumes(buildContext),
      request,
      hostSettings: announcedSettings(() => (hostSettings ??= readHostSettings(nodePath)), onProgress),
      buildNetwork: options.buildNetwork,
      nameServers: options.buildNameServers,
      async resolve(reference) {
        const image = await resolver.resolve(reference, onProgress, {
          pull: request.pull === true ? 'always' : 'missing',
        });
        if (image.standIn !== undefined) standIns.set(reference, image.standIn);
        for (const below of await standInsBelow(store, image.digest))
          standIns.set(below.reference, below.standIn);
        return image;
      },
      progress: onProgress,
      signal: signal ?? new AbortController().signal,
      sink: buildSink(store),
      packages,
      async originOf(name) {
        if (name.startsWith(`${registry}/`)) return 'here';
        const { available, standIn } = await resolver.probe(name);
        return standIn !== undefined ? 'here' : available ? 'registry' : 'nowhere';
      },
    });
    const reference = `${registry}/${request.repository}@${digest}`;
    const below = [...standIns].map(([name, standIn]) => ({ reference: name, standIn }));
    await store.putReference({
      reference,
      digest,
      origin: 'build',
      at: Date.now(),
      ...(below.length > 0 ? { standIns: below } : {}),
    });
    return { digest, reference, cached, standIns: below };
  };

  return {
    repositories,
    resolve: (...args) => gate.shared(() => resolver.resolve(...args)),
    probe: resolver.probe,
    build: (...args) => gate.shared(() => build(...args)),
    images: () => summarize(store),
    pruneImages: (wanted) => gate.alone(() => prune(wanted)),
    buildCacheSize: caches.measure,
    async start(spec) {
      await cleaned;
      await context.tools();
      running.add(spec);
      await renew();
      try {
        const container = await startContainer(context, volumes, { spec });
        const remove = () => container.remove().finally(() => ended(spec));
        return { ...container, remove };
      } catch (error) {
        ended(spec);
        throw error;
      }
    },
    removeVolume: volumes.remove,
    ensureVolumeFolder: volumes.ensureFolder,
    listVolumes: volumes.list,
    async removeVolumes(prefix) {
      const names = (await volumes.list()).filter((name) => name.startsWith(prefix));
      for (const name of names) await volumes.remove(name);
      return names;
    },
  };
}
