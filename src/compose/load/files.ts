import { posix } from 'node:path';
import { InputError } from '../../common/problem.ts';
import type { Lookup } from '../interpolate.ts';
import type { ReadFile } from './loading.ts';

/** https://docs.docker.com/reference/compose-file/ (the Compose file): the first that is there. */
export const FILE_NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
const OVERRIDES = FILE_NAMES.map((name) => name.replace(/\.ya?ml$/, '.override$&'));

export interface SourceFile {
  readonly path: string;
  readonly content: string;
}

/** The given paths, else those of COMPOSE_FILE: https://docs.docker.com/compose/how-tos/environment-variables/envvars/ */
export function chosenPaths(paths: readonly string[], lookup: Lookup): readonly string[] {
  if (paths.length > 0) return paths;
  return (lookup('COMPOSE_FILE') ?? '').split(lookup('COMPOSE_PATH_SEPARATOR') || ':').filter(Boolean);
}

/** The compose files that paths stand for; a folder stands for the one in it and its override. */
export function findFiles(paths: readonly string[], readFile: ReadFile): SourceFile[] {
  return (paths.length > 0 ? paths : ['.']).flatMap((path) => {
    const content = readFile(path);
    if (content !== undefined) return [{ path, content }];
    const first = firstOf(path, FILE_NAMES, readFile);
    if (!first)
      throw new InputError([
        {
          code: 'compose-no-file',
          message: `${path} is no compose file, and holds none`,
          fix: `give the path of one, or of a folder with ${FILE_NAMES.join(', ')}`,
        },
      ]);
    const override = paths.length > 1 ? undefined : firstOf(path, OVERRIDES, readFile);
    return override ? [first, override] : [first];
  });
}

function firstOf(folder: string, names: readonly string[], readFile: ReadFile): SourceFile | undefined {
  for (const name of names) {
    const path = posix.join(folder, name);
    const content = readFile(path);
    if (content !== undefined) return { path, content };
  }
  return undefined;
}
