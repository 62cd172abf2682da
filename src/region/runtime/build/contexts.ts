import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { InputError } from '../../../common/problem.ts';
import { targetStage } from '../../../dockerfile/expose.ts';
import type { Dockerfile, Stage } from '../../../dockerfile/model.ts';
import { parseDockerfile } from '../../../dockerfile/parse.ts';
import type { BuildRequest } from '../runtime.ts';
import { parseIgnoreRules, readIgnoreRules } from './ignore.ts';
import type { Folder } from './state.ts';

/** The text of the Dockerfile, and what it is called in messages. */
async function readDockerfile(
  request: BuildRequest,
): Promise<{ readonly text: string; readonly file: string }> {
  const file = join(request.context, request.dockerfile);
  if (request.inline !== undefined) return { text: request.inline, file: `${file} (inline)` };
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError([
      {
        code: 'dockerfile-missing',
        message:
          error.code === 'ENOENT' || error.code === 'ENOTDIR'
            ? `there is no Dockerfile ${file}`
            : `cannot read ${file}: ${error.message}`,
        fix: 'write one, or name it with `build: {dockerfile: …}`',
      },
    ]);
  });
  return { text, file };
}

/** The Dockerfile and the stage of it that is wanted; throws an InputError for what is wrong in it, whoever builds it. */
export async function readTarget(
  request: BuildRequest,
): Promise<{ readonly text: string; readonly dockerfile: Dockerfile; readonly target: Stage }> {
  const { text, file } = await readDockerfile(request);
  const dockerfile = parseDockerfile(text, file);
  const target = targetStage(dockerfile, request.target);
  if (target) return { text, dockerfile, target };
  throw new InputError([
    {
      code: 'dockerfile-target',
      message: `${file} has no stage ${request.target}`,
      fix: `name one of its stages: ${dockerfile.stages.flatMap(({ as }) => as ?? []).join(', ') || 'none has a name'}`,
    },
  ]);
}

/** The build context; an inline Dockerfile has no ignore file of its own. */
export async function contextFolder({ context, dockerfile, inline }: BuildRequest): Promise<Folder> {
  return { path: context, ignore: await readIgnoreRules(context, inline === undefined ? dockerfile : '') };
}

/** What `additional_contexts` stands for. */
export type NamedContext = { readonly image: string } | { readonly folder: Folder };

export async function namedContext(
  { contexts = {} }: BuildRequest,
  name: string,
): Promise<NamedContext | undefined> {
  const text = contexts[name];
  if (text === undefined) return undefined;
  const [, image] = /^docker-image:\/\/(.+)$/.exec(text) ?? [];
  if (image !== undefined) return { image };
  const wrong = (message: string) =>
    new InputError([
      {
        code: 'build-context',
        message: `the additional context ${name} is ${text}: ${message}`,
        fix: 'give a folder, or docker-image://NAME:TAG',
      },
    ]);
  if (!isAbsolute(text)) throw wrong('only folders and images are contexts here');
  const stats = await stat(text).catch(() => undefined);
  if (!stats?.isDirectory()) throw wrong('there is no such folder');
  const ignore = await readIgnoreRules(text, '').catch(() => parseIgnoreRules('', text));
  return { folder: { path: text, ignore } };
}
