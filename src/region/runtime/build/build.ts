import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, OperationError } from '../../../common/problem.ts';
import { targetStage } from '../../../dockerfile/expose.ts';
import type { Instruction, Keyword, Stage } from '../../../dockerfile/model.ts';
import { parseDockerfile } from '../../../dockerfile/parse.ts';
import { expandWord } from '../../../dockerfile/words.ts';
import type { ImageConfig } from '../runtime.ts';
import {
  declareArguments,
  globalArguments,
  platformArguments,
  predefinedArguments,
  unusedArguments,
} from './arguments.ts';
import {
  command,
  entrypoint,
  env,
  expose,
  healthCheck,
  label,
  maintainer,
  shell,
  stopSignal,
  user,
  volume,
  workdir,
} from './configure.ts';
import { copy } from './copy.ts';
import { readIgnoreRules } from './ignore.ts';
import { run } from './run.ts';
import { type Build, type Handler, refuse, type StageState, type Step } from './state.ts';

const handlers: Readonly<Partial<Record<Keyword, Handler>>> = {
  ADD: copy,
  CMD: command,
  COPY: copy,
  ENTRYPOINT: entrypoint,
  ENV: env,
  EXPOSE: expose,
  HEALTHCHECK: healthCheck,
  LABEL: label,
  MAINTAINER: maintainer,
  RUN: run,
  SHELL: shell,
  STOPSIGNAL: stopSignal,
  USER: user,
  VOLUME: volume,
  WORKDIR: workdir,
};

const defaultShell = ['/bin/sh', '-c'];
const emptyConfig: ImageConfig = {
  environment: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  exposedPorts: [],
  volumes: [],
};

/** Builds the target stage and what it needs; the manifest's digest follows from the layers' keys and the configuration alone. */
export async function buildImage(
  context: Omit<Build, 'ignore' | 'source'>,
): Promise<{ readonly digest: string; readonly cached: boolean }> {
  const { request, progress } = context;
  const file = join(request.context, request.dockerfile);
  const dockerfile = parseDockerfile(await readDockerfile(file), file);
  const target = targetStage(dockerfile, request.target);
  if (!target)
    throw new InputError([
      {
        code: 'dockerfile-target',
        message: `${file} has no stage ${request.target}`,
        fix: `name one of its stages: ${dockerfile.stages.flatMap(({ as }) => as ?? []).join(', ') || 'none has a name'}`,
      },
    ]);
  for (const name of unusedArguments(dockerfile, request.args))
    progress(`no ARG takes the build argument ${name}`);
  const globals = globalArguments(dockerfile, request.args);
  const stages = new Map<Stage, Promise<StageState>>();
  let cached = true;

  const earlier = (name: string, before: number): Stage | undefined => {
    const candidates = dockerfile.stages.slice(0, before);
    return (
      candidates.findLast((stage) => stage.as === name.toLowerCase()) ??
      (/^\d+$/.test(name) ? candidates[Number(name)] : undefined)
    );
  };
  const stageResult = (stage: Stage): Promise<StageState> => {
    const running = stages.get(stage) ?? buildStage(stage);
    stages.set(stage, running);
    return running;
  };
  const imageResult = async (reference: string): Promise<StageState> => {
    const { digest } = await context.resolve(reference);
    const manifest = await context.launch.store.manifest(digest);
    if (!manifest) throw new Error(`${reference} has no manifest ${digest}`);
    return {
      layers: manifest.layers,
      config: manifest.config,
      shell: defaultShell,
      args: {},
      ownCommand: false,
    };
  };

  async function buildStage(stage: Stage): Promise<StageState> {
    const index = dockerfile.stages.indexOf(stage);
    const from = expandWord(stage.from, (name) => globals[name], dockerfile.escape);
    refuseOtherPlatform(stage, globals, dockerfile.escape);
    const base = earlier(stage.from, index);
    let state = await startOf(base ? await stageResult(base) : from, stage);
    const build: Build = {
      ...context,
      ignore: await ignore,
      source: async (name) => {
        const wanted = earlier(name, index);
        return wanted ? stageResult(wanted) : imageResult(name);
      },
    };
    for (const [number, instruction] of stage.instructions.entries()) {
      const step = `[${stage.as ? `${stage.as} ` : ''}${number + 1}/${stage.instructions.length}] ${instruction.text.replace(/\s*\n\s*/g, ' ')}`;
      state = await enact(build, state, instruction, step);
    }
    return state;
  }

  async function startOf(base: StageState | string, stage: Stage): Promise<StageState> {
    const args = predefinedArguments(request.args);
    if (typeof base !== 'string') return { ...base, args, ownCommand: false };
    if (base === '')
      throw new InputError([
        {
          code: 'dockerfile-from',
          message: `FROM ${stage.from} names nothing`,
          position: stage.position,
          fix: 'give its ARG a default',
        },
      ]);
    if (base === 'scratch')
      return { layers: [], config: emptyConfig, shell: defaultShell, args, ownCommand: false };
    const found = await imageResult(base).catch((error: unknown) => {
      if (!(error instanceof OperationError)) throw error;
      throw new InputError([
        { code: 'dockerfile-from', message: error.message, position: stage.position, fix: error.fix },
      ]);
    });
    return { ...found, args };
  }

  async function enact(
    build: Build,
    state: StageState,
    instruction: Instruction,
    title: string,
  ): Promise<StageState> {
    const expand = (word: string) =>
      expandWord(word, (name) => state.config.environment[name] ?? state.args[name], dockerfile.escape);
    if (instruction.keyword === 'ARG')
      return declareArguments(state, instruction, expand, request.args, { ...platformArguments, ...globals });
    const handler = handlers[instruction.keyword];
    if (!handler)
      return refuse(
        instruction,
        `${instruction.keyword} is not enacted`,
        'write what it defers into the image that uses it',
      );
    const step: Step = { instruction, expand, begin: () => progress(title) };
    const done = await handler(build, state, step);
    if (done.cached === false) cached = false;
    if (done.cached === true) progress(`${title} (cached)`);
    return done.state;
  }

  const ignore = readIgnoreRules(request.context, request.dockerfile);
  const { layers, config } = await stageResult(target);
  return { digest: await context.launch.store.putManifest({ config, layers }), cached };
}

async function readDockerfile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError([
      {
        code: 'dockerfile-missing',
        message:
          error.code === 'ENOENT'
            ? `there is no Dockerfile ${file}`
            : `cannot read ${file}: ${error.message}`,
        fix: 'write one, or name it with `build: {dockerfile: …}`',
      },
    ]);
  });
}

function refuseOtherPlatform(stage: Stage, globals: Readonly<Record<string, string>>, escape: string): void {
  if (stage.platform === undefined) return;
  const wanted = expandWord(stage.platform, (name) => globals[name], escape);
  if (wanted === platformArguments['TARGETPLATFORM']) return;
  throw new InputError([
    {
      code: 'dockerfile-platform',
      message: `--platform=${wanted}: this machine runs ${platformArguments['TARGETPLATFORM']} only (another would end with "exec format error")`,
      position: stage.position,
      fix: 'leave --platform out for local runs',
    },
  ]);
}
