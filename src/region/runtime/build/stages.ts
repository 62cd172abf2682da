import { InputError, OperationError } from '../../../common/problem.ts';
import type { Dockerfile, Instruction, Keyword, Stage } from '../../../dockerfile/model.ts';
import { earlierStage, neededStages } from '../../../dockerfile/needs.ts';
import { expandWord, MissingVariable } from '../../../dockerfile/words.ts';
import { declareArguments, globalArguments, platformArguments, predefinedArguments } from './arguments.ts';
import * as configure from './configure.ts';
import { namedContext } from './contexts.ts';
import { copy } from './copy/copy.ts';
import { codeFrame } from './failure.ts';
import { refuseOtherPlatform } from './platform.ts';
import { run } from './run.ts';
import {
  type Build,
  type BuildContext,
  defaultShell,
  emptyState,
  type Folder,
  type Handler,
  refuse,
  type Source,
  type StageState,
  type Step,
} from './state.ts';
import { onBuild, takeTriggers } from './triggers.ts';

const handlers: Readonly<Partial<Record<Keyword, Handler>>> = {
  ADD: copy,
  CMD: configure.command,
  COPY: copy,
  ENTRYPOINT: configure.entrypoint,
  ENV: configure.env,
  EXPOSE: configure.expose,
  HEALTHCHECK: configure.healthCheck,
  LABEL: configure.label,
  MAINTAINER: configure.maintainer,
  ONBUILD: onBuild,
  RUN: run,
  SHELL: configure.shell,
  STOPSIGNAL: configure.stopSignal,
  USER: configure.user,
  VOLUME: configure.volume,
  WORKDIR: configure.workdir,
};

export interface StagesOptions {
  readonly dockerfile: Dockerfile;
  /** As it was read: for the lines that an error shows. */
  readonly text: string;
  readonly target: Stage;
  readonly folder: Folder;
  readonly salt?: string;
}

/** Builds the stages that the target needs, those that do not need each other at the same time. */
export async function buildStages(
  context: BuildContext,
  { dockerfile, text, target, folder, salt }: StagesOptions,
): Promise<{ readonly state: StageState; readonly cached: boolean }> {
  const { request, progress } = context;
  const globals = globalArguments(dockerfile, request.args);
  const running = new Map<Stage, Promise<StageState>>();
  const expandGlobal = (word: string) => expandWord(word, (name) => globals[name], dockerfile.escape);
  const several = dockerfile.stages.length > 1;
  let cached = true;

  const stageResult = (stage: Stage): Promise<StageState> => {
    const result = running.get(stage) ?? buildStage(stage);
    running.set(stage, result);
    return result;
  };
  async function imageResult(reference: string): Promise<StageState> {
    const { digest } = await context.resolve(reference);
    const manifest = await context.launch.store.manifest(digest);
    if (!manifest) throw new Error(`${reference} has no manifest ${digest}`);
    const { shell = defaultShell } = manifest.config;
    return { ...emptyState, layers: manifest.layers, config: manifest.config, shell };
  }

  async function sourceOf(name: string, before: number): Promise<Source> {
    const named = await namedContext(request, name);
    if (named && 'folder' in named) return { kind: 'folder', ...named.folder };
    const stage = named ? undefined : earlierStage(dockerfile, name, before);
    const state = await (stage ? stageResult(stage) : imageResult(named?.image ?? name));
    return { kind: 'layers', layers: state.layers };
  }

  async function buildStage(stage: Stage): Promise<StageState> {
    const index = dockerfile.stages.indexOf(stage);
    refuseOtherPlatform(stage, stage.platform && expandGlobal(stage.platform));
    const build: Build = {
      ...context,
      folder,
      source: (name) => sourceOf(name, index),
      ...(salt === undefined ? {} : { salt }),
    };
    const started = takeTriggers(await startOf(stage, index), stage);
    let { state } = started;
    const instructions = [...started.instructions, ...stage.instructions];
    const name = stage.as ?? (several ? `stage-${index}` : '');
    for (const [number, instruction] of instructions.entries()) {
      context.signal.throwIfAborted();
      const count = `${name ? `${name} ` : ''}${number + 1}/${instructions.length}`;
      state = await enact(
        build,
        state,
        instruction,
        `[${count}] ${instruction.text.replaceAll(/\s*\n\s*/g, ' ')}`,
      );
    }
    return state;
  }

  async function startOf(stage: Stage, index: number): Promise<StageState> {
    const args = predefinedArguments(request.args);
    const from = expandGlobal(stage.from);
    const wrong = (message: string, fix: string | undefined) =>
      new InputError([{ code: 'dockerfile-from', message, position: stage.position, fix }]);
    if (from === '') throw wrong(`FROM ${stage.from} names nothing`, 'give its ARG a default');
    const named = await namedContext(request, from);
    if (named && 'folder' in named)
      throw wrong(
        `FROM ${from}: the additional context of this name is a folder`,
        'give docker-image://NAME:TAG',
      );
    const base = named ? undefined : earlierStage(dockerfile, from, index);
    if (base) return { ...(await stageResult(base)), args, ownCommand: false };
    if (from === 'scratch') return { ...emptyState, args };
    const found = await imageResult(named?.image ?? from).catch((error: unknown) => {
      throw error instanceof OperationError ? wrong(error.message, error.fix) : error;
    });
    return { ...found, args };
  }

  async function enact(
    build: Build,
    state: StageState,
    instruction: Instruction,
    title: string,
  ): Promise<StageState> {
    const look = (name: string) => state.config.environment[name] ?? state.args[name];
    const expand = (word: string, raw = false) => {
      try {
        return expandWord(word, look, dockerfile.escape, raw);
      } catch (error) {
        if (!(error instanceof MissingVariable)) throw error;
        return refuse(instruction, error.message, 'give it by ARG, ENV or a build argument');
      }
    };
    if (instruction.keyword === 'ARG')
      return declareArguments(state, instruction, expand, request.args, { ...platformArguments, ...globals });
    const handler = handlers[instruction.keyword];
    if (!handler) return refuse(instruction, `${instruction.keyword} cannot stand here`, 'remove it');
    let began: number | undefined;
    const step: Step = {
      instruction,
      title,
      expand: (word) => expand(word),
      expandText: (word) => expand(word, true),
      frame: instruction.position.file === dockerfile.file ? codeFrame(text, instruction) : '',
      begin() {
        began = Date.now();
        progress(title, { kind: 'began', step: title });
      },
    };
    const done = await handler(build, state, step).catch((error: unknown) => {
      if (began !== undefined) progress(`${title} (failed)`, { kind: 'failed', step: title });
      throw error;
    });
    if (done.cached === false) {
      cached = false;
      const seconds = ((Date.now() - (began ?? Date.now())) / 1000).toFixed(1);
      progress(`${title} (${seconds}s)`, { kind: 'done', step: title });
    }
    if (done.cached === true) progress(`${title} (cached)`, { kind: 'cached', step: title });
    return done.state;
  }

  // Whichever fails first is what the build says; nobody waits for the others then.
  const needed = neededStages(dockerfile, request.target, expandGlobal).map(stageResult);
  await Promise.all(needed);
  return { state: await stageResult(target), cached };
}
