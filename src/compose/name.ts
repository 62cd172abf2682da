import { posix } from 'node:path';
import type { Located } from './app.ts';
import type { Position } from '../common/problem.ts';
import type { Findings } from './read.ts';

/**
 * The project's name is its stack's, so it begins with a letter and has letters, digits and hyphens:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
 */
const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** What Docker Compose takes: https://docs.docker.com/reference/compose-file/version-and-name/ */
const COMPOSE_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** The given name, else the file's, else the folder's made fit. */
export function projectName(
  found: Findings,
  given: string | undefined,
  written: Located<string> | undefined,
  directory: string,
  start: Position,
): Located<string> {
  const name = given === undefined ? written : { value: given, position: start };
  if (written && given === undefined && !NAME.test(written.value) && COMPOSE_NAME.test(written.value)) {
    const value = fit(written.value);
    found.notices.push({
      code: 'compose-project-name',
      message: `the project is called ${value}: the name of a stack, which ${written.value} is not, has letters, digits and hyphens`,
      position: written.position,
    });
    return { value, position: written.position };
  }
  if (name) {
    if (!NAME.test(name.value))
      found.problems.push({
        code: 'compose-project-name',
        message: `${JSON.stringify(name.value)} is no project name`,
        position: given === undefined ? name.position : undefined,
        fix: `write small letters, digits and hyphens, a letter first${fit(name.value) ? `: ${fit(name.value)}` : ''}`,
      });
    return name;
  }
  return { value: fit(posix.basename(directory)) || 'project', position: start };
}

function fit(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return (/^\d/.test(plain) ? `p-${plain}` : plain).slice(0, 63);
}
