import { randomBytes } from 'node:crypto';
import { OperationError } from '../../../common/problem.ts';
import { unusedArguments } from './arguments.ts';
import { contextFolder, readTarget } from './contexts.ts';
import { recordLayers } from './records.ts';
import { buildStages } from './stages.ts';
import type { BuildContext } from './state.ts';

/** Builds the target stage and what it needs; the manifest's digest follows from the layers' keys and the configuration alone. */
export async function buildImage(
  context: BuildContext,
): Promise<{ readonly digest: string; readonly cached: boolean }> {
  const { request, progress } = context;
  const { text, dockerfile, target } = await readTarget(request);
  for (const name of unusedArguments(dockerfile, request.args))
    progress(`no ARG takes the build argument ${name}`);
  const folder = await contextFolder(request);
  // One stage that fails ends what the others are doing.
  const failure = new AbortController();
  const signal = AbortSignal.any([context.signal, failure.signal]);
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
    if (context.signal.aborted)
      throw new OperationError({ code: 'build-stopped', message: 'the build was stopped' }, { cause: error });
    throw error;
  }
}
