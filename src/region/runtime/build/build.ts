import { randomBytes } from 'node:crypto';
import { InputError, OperationError } from '../../../common/problem.ts';
import { targetStage } from '../../../dockerfile/expose.ts';
import { parseDockerfile } from '../../../dockerfile/parse.ts';
import { unusedArguments } from './arguments.ts';
import { contextFolder, readDockerfile } from './contexts.ts';
import { recordLayers } from './records.ts';
import { buildStages } from './stages.ts';
import type { BuildContext } from './state.ts';

/** Builds the target stage and what it needs; the manifest's digest follows from the layers' keys and the configuration alone. */
export async function buildImage(
  context: Omit<BuildContext, 'signal'> & { readonly signal?: AbortSignal },
): Promise<{ readonly digest: string; readonly cached: boolean }> {
  const { request, progress } = context;
  const { text, file } = await readDockerfile(request);
  const dockerfile = parseDockerfile(text, file);
  const target = targetStage(dockerfile, request.target);
  if (!target)
    throw new InputError([
      {
        code: 'dockerfile-target',
        message: `${file} has no stage ${request.target}`,
        fix: `name one of its stages: ${dockerfile.stages.flatMap(({ as }) => as ?? []).join(', ') || 'none has a name'}`,
      },
    ]);
  for (const name of unusedArguments(dockerfile, request.args))
    progress(`no ARG takes the build argument ${name}`);
  const folder = await contextFolder(request);
  // One stage that fails ends what the others are doing.
  const failure = new AbortController();
  const signal = context.signal ? AbortSignal.any([context.signal, failure.signal]) : failure.signal;
  const { launch, recorded } = recordLayers(context.launch, signal);
  const salt = request.noCache === true ? { salt: randomBytes(8).toString('hex') } : {};
  try {
    const { state, cached } = await buildStages(
      { ...context, launch, signal },
      { dockerfile, text, target, folder, ...salt },
    );
    const { layers, config } = state;
    await recorded(request);
    return { digest: await launch.store.putManifest({ config, layers }), cached };
  } catch (error) {
    failure.abort();
    if (context.signal?.aborted)
      throw new OperationError({ code: 'build-stopped', message: 'the build was stopped' }, { cause: error });
    throw error;
  }
}
