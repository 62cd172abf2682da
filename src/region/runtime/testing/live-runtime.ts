import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildNetwork } from '../../network/build-network.ts';
import type { InsideProcess } from '../../network/netd-client.ts';
import { liveNetwork } from '../../network/testing/live-network.ts';
import { createRuntime, type LocalRuntime, type RuntimeOptions } from '../create-runtime.ts';
import { testCache } from './heavy.ts';
import { bundleLayerProgram } from './layer-program.ts';
import type { Container, ContainerSpec } from '../runtime.ts';

export interface Ended {
  readonly code: number;
  readonly signal?: string;
  readonly stdout: string;
  readonly stderr: string;
}
export interface LiveRuntime {
  readonly runtime: LocalRuntime;
  readonly ids: 'range' | 'single';
  readonly stateDirectory: string;
  /** An empty folder that goes with the runtime. */
  folder(name: string): string;
  start(reference: string, spec?: Partial<ContainerSpec>): Promise<Container & { output(): string }>;
  /** Runs a container to its end and removes it. */
  run(reference: string, argv: readonly string[], spec?: Partial<ContainerSpec>): Promise<Ended>;
  stop(): Promise<void>;
}

/** A runtime in real namespaces; stand-ins are kept between runs of the tests. */
export async function liveRuntime(
  options: {
    readonly cacheDirectory?: string;
    readonly remote?: RuntimeOptions['remote'];
    /** Address outside → address of this machine. */
    readonly outside?: Readonly<Record<string, string>>;
  } = {},
): Promise<LiveRuntime> {
  const network = await liveNetwork(options.outside ? { outside: options.outside } : {});
  const { netd } = network;
  const stateDirectory = mkdtempSync(join(tmpdir(), 'fairway-runtime-'));
  const runtime = createRuntime({
    netd,
    cacheDirectory: options.cacheDirectory ?? testCache,
    stateDirectory: join(stateDirectory, 'state'),
    log: (message) => process.stderr.write(`${message}\n`),
    nodePath: process.execPath,
    layerProgram: await bundleLayerProgram(),
    ...(options.remote ? { remote: options.remote } : {}),
    buildNetwork: network.buildNamespace,
    buildNameServers: buildNetwork.nameServers,
    accountId: '000000000000',
    region: 'us-east-1',
  });
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  await netd.run(['ip', 'netns', 'add', 'task'], { env });
  await netd.run(['ip', '-n', 'task', 'link', 'set', 'lo', 'up'], { env });
  let sequence = 0;

  const start: LiveRuntime['start'] = async (reference, spec = {}) => {
    const image = await runtime.resolve(reference);
    const output = { stdout: '', stderr: '' };
    const container = await runtime.start({
      id: `test-${sequence++}`,
      network: 'task',
      image,
      argv: [...(image.config.entrypoint ?? []), ...(image.config.command ?? [])],
      environment: {},
      hostname: 'task-1',
      nameServers: ['10.0.0.2'],
      searchDomains: ['local'],
      hosts: {},
      mounts: [],
      readonlyRoot: false,
      onOutput: (stream, chunk) => void (output[stream] += String(chunk)),
      ...spec,
    });
    return { ...container, output: () => output.stdout + output.stderr };
  };
  return {
    runtime,
    ids: netd.ids,
    stateDirectory,
    folder(name) {
      const path = join(stateDirectory, name);
      mkdirSync(path, { recursive: true });
      return path;
    },
    start,
    async run(reference, argv, spec = {}) {
      const output = { stdout: '', stderr: '' };
      const onOutput: ContainerSpec['onOutput'] = (stream, chunk) => void (output[stream] += String(chunk));
      const container = await start(reference, { ...spec, argv, onOutput });
      const exited = await container.exited;
      await container.remove();
      return { ...exited, ...output };
    },
    async stop() {
      await network.stop();
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}

/** What a program that was run with `exec` wrote, and its exit code. */
export async function outputOf(
  inside: InsideProcess,
): Promise<{ readonly code: number | null; readonly text: string }> {
  let text = '';
  inside.onStdout((chunk) => void (text += String(chunk)));
  inside.onStderr((chunk) => void (text += String(chunk)));
  inside.end();
  const { code } = await inside.exited;
  return { code, text };
}

/** Tries until `attempt` gives something. */
export async function eventually<T>(attempt: () => Promise<T | undefined>, what: string): Promise<T> {
  for (let round = 0; round < 200; round++) {
    const value = await attempt();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`did not happen: ${what}`);
}
