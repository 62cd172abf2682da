import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Design } from '../architect/design-model.ts';
import { design } from '../architect/design.ts';
import type { App } from '../compose/app.ts';
import { readProject } from '../compose/project.ts';
import type { DesignOptions } from '../architect/options.ts';
import type { Invocation } from './command.ts';
import { readPath } from './read-path.ts';
import { sourceTexts } from './source-texts.ts';

/** A project as it was read, and the AWS deployment designed for it. */
export interface Project {
  readonly app: App;
  readonly design: Design;
}

/**
 * @param path instead of `-f`, where the command takes the project as its argument
 * @param texts of files, in place of what is on the disk
 */
export function loadApp(
  invocation: Invocation,
  path?: string,
  texts: ReadonlyMap<string, string> = new Map(),
): App {
  const { env, cwd } = invocation;
  const projectName = invocation.text('project-name');
  return readProject({
    paths: [...invocation.texts('file'), ...(path === undefined ? [] : [path])],
    environment: env,
    currentFolder: cwd,
    profiles: invocation.texts('profile'),
    envFiles: invocation.texts('env-file'),
    ...(projectName === undefined ? {} : { projectName }),
    readFile: (file) => texts.get(file) ?? readText(cwd, file),
  });
}

/** Undefined where there is no such file. */
export function readText(cwd: string, file: string): string | undefined {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw error;
  }
}

/** For whom a project is designed: this machine, where nothing else is said. */
export type Purpose = Pick<DesignOptions, 'target' | 'learn'>;

export async function loadProject(
  invocation: Invocation,
  path?: string,
  purpose: Purpose = { target: 'local' },
): Promise<Project> {
  const app = loadApp(invocation, path);
  return { app, design: designFor(invocation, app, purpose) };
}

/** The deployment of a project, with what stands on this machine read where it is needed. */
export function designFor({ cwd }: Pick<Invocation, 'cwd'>, app: App, purpose: Purpose): Design {
  return design(app, {
    ...purpose,
    directory: resolve(cwd, app.directory),
    readPath,
    texts: (which) => sourceTexts(app, cwd, which),
  });
}

/** The stack's name: `-p`, else what the project's files say. */
export async function projectName(invocation: Invocation): Promise<string> {
  return invocation.text('project-name') ?? loadApp(invocation).name;
}

/** The project where its files can still be read: what is deployed may be removed all the same. */
export function tryDesign(invocation: Invocation): Project | undefined {
  try {
    const app = loadApp(invocation);
    return { app, design: designFor(invocation, app, { target: 'local' }) };
  } catch {
    return undefined;
  }
}
