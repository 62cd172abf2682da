import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { OperationError } from '../../../common/problem.ts';
import { bind } from '../launch/fstab.ts';
import { startContainer } from '../launch/start.ts';
import type { ContainerSpec } from '../runtime.ts';
import { certificatesPath, type HostSettings } from './host-settings.ts';
import { predefined } from './arguments.ts';
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
  const { instruction } = step;
  const flags = flagsOf(instruction, ['network']);
  if (flags['network'] !== undefined && flags['network'] !== 'default')
    refuse(instruction, `RUN --network=${flags['network']} is not enacted`, 'leave it out');
  const argv = commandOf(state, step);
  const { store, netd } = build.launch;
  const { environment, user, workingDirectory } = state.config;
  // Proxies and the machine's registry do not change what a step means: https://docs.docker.com/reference/dockerfile/#predefined-args
  const args = Object.entries(state.args).filter(([name]) => !predefined.has(name));
  const key = layerKey('run', state, argv, environment, args, user, workingDirectory, netd.ids);
  const { cached } = await store.ensureLayer(key, (draft) => execute(build, state, step, argv, draft));
  return { state: withLayer(state, key), cached };
};

/** A here-document is the script itself where nothing else stands in the line, else it goes to the shell as written. */
function commandOf(state: StageState, { instruction }: Step): readonly string[] {
  const { form, args, heredocs } = instruction;
  if (form === 'json') return args;
  const [line = ''] = args;
  const [first] = heredocs;
  if (!first) return [...state.shell, line];
  if (heredocs.length === 1 && /^<<-?\s*["']?\w+["']?$/.test(line.trim())) {
    const text = first.stripTabs ? first.content.replace(/^\t+/gm, '') : first.content;
    return [...state.shell, text];
  }
  return [...state.shell, [line, ...heredocs.map(({ content, name }) => `${content}${name}`)].join('\n')];
}

async function execute(
  build: Build,
  state: StageState,
  { instruction, begin }: Step,
  argv: readonly string[],
  draft: string,
): Promise<void> {
  begin();
  await chmod(draft, 0o755);
  const settings = await build.hostSettings();
  const host = hostEnvironment(settings);
  const tail: string[] = [];
  const lines = lineReader((line) => {
    build.progress(line);
    tail.push(line);
    if (tail.length > 20) tail.shift();
  });
  const spec: ContainerSpec = {
    id: `build-${randomBytes(6).toString('hex')}`,
    network: await build.buildNetwork(),
    image: { digest: '', layers: directories(build.launch.store, state), config: state.config },
    argv,
    environment: { ...host, ...state.args, ...state.config.environment },
    hostname: 'buildkitsandbox',
    nameServers: build.nameServers,
    searchDomains: [],
    hosts: {},
    mounts: [],
    readonlyRoot: false,
    onOutput: (stream, chunk) => lines.take(stream, chunk),
  };
  const extra = settings.certificates
    ? [bind(settings.certificates, certificatesPath, 'bind,ro,nosuid,nodev')]
    : [];
  const { file, line } = instruction.position;
  const container = await startContainer(build.launch, build.volumes, { spec, upper: draft, extra }).catch(
    (error: Error) => {
      throw failed(`${file}:${line}: ${instruction.text}: ${error.message}`, error);
    },
  );
  const { code, signal } = await container.exited;
  lines.end();
  await container.remove();
  if (code === 0) return;
  const ending = `ended with ${signal ?? `exit code ${code}`}`;
  throw failed([`${file}:${line}: ${instruction.text} ${ending}`, ...tail].join('\n  '));
}

const failed = (message: string, cause?: Error) =>
  new OperationError(
    { code: 'build-failed', message, fix: 'mend the step; those before it are kept' },
    cause ? { cause } : {},
  );

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
