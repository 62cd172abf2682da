import { chmodSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../common/clock.ts';
import { thisMachine } from '../oci/machine.ts';
import { openRegistry } from '../oci/registry.ts';
import { readRegistrySettings } from '../oci/settings.ts';
import { assembleRegion } from './assemble.ts';
import { createGateway } from './gateway/gateway.ts';
import { listenLocal, listenSocket } from './gateway/listen.ts';
import { createHostPorts } from './host-ports.ts';
import { buildNetwork } from './network/build-network.ts';
import { createNetwork } from './network/create-network.ts';
import { startNetd } from './network/start-netd.ts';
import { findTools } from './network/tools.ts';
import { createActivity } from './process/activity.ts';
import { createControl } from './process/control.ts';
import { regionObserver } from './process/flows.ts';
import { regionForwards } from './process/forwards.ts';
import { isIdle, watchIdle } from './process/idle.ts';
import { takeLock } from './process/lock.ts';
import { pathsOf } from './process/paths.ts';
import { fromArguments } from './process/settings.ts';
import { regionTime } from './process/time.ts';
import type { Identity } from './region.ts';
import { createRuntime } from './runtime/create-runtime.ts';
import { removeInside } from './runtime/launch/context.ts';
import { openStore } from './store/store.ts';

const log = (message: string) => console.error(`${new Date().toISOString()} ${message}`);

/** The region process: one per user and state, started by the first command that needs it. */
async function main(): Promise<void> {
  const startedAt = Date.now();
  const settings = fromArguments(process.argv.slice(2));
  const paths = pathsOf(process.env);
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  chmodSync(paths.state, 0o700);
  mkdirSync(dirname(paths.socket), { recursive: true, mode: 0o700 });
  if (!takeLock(paths.lock)) return;

  const programs = dirname(fileURLToPath(import.meta.url));
  const nodePath = process.execPath;
  const identity: Identity = {
    accountId: '000000000000',
    region: 'us-east-1',
    partition: 'aws',
    urlSuffix: 'amazonaws.com',
    stateDirectory: paths.state,
  };
  const tools = await findTools({ cacheDirectory: paths.cache, log });
  const netd = await startNetd({ program: join(programs, 'netd.mjs'), tools, nodePath, log });
  const store = openStore(join(paths.state, 'region.journal'));
  const time = regionTime(store, settings.timeScale);
  const hostPorts = createHostPorts(store);
  const outside = parseOutside(process.env.FAIRWAY_OUTSIDE);
  let stopPlane = async () => {};
  let removeVolumes = async (_prefix: string): Promise<readonly string[]> => [];

  let address: string | undefined;

  const { region, services, registry, start, stop } = assembleRegion({
    identity,
    store,
    log,
    nodePath,
    clock: time.clock,
    timeScale: settings.timeScale,
    clientClock: systemClock,
    pace: settings.pace,
    balancerProgram: join(programs, 'balancer.mjs'),
    endpoint: () => address,
    plane({ internal }) {
      const network = createNetwork({
        store,
        clock: systemClock,
        log,
        netd,
        tools,
        topology: internal.ec2.topology,
        zones: () => [...internal.servicediscovery.zones(), ...internal.elbv2.zones()],
        routerProgram: join(programs, 'router.mjs'),
        nodePath,
        stateDirectory: paths.state,
        outside,
        metadata: internal.ecs.metadata,
      });
      const runtime = createRuntime({
        netd,
        cacheDirectory: paths.cache,
        stateDirectory: paths.state,
        log,
        nodePath,
        layerProgram: join(programs, 'layers.mjs'),
        remote: ({ registry, repository }) =>
          openRegistry({
            registry,
            settings: readRegistrySettings(thisMachine(process.env)),
            clock: systemClock,
            log,
          }).repository(repository),
        buildNetwork: () => network.buildNamespace(),
        buildNameServers: buildNetwork.nameServers,
        accountId: identity.accountId,
        region: identity.region,
      });
      stopPlane = () => network.stop();
      removeVolumes = (prefix) => runtime.removeVolumes(prefix);
      return { netd, network, runtime, hostPorts };
    },
  });

  const activity = createActivity(region);
  const gateway = createGateway({ services, identity, log, registry, onCall: activity.called });
  const idle = watchIdle(region, () => void (settings.foreground || shutdown()));
  const endpoint = await listenLocal({
    gateway: (request, response) => {
      idle.busy();
      gateway(request, response);
    },
    allowUid: process.getuid!(),
    ...(settings.port === undefined ? {} : { port: settings.port, exactly: true }),
  });
  address = endpoint.url;
  let stopping: Promise<void> | undefined;
  const shutdown = () => (stopping ??= end());
  // Before the tasks of an earlier process come back and make their first connections.
  const observer = regionObserver(region);
  await start();
  const forwards = regionForwards(region, [nodePath, join(programs, 'forward.mjs')]);
  const control = createControl({
    region,
    forwards,
    observer,
    activity,
    removeVolumes: (prefix) => removeVolumes(prefix),
    info: () => ({
      build: process.env.FAIRWAY_BUILD ?? '',
      pid: process.pid,
      endpoint: endpoint.url,
      region: identity.region,
      accountId: identity.accountId,
      startedAt,
      settings,
      now: time.clock.now(),
    }),
    async shutdown(onlyIdle) {
      if (onlyIdle && (settings.foreground || !(await isIdle(region)))) return false;
      setImmediate(() => void shutdown());
      return true;
    },
  });
  const socket = await listenSocket(
    paths.socket,
    (request, response) => {
      idle.busy();
      if (!control.handle(request, response)) gateway(request, response);
    },
    control.upgrade,
  );
  log(`ready after ${Date.now() - startedAt} ms at ${endpoint.url} and ${paths.socket}`);

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void shutdown());
  // Whoever started it holds the other end, and is gone once that closes.
  if (settings.foreground) process.stdin.resume().once('close', () => void shutdown());
  netd.ended.then(() => {
    if (!stopping) log('netd ended: the region ends with it, and comes back with the next command');
    void shutdown();
  }, log);

  async function end(): Promise<void> {
    idle.stop();
    rmSync(paths.socket, { force: true });
    await Promise.race([
      Promise.allSettled([forwards.stop(), observer.stop(), stop(), stopPlane()]),
      new Promise((resolve) => setTimeout(resolve, 5_000)),
    ]);
    await netd.close().catch((error: Error) => log(error.message));
    time.save();
    store.close();
    await Promise.race([
      Promise.allSettled([socket.close(), endpoint.close()]),
      new Promise((resolve) => setTimeout(resolve, 200)),
    ]);
    rmSync(paths.lock, { force: true });
    if (settings.ephemeral) await removeState().catch((error: Error) => log(error.message));
    process.exit(0);
  }

  /** What tasks wrote belongs to their users, whom only a user namespace can act for. */
  async function removeState(): Promise<void> {
    const broom = await startNetd({ program: join(programs, 'netd.mjs'), tools, nodePath, log });
    await removeInside(broom, paths.state).finally(() => broom.close());
    // The folder that was made for it: no other than an empty one goes.
    rmdirSync(dirname(paths.state));
  }
}

/** `203.0.113.10=127.0.0.1,…`: addresses outside of every VPC that lead to the host's own loopback, for development. */
function parseOutside(text = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .split(',')
      .filter(Boolean)
      .map((pair) => pair.split('=') as [string, string]),
  );
}

process.on('uncaughtException', (error) => {
  log(`uncaught: ${error.stack ?? error.message}`);
  process.exit(1);
});
process.on('unhandledRejection', (error) => {
  log(`unhandled: ${error instanceof Error ? error.stack : String(error)}`);
});
await main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
