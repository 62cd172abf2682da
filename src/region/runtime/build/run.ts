import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { launchEnvironment } from '../launch/context.ts';
import { bind } from '../launch/fstab.ts';
import { startContainer } from '../launch/start.ts';
import type { Container, ContainerSpec } from '../runtime.ts';
import { predefined } from './arguments.ts';
import { stepFailed } from './failure.ts';
import { certificatesPath, type HostSettings } from './host-settings.ts';
import { lenientWords } from './lenient.ts';
import { mountStubs, type OpenMounts, type PlannedMounts, planMounts, removeStubs } from './mounts/open.ts';
import {
  type Build,
  directories,
  flagsOf,
  type Handler,
  layerKey,
  refuse,
  type StageState,
  type Step,
  withLayer,
} from './state.ts';

/** https://docs.docker.com/reference/dockerfile/#run: the command's changes become the layer. */
export const run: Handler = async (build, state, step) => {
  const network = networkOf(step);
  const argv = commandOf(state, step);
  const mounts = await planMounts(build, step);
  const { store, netd } = build.launch;
  const { environment, user, workingDirectory } = state.config;
  // Proxies and the machine's registry do not change what a step means: https://docs.docker.com/reference/dockerfile/#predefined-args
  const args = Object.entries(state.args).filter(([name]) => !predefined.has(name));
  const more = network === 'none' || mounts.identity.length > 0 ? [network, mounts.identity] : [];
  const key = layerKey(
    build,
    'run',
    state,
    argv,
    environment,
    args,
    user,
    workingDirectory,
    netd.ids,
    ...more,
  );
  const { cached } = await store.ensureLayer(key, async (draft) => {
    step.begin();
    // mount(8), which takes the host out of sight, notes in /run what it did.
    const lenient = netd.ids === 'single' ? await lenientWords(build.launch) : undefined;
    const targets = [...mounts.targets, '/run/mount', ...(lenient ? [lenient.target] : [])];
    const stubs = await mountStubs(build, state, targets);
    await execute(build, state, step, { argv, draft, network, mounts, lenient });
    await removeStubs(build, draft, stubs);
  });
  return { state: withLayer(state, key), cached };
};

function networkOf({ instruction }: Step): 'default' | 'none' {
  const { network = 'default', security = 'sandbox' } = flagsOf(instruction, [
    'network',
    'mount',
    'security',
  ]);
  if (security !== 'sandbox')
    refuse(
      instruction,
      `RUN --security=${security} is not enacted`,
      'leave it out: a step gets what docker leaves a container',
    );
  if (network !== 'default' && network !== 'none')
    refuse(
      instruction,
      `RUN --network=${network} is not enacted: a build does not see this machine`,
      'write --network=none, or leave it out',
    );
  return network;
}

