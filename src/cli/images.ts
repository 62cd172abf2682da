import type { Parameter } from '@aws-sdk/client-cloudformation';
import { isAbsolute, relative, resolve } from 'node:path';
import { InputError } from '../common/problem.ts';
import type { DesignParameter } from '../architect/design-model.ts';
import type { App, Build } from '../compose/app.ts';
import type { ControlClient } from '../region/process/control-client.ts';
import {
  type BuilderName,
  BUILDERS,
  type BuildRequest,
  type BuiltImage,
  type BuildSecret,
} from '../region/runtime/runtime.ts';
import { liveBuilds } from './builds/live.ts';
import { plainBuilds } from './builds/plain.ts';
import type { OptionHelp } from './command.ts';
import type { Project } from './project.ts';
import type { Terminal } from './terminal.ts';

export const builderOption: OptionHelp = {
  name: 'builder',
  value: 'NAME',
  help: `what builds images: ${BUILDERS.join(', ')} (default: an engine of this machine, else own)`,
};

/** Builds the images of all `build:` services, at once; the template's parameters that hold their digests. */
export async function buildImages(
  terminal: Terminal,
  project: Project,
  control: ControlClient,
  builder?: string,
): Promise<readonly Parameter[]> {
  const wanted = project.design.parameters.filter(({ kind }) => kind === 'image');
  const built = await buildServices(terminal, project, control, wanted, builder);
  return built.map(({ name, reference }) => ({ ParameterKey: name, ParameterValue: reference }));
}

/** What was built for a parameter of the template. */
export type BuiltService = DesignParameter & BuiltImage;

export async function buildServices(
  terminal: Terminal,
  { app }: Project,
  control: ControlClient,
  wanted: readonly DesignParameter[],
  builder: string | undefined = process.env['FAIRWAY_BUILDER'],
): Promise<readonly BuiltService[]> {
  const chosen = builderNamed(builder);
  const watch = terminal.interactive ? liveBuilds(terminal) : plainBuilds(terminal);
  try {
    return await Promise.all(
      wanted.map(async (parameter) => {
        const { service } = parameter;
        const build = app.services.find((candidate) => candidate.name === service)!.build!;
        const request = { ...requestOf(app, service, build), ...(chosen ? { builder: chosen } : {}) };
        const built = await control.build(request, (line, event) => watch.line(service, line, event));
        watch.built(service, built.digest);
        return { ...built, ...parameter };
      }),
    );
  } finally {
    watch.finish();
  }
}

function builderNamed(text: string | undefined): BuilderName | undefined {
  if (text === undefined || text === '') return undefined;
  const known = BUILDERS.find((name) => name === text);
  if (known) return known;
  throw new InputError([
    {
      code: 'builder-unknown',
      message: `${text} is no builder`,
      fix: `write --builder (or set FAIRWAY_BUILDER) with one of ${BUILDERS.join(', ')}, or leave it out`,
    },
  ]);
}

/** A service's `build:` as the region takes it: paths absolute, secrets with what they hold. */
export function requestOf(app: Pick<App, 'name' | 'directory'>, service: string, build: Build): BuildRequest {
  const context = resolve(app.directory, build.context);
  return {
    repository: `${app.name}/${service}`,
    context,
    dockerfile: relative(context, resolve(context, build.dockerfile)),
    args: build.args,
    secrets: Object.fromEntries(
      build.secrets.flatMap((secret) => {
        const given = secretOf(app.directory, secret);
        return given ? [[secret.name, given] as const] : [];
      }),
    ),
    contexts: Object.fromEntries(
      Object.entries(build.contexts).map(([name, text]) => [name, contextOf(app.directory, text)]),
    ),
    ...(build.target === undefined ? {} : { target: build.target }),
    ...(build.inline === undefined ? {} : { inline: build.inline }),
    ...(build.noCache ? { noCache: true } : {}),
    ...(build.pull ? { pull: true } : {}),
  };
}

function secretOf(
  directory: string,
  { name, from, position }: Build['secrets'][number],
): BuildSecret | undefined {
  switch (from.kind) {
    case 'file':
      return { file: resolve(directory, from.path) };
    case 'content':
      return { content: from.content };
    case 'environment':
      return from.value === undefined ? undefined : { content: from.value };
    case 'external':
      throw new InputError([
        {
          code: 'build-secret-external',
          message: `the secret ${name} exists in the account only: a build on this machine cannot read it`,
          position,
          fix: 'give it by file: or environment: for builds',
        },
      ]);
  }
}

const contextOf = (directory: string, text: string): string =>
  /^[a-z][a-z0-9+.-]*:/.test(text) || isAbsolute(text) ? text : resolve(directory, text);
