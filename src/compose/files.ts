import { posix } from 'node:path';
import { InputError, type Problem } from '../common/problem.ts';
import { canonicalProject } from './canonical.ts';
import { interpolate, type Lookup } from './interpolate.ts';
import { checkKeys } from './keys/check.ts';
import { TOP } from './keys/top.ts';
import { mergeProjects } from './merge.ts';
import type { Findings } from './read.ts';
import { type MapTree, mapScalars, type ScalarTree, type Tree } from './tree.ts';
import { readYaml } from './yaml.ts';

export type ReadFile = (path: string) => string | undefined;

/** https://docs.docker.com/reference/compose-file/ (the Compose file): the first that is there. */
export const FILE_NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
const OVERRIDES = FILE_NAMES.map((name) => name.replace(/\.ya?ml$/, '.override$&'));

export interface SourceFile {
  readonly path: string;
  readonly content: string;
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

/** All files as one tree, variables put in, keys checked; undefined where a file cannot be read at all. */
export function readFiles(
  files: readonly SourceFile[],
  lookup: Lookup,
  found: Findings,
): MapTree | undefined {
  const projects: MapTree[] = [];
  for (const { path, content } of files) {
    const before = found.problems.length;
    const tree = readYaml(content, path, found.problems);
    if (tree?.kind === 'map') {
      const filled = mapScalars(tree, (scalar) => putVariablesIn(scalar, lookup, found.problems));
      if (filled.kind !== 'map') continue;
      checkKeys(filled, TOP, found);
      projects.push(canonicalProject(filled));
    } else if (found.problems.length === before)
      found.problems.push({
        code: 'compose-empty',
        message: tree ? 'the file is no mapping' : 'the file is empty',
        position: tree?.position ?? { file: path, line: 1, column: 1 },
        fix: 'write `services:` and a service below it',
      });
  }
  if (projects.length < files.length) return undefined;
  return projects.reduce((base, over) => mergeProjects(base, over));
}

function putVariablesIn(scalar: ScalarTree, lookup: Lookup, problems: Problem[]): Tree {
  if (typeof scalar.value !== 'string' || !scalar.value.includes('$')) return scalar;
  const { text, faults } = interpolate(scalar.value, lookup);
  const { position, inset } = scalar;
  for (const { code, message, fix, offset } of faults)
    problems.push({
      code,
      message,
      fix,
      position: inset === undefined ? position : { ...position, column: position.column + inset + offset },
    });
  return { ...scalar, value: text, text };
}