/** A here-document is the script itself where nothing else stands in the line, else it goes to the shell as written. */
function commandOf(state: StageState, { instruction }: Step): readonly string[] {
  const { form, args, heredocs } = instruction;
  if (form === 'json') return args;
  const [line = ''] = args;
  const [first] = heredocs;
  if (!first) return [...state.shell, line];
  if (heredocs.length === 1 && /^<<-?\s*["']?\w+["']?$/.test(line.trim())) {
    const text = first.stripTabs ? first.content.replaceAll(/^\t+/gm, '') : first.content;
    // A script with an interpreter of its own is run by that: https://docs.docker.com/reference/dockerfile/#here-documents
    if (text.startsWith('#!')) return ['/bin/sh', '-c', interpreted, 'fairway', text];
    return [...state.shell, text];
  }
  return [...state.shell, [line, ...heredocs.map(({ content, name }) => `${content}${name}`)].join('\n')];
}

/** The script lies in /tmp while it runs, and goes with its end. */
const interpreted =
  'file=/tmp/fairway-script-$$; trap \'rm -f "$file"\' EXIT; printf %s "$1" > "$file" && chmod 700 "$file" && "$file"';

interface Execution {
  readonly argv: readonly string[];
  readonly draft: string;
  readonly network: 'default' | 'none';
  readonly mounts: PlannedMounts;
  readonly lenient: Awaited<ReturnType<typeof lenientWords>>;
}

async function execute(
  build: Build,
  state: StageState,
  step: Step,
  { argv, draft, network, mounts, lenient }: Execution,
): Promise<void> {
  await chmod(draft, 0o755);
  const { instruction } = step;
  const settings = await build.hostSettings();
  const tail: string[] = [];
  const lines = lineReader((line) => {
    build.progress(line, { kind: 'output', step: step.title });
    tail.push(line);
    if (tail.length > 20) tail.shift();
  });
  const opened = await mounts.open();
  const id = `build-${randomBytes(6).toString('hex')}`;
  let alone: string | undefined;
  try {
    if (network === 'none') alone = await namespaceAlone(build, id);
    const spec: ContainerSpec = {
      id,
      network: alone ?? (await build.buildNetwork()),
      image: { digest: '', layers: directories(build.launch.store, state), config: state.config },
      argv: [...(lenient?.words ?? []), ...argv],
      environment: {
        ...hostEnvironment(settings),
        ...state.args,
        ...state.config.environment,
        ...opened.environment,
      },
      hostname: 'buildkitsandbox',
      nameServers: build.nameServers,
      searchDomains: [],
      hosts: {},
      mounts: opened.mounts,
      readonlyRoot: false,
      onOutput: (stream, chunk) => lines.take(stream, chunk),
    };
    const extra = [
      ...(settings.certificates
        ? [bind(settings.certificates, certificatesPath, 'bind,ro,nosuid,nodev')]
        : []),
      ...(lenient ? [bind(lenient.source, lenient.target, 'bind')] : []),
    ];
    const container = await startContainer(build.launch, build.volumes, { spec, upper: draft, extra }).catch(
      (error: Error) => {
        throw stepFailed(instruction, step.frame, error.message, [], error);
      },
    );
    const { code, signal } = await ended(build, container);
    lines.end();
    build.signal.throwIfAborted();
    if (code === 0) return;
    const reason = `${firstLine(instruction.text)} ended with ${signal ?? `exit code ${code}`}`;
    throw stepFailed(instruction, step.frame, reason, tail);
  } finally {
    await close(build, opened, alone);
  }
}

const firstLine = (text: string) => text.split('\n')[0] ?? '';

/** Waits for the program, or ends it where nobody waits for the build any more. */
async function ended({ signal }: Build, container: Container) {
  const kill = () => void container.signal('SIGKILL').catch(() => false);
  signal.addEventListener('abort', kill);
  if (signal.aborted) kill();
  try {
    const exited = await container.exited;
    await container.remove();
    return exited;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

async function close(build: Build, opened: OpenMounts, namespace: string | undefined): Promise<void> {
  await opened.close();
  if (namespace !== undefined)
    await build.launch.netd.run(['ip', 'netns', 'delete', namespace], { env: launchEnvironment });
}

/** `--network=none`: a namespace with nothing but its own loopback. */
async function namespaceAlone({ launch }: Build, name: string): Promise<string> {
  for (const words of [
    ['ip', 'netns', 'add', name],
    ['ip', '-n', name, 'link', 'set', 'lo', 'up'],
  ]) {
    const { code, stderr } = await launch.netd.run(words, { env: launchEnvironment });
    if (code !== 0) throw new Error(`cannot make a network for --network=none: ${stderr.trim()}`);
  }
  return name;
}

function hostEnvironment({ registry, certificates }: HostSettings): Readonly<Record<string, string>> {
  return {
    ...(registry === undefined ? {} : { npm_config_registry: registry }),
    ...(certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificatesPath }),
  };
}

function lineReader(onLine: (line: string) => void) {
  const streams = {
    stdout: { decoder: new StringDecoder(), rest: '' },
    stderr: { decoder: new StringDecoder(), rest: '' },
  };
  return {
    take(stream: 'stdout' | 'stderr', chunk: Buffer): void {
      const state = streams[stream];
      const parts = (state.rest + state.decoder.write(chunk)).split('\n');
      state.rest = parts.pop() ?? '';
      for (const part of parts) onLine(part.trimEnd());
    },
    end(): void {
      for (const state of Object.values(streams)) if (state.rest !== '') onLine(state.rest.trimEnd());
    },
  };
}
