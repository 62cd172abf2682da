import { InputError } from '../../common/problem.ts';
import type { App } from '../app.ts';
import { readProject, type ProjectRequest } from '../project.ts';

export type Files = Readonly<Record<string, string>>;

/** Reads a project from files that are given as text; `compose.yaml` is the project's. */
export function read(files: Files | string, more: Partial<ProjectRequest> = {}): App {
  const all: Files = typeof files === 'string' ? { 'compose.yaml': files } : files;
  return readProject({
    paths: ['compose.yaml'],
    environment: {},
    readFile: (path) => (Object.hasOwn(all, path) ? all[path] : undefined),
    ...more,
  });
}

/** `line:column message` of everything that is wrong; empty where nothing is. */
export function problemsOf(attempt: () => unknown): string[] {
  const problems = attempted(attempt);
  for (const { fix, message } of problems)
    if (!fix) throw new Error(`nothing says what to write: ${message}`);
  return problems.map(
    ({ position, message }) => `${position ? `${position.line}:${position.column} ` : ''}${message}`,
  );
}

function attempted(attempt: () => unknown): InputError['problems'] {
  try {
    attempt();
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

export const wrong = (files: Files | string, more: Partial<ProjectRequest> = {}): string[] =>
  problemsOf(() => read(files, more));
