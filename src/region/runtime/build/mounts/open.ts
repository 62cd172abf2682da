import { chmod, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { lookUp } from '../../images/view.ts';
import { launchEnvironment } from '../../launch/context.ts';
import type { Mount } from '../../runtime.ts';
import { type ScratchFiles, scratchFiles } from '../copy/texts.ts';
import { type Build, directories, flagValues, refuse, type StageState, type Step } from '../state.ts';
import { openCache } from './cache.ts';
import { type MountRequest, parseMount, type SecretRequest } from './parse.ts';
import { snapshot } from './snapshot.ts';

/** The mounts of a RUN step as far as its cache key tells them; `open` makes them. */
export interface PlannedMounts {
  /** What of them changes what the step does: content of binds, but neither that of caches nor of secrets. */
  readonly identity: readonly unknown[];
  readonly targets: readonly string[];
  open(): Promise<OpenMounts>;
}
export interface OpenMounts {
  readonly mounts: readonly Mount[];
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

interface Opened {
  readonly mount?: Mount;
  readonly environment?: Readonly<Record<string, string>>;
  readonly release?: () => void;
}
interface Planned {
  readonly identity: unknown;
  readonly target?: string;
  open(scratch: ScratchFiles): Promise<Opened>;
}

export async function planMounts(build: Build, step: Step): Promise<PlannedMounts> {
  const planned: Planned[] = [];
  for (const text of flagValues(step.instruction, 'mount'))
    planned.push(await plan(build, step, parseMount(step.instruction, step.expand(text))));
  return {
    identity: planned.map(({ identity }) => identity),
    targets: planned.flatMap(({ target }) => target ?? []),
    async open() {
      const scratch = scratchFiles(build);
      const opened: Opened[] = [];
      const close = async () => {
        for (const { release } of opened) release?.();
        await inside(build, ['rm', '-rf', '--', scratch.directory]);
      };
      try {
        for (const mount of planned) opened.push(await mount.open(scratch));
      } catch (error) {
        await close();
        throw error;
      }
      return {
        mounts: opened.flatMap(({ mount }) => mount ?? []),
        environment: Object.assign({}, ...opened.map(({ environment }) => environment)) as Record<
          string,
          string
        >,
        close,
      };
    },
  };
}

async function plan(build: Build, step: Step, request: MountRequest): Promise<Planned> {
  switch (request.type) {
    case 'bind': {
      const { target, writable } = request;
      const source = await snapshot(build, request.from, request.source).catch((error: Error) =>
        refuse(step.instruction, `--mount: ${error.message}`, 'name what the source has'),
      );
      return {
        identity: ['bind', target, writable, basename(dirname(source)), basename(source)],
        target,
        async open(scratch) {
          // What the step writes there is seen by itself only.
          const own = writable ? await scratch.path() : source;
          if (writable) await inside(build, ['cp', '-a', '--', source, own]);
          return { mount: { kind: 'bind', source: own, target, readonly: !writable } };
        },
      };
    }
    case 'cache':
      return {
        identity: request,
        target: request.target,
        async open() {
          const { path, release } = await openCache(build, request);
          return {
            mount: { kind: 'bind', source: path, target: request.target, readonly: !request.writable },
            release,
          };
        },
      };
    case 'tmpfs': {
      const { target, mebibytes } = request;
      const size = mebibytes === undefined ? {} : { mebibytes };
      const mount = { kind: 'tmpfs', target, readonly: false, options: ['exec'], ...size } as const;
      return { identity: request, target, open: () => Promise.resolve({ mount }) };
    }
    case 'secret':
      return {
        identity: request,
        ...(request.target === undefined ? {} : { target: request.target }),
        open: (scratch) => openSecret(build, step, request, scratch),
      };
  }
}

async function openSecret(
  build: Build,
  { instruction }: Step,
  { id, target, environment, required, mode, uid, gid }: SecretRequest,
  scratch: ScratchFiles,
): Promise<Opened> {
  const given = build.request.secrets?.[id];
  if (!given) {
    if (required)
      refuse(
        instruction,
        `the secret ${id} is required and was not given`,
        'name it in `build: {secrets: […]}`',
      );
    return {};
  }
  const content =
    'content' in given
      ? Buffer.from(given.content)
      : await readFile(given.file).catch((error: Error) =>
          refuse(
            instruction,
            `the secret ${id} cannot be read: ${error.message}`,
            'check the file that the secret names',
          ),
        );
  const variables = environment === undefined ? {} : { environment: { [environment]: content.toString() } };
  if (target === undefined) return variables;
  const file = await scratch.path();
  await writeFile(file, content, { mode: 0o600 });
  await chmod(file, Number.parseInt(mode, 8));
  if (build.launch.netd.ids === 'range') await inside(build, ['chown', `${uid}:${gid}`, '--', file]);
  return { ...variables, mount: { kind: 'bind', source: file, target, readonly: true } };
}

async function inside({ launch }: Build, argv: readonly string[]): Promise<void> {
  const { code, stderr } = await launch.netd.run(argv, { env: launchEnvironment });
  if (code !== 0) throw new Error(`${argv[0]}: ${stderr.trim()}`);
}

/** Paths that exist only because something is mounted on them, deepest first: they are no part of the layer. */
export async function mountStubs(
  build: Build,
  state: StageState,
  targets: readonly string[],
): Promise<readonly string[]> {
  const below = directories(build.launch.store, state);
  const stubs = new Set<string>();
  for (const target of targets) {
    const { path } = await lookUp(below, target);
    for (let at = path; at !== '/' && !(await lookUp(below, at)).stats; at = dirname(at)) stubs.add(at);
  }
  return [...stubs].sort((a, b) => b.split('/').length - a.split('/').length);
}

/** Removes those of the stubs that are empty still. */
export async function removeStubs(build: Build, root: string, stubs: readonly string[]): Promise<void> {
  if (stubs.length === 0) return;
  const script =
    'root=$1; shift; for path do if [ -d "$root$path" ]; then rmdir -- "$root$path" 2>/dev/null; elif [ ! -s "$root$path" ]; then rm -f -- "$root$path"; fi; done; exit 0';
  await inside(build, ['/bin/sh', '-c', script, 'fairway', root, ...stubs]);
}
