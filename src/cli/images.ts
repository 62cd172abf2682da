import type { Parameter } from '@aws-sdk/client-cloudformation';
import { relative, resolve } from 'node:path';
import type { ControlClient } from '../region/process/control-client.ts';
import type { Project } from './project.ts';
import type { Terminal } from './terminal.ts';

/** Builds the images of all `build:` services, at once; the template's parameters that hold their digests. */
export async function buildImages(
  terminal: Terminal,
  { app, design }: Project,
  control: ControlClient,
): Promise<readonly Parameter[]> {
  const wanted = design.parameters.filter(({ kind }) => kind === 'image');
  return Promise.all(
    wanted.map(async ({ name, service }) => {
      const build = app.services.find((candidate) => candidate.name === service)!.build!;
      const context = resolve(app.directory, build.context);
      const { reference, cached } = await control.build(
        {
          repository: `${app.name}/${service}`,
          context,
          dockerfile: relative(context, resolve(context, build.dockerfile)),
          args: build.args,
          ...(build.target === undefined ? {} : { target: build.target }),
        },
        (line) => {
          if (isNews(line)) terminal.err(`${terminal.style.dim(`${service}:`)} ${line}\n`);
        },
      );
      if (!cached)
        terminal.err(`${terminal.style.dim(`${service}:`)} built ${reference.split('@')[1] ?? reference}\n`);
      return { ParameterKey: name, ParameterValue: reference };
    }),
  );
}

/** What was built before, and stand-ins, which are announced for the whole project, need not be told for each image. */
const isNews = (line: string): boolean =>
  line.trim() !== '' && !line.endsWith('(cached)') && !line.includes(' stands in: ');
