import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { OperationError } from '../../../../common/problem.ts';
import type { Builder, EngineContext } from './builder.ts';
import { importImage } from './import.ts';
import { engineLines } from './lines.ts';
import { buildWords, dockerfileOf } from './words.ts';

const execute = promisify(execFile);

/** What the engines of this machine differ in. */
interface HostEngine {
  readonly name: 'docker' | 'podman' | 'buildah';
  /** Prints the version where the engine can work. */
  readonly version: readonly string[];
  readonly build: readonly string[];
  /** Writes the image of an id into a folder. */
  save(id: string, folder: string): readonly (readonly string[])[];
}

const engines: readonly HostEngine[] = [
  {
    name: 'docker',
    version: ['docker', 'version', '--format', '{{.Server.Version}}'],
    build: ['docker', 'build', '--progress', 'plain'],
    save: (id, folder) => [
      ['docker', 'save', '--output', `${folder}.tar`, id],
      ['tar', '--extract', '--file', `${folder}.tar`, '--directory', folder],
    ],
  },
  {
    name: 'podman',
    version: ['podman', 'version', '--format', '{{.Client.Version}}'],
    // The OCI form has no health check.
    build: ['podman', 'build', '--format', 'docker', '--layers', '--identity-label=false'],
    save: (id, folder) => [['podman', 'save', '--format', 'docker-dir', '--output', folder, id]],
  },
  {
    name: 'buildah',
    version: ['buildah', 'version', '--json'],
    build: ['buildah', 'build', '--format', 'docker', '--layers', '--identity-label=false'],
    save: (id, folder) => [
      ['buildah', 'push', '--format', 'v2s2', '--disable-compression', id, `dir:${folder}`],
    ],
  },
];

/** The engines that are installed on this machine, with its own settings and credentials. */
export const hostBuilders: readonly Builder[] = engines.map((engine) => ({
  name: engine.name,
  async available() {
    const [program = '', ...words] = engine.version;
    try {
      const { stdout } = await execute(program, words, { timeout: 5000 });
      return { version: engine.name === 'buildah' ? buildahVersion(stdout) : stdout.trim() };
    } catch (error) {
      const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
      if (code === 'ENOENT') return { reason: `${program} is not on this machine` };
      return { reason: `${program} does not answer: ${stderr.trim().split('\n').at(-1) ?? String(error)}` };
    }
  },
  build: (context) => buildOnHost(engine, context),
}));

const buildahVersion = (text: string) =>
  (JSON.parse(text) as { readonly version?: string }).version ?? 'unknown';

async function buildOnHost(engine: HostEngine, context: EngineContext) {
  const { request, launch } = context;
  const folder = join(launch.stateDirectory, 'tmp', randomBytes(6).toString('hex'));
  const image = join(folder, 'image');
  await mkdir(image, { recursive: true, mode: 0o700 });
  try {
    const dockerfile = request.inline === undefined ? dockerfileOf(request) : join(folder, 'Dockerfile');
    if (request.inline !== undefined) await writeFile(dockerfile, request.inline);
    const secrets = await secretFiles(context, folder);
    const words = buildWords(request, {
      context: request.context,
      dockerfile,
      registries: true,
      secret: (id) => secrets[id] ?? '',
      folder: (_name, path) => path,
    });
    const lines = engineLines(context);
    const idFile = join(folder, 'id');
    await run(context, [...engine.build, ...words, '--iidfile', idFile, request.context], lines);
    const id = (await readFile(idFile, 'utf8')).trim();
    for (const argv of engine.save(id, image)) await run(context, argv);
    return { digest: await importImage(image, context.sink), cached: !lines.worked() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Files that hold the secrets, by id. */
export async function secretFiles(
  { request: { secrets = {} } }: Pick<EngineContext, 'request'>,
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const [index, [id, secret]] of Object.entries(secrets).entries()) {
    files[id] = 'file' in secret ? secret.file : join(folder, `secret-${index}`);
    if ('content' in secret) await writeFile(files[id], secret.content, { mode: 0o600 });
  }
  return files;
}

async function run(
  { signal }: EngineContext,
  [program = '', ...words]: readonly string[],
  lines?: ReturnType<typeof engineLines>,
): Promise<void> {
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    env: { ...process.env, DOCKER_BUILDKIT: '1' },
  });
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (text) => {
      tail.push(text);
      if (tail.length > 20) tail.shift();
      lines?.line(text.trimEnd());
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  throw new OperationError({
    code: 'build-failed',
    message: [
      `${program} ${words[0] ?? ''} ended with exit code ${code}`,
      ...tail.map((text) => `  ${text}`),
    ].join('\n'),
    fix: 'mend the step that it names, or try --builder own',
  });
}
