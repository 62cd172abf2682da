import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { InputError } from '../../../common/problem.ts';
import { globExpression } from './pattern.ts';

/** What .dockerignore leaves out of a context; paths are relative to it. */
export interface IgnoreRules {
  /** A file may go by several names: a rule that names one of them names the file. */
  ignores(...names: readonly string[]): boolean;
  /** Whether nothing below an ignored directory can come back, so that it need not be read. */
  readonly prunes: boolean;
}

/** The Dockerfile's own file goes first: https://docs.docker.com/build/concepts/context/#filename-and-location */
export async function readIgnoreRules(context: string, dockerfile: string): Promise<IgnoreRules> {
  for (const name of [`${dockerfile}.dockerignore`, '.dockerignore']) {
    const text = await readFile(join(context, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text !== undefined) return parseIgnoreRules(text, join(context, name));
  }
  return parseIgnoreRules('', '.dockerignore');
}

/** https://github.com/moby/patternmatcher: the last rule that names a path or a directory above it decides. */
export function parseIgnoreRules(text: string, file: string): IgnoreRules {
  const rules = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
    .map(({ line, number }) => {
      const negated = line.startsWith('!');
      const pattern = posix.normalize(negated ? line.slice(1).trim() : line).replace(/^\/+|\/+$/g, '');
      const expression = globExpression(pattern);
      if (!expression)
        throw new InputError([
          {
            code: 'dockerignore-pattern',
            message: `malformed pattern ${line}`,
            position: { file, line: number, column: 1 },
            fix: 'close its brackets, or write \\[ for a bracket',
          },
        ]);
      return { negated, expression };
    });
  return {
    prunes: !rules.some(({ negated }) => negated),
    ignores(...names) {
      const paths = names.flatMap((name) =>
        name.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/')),
      );
      let ignored = false;
      for (const { negated, expression } of rules)
        if (ignored === negated && paths.some((candidate) => expression.test(candidate))) ignored = !negated;
      return ignored;
    },
  };
}
