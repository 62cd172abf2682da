import { posix } from 'node:path';
import { readEnvFile } from '../dotenv.ts';
import type { Lookup } from '../interpolate.ts';
import type { Findings } from '../read.ts';
import type { ReadFile } from './loading.ts';

/** What the variables of a project are put in from. */
export interface Outside {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Instead of COMPOSE_ENV_FILES, and that instead of `.env` beside the first file. */
  readonly envFiles?: readonly string[];
  readonly readFile: ReadFile;
}

/** The environment, which wins, and the .env files: https://docs.docker.com/compose/how-tos/environment-variables/ */
export function outerVariables(
  { environment, envFiles, readFile }: Outside,
  directory: string,
  found: Findings,
): Lookup {
  const fromFiles = new Map<string, string>();
  const own = (name: string) => (Object.hasOwn(environment, name) ? environment[name] : undefined);
  const outer: Lookup = (name) => own(name) ?? fromFiles.get(name);
  const named = (own('COMPOSE_ENV_FILES') ?? '').split(',').filter(Boolean);
  const given = envFiles?.length ? envFiles : named;
  const files =
    given.length > 0 || isOff(own('COMPOSE_DISABLE_ENV_FILE')) ? given : [posix.join(directory, '.env')];
  for (const path of files) {
    const content = readFile(path);
    if (content === undefined && given.length > 0)
      found.problems.push({
        code: 'compose-env-file-missing',
        message: `the file ${path} of ${envFiles?.length ? '--env-file' : 'COMPOSE_ENV_FILES'} does not exist`,
        fix: 'create it, or correct the path',
      });
    for (const { name, value } of readEnvFile(content ?? '', path, outer, found.problems))
      if (value !== undefined) fromFiles.set(name, value);
  }
  return outer;
}

const isOff = (value: string | undefined) => value === '1' || value === 'true';
