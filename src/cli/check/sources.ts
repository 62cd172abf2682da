import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../../common/problem.ts';

/** What stands at a path that is to be checked. */
export type Source =
  | { readonly kind: 'compose'; readonly path: string }
  | { readonly kind: 'template'; readonly file: string; readonly text: string }
  /** A folder that the CDK made: its manifest names the stacks. */
  | { readonly kind: 'assembly'; readonly folder: string };

const COMPOSE = /^(docker-)?compose([.-].*)?\.ya?ml$/;

/** Tells compose files, templates and CDK assemblies apart: by name, else by what stands in them. */
export function sourceAt(path: string, cwd: string, readText: (file: string) => string | undefined): Source {
  const full = resolve(cwd, path);
  if (isFolder(full)) {
    for (const folder of [path, join(path, 'cdk.out')])
      if (readText(join(folder, 'manifest.json')) !== undefined) return { kind: 'assembly', folder };
    if (readdirSync(full).some((name) => COMPOSE.test(name))) return { kind: 'compose', path };
    throw new InputError([
      {
        code: 'usage',
        message: `${path} has no compose file, and no CDK assembly (manifest.json)`,
        fix: 'name the file: fairway check template.yaml',
      },
    ]);
  }
  const text = readText(path);
  if (text === undefined)
    throw new InputError([
      {
        code: 'usage',
        message: `there is no file ${path}`,
        fix: 'give a compose file, a template, or a folder',
      },
    ]);
  if (basename(path) === 'manifest.json') return { kind: 'assembly', folder: dirname(path) };
  const isTemplate = /^\s*["']?(Resources|AWSTemplateFormatVersion)["']?\s*:/m.test(text);
  if (COMPOSE.test(basename(path)) || (!isTemplate && /^services\s*:/m.test(text)))
    return { kind: 'compose', path };
  return { kind: 'template', file: path, text };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
