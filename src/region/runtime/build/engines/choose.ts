import { OperationError } from '../../../../common/problem.ts';
import type { BuilderName } from '../../runtime.ts';
import { readTarget } from '../contexts.ts';
import { fetchedBuildah } from './fetched-buildah.ts';
import { namedImages } from './named-images.ts';
import { hostBuilders } from './host.ts';
import { ownBuilder } from './own.ts';
import type { Builder, Built, EngineContext } from './builder.ts';

/** The builder for a request, and why it is that one. */
export async function chooseBuilder(
  context: EngineContext,
): Promise<{ readonly builder: Builder; readonly why: string }> {
  const { builder: wanted } = context.request;
  if (wanted === 'own') return { builder: ownBuilder, why: 'as asked for' };
  if (wanted !== undefined) return { builder: await named(context, wanted), why: 'as asked for' };
  for (const builder of hostBuilders) {
    const found = await available(builder);
    if (!('version' in found)) continue;
    const here = await imagesOfThisMachine(context);
    if (here.length > 0) return { builder: ownBuilder, why: `only this machine has ${here.join(', ')}` };
    return { builder, why: `${builder.name} ${found.version} is on this machine` };
  }
  return { builder: ownBuilder, why: 'this machine has neither docker nor podman nor buildah at work' };
}

/** Builds with the engine that is chosen for the request, and says in one line which one it is. */
export async function buildWithEngine(context: EngineContext): Promise<Built> {
  await readTarget(context.request);
  const { builder, why } = await chooseBuilder(context);
  context.progress(`builder: ${builder.name === 'own' ? "Fairway's own" : builder.name} (${why})`);
  return builder.build(context);
}

/** An engine of this machine cannot be given an image that only Fairway has; the buildah in a container is given it. */
async function named(context: EngineContext, name: BuilderName): Promise<Builder> {
  const here = await imagesOfThisMachine(context);
  const unavailable = (reason: string) =>
    new OperationError({
      code: 'builder-unavailable',
      message: `${name} cannot build here: ${reason}`,
      fix: 'write --builder own, or leave it out',
    });
  const host = hostBuilders.find((builder) => builder.name === name);
  if (host && here.length === 0) {
    const found = await available(host);
    if ('version' in found) return host;
    if (name !== 'buildah') throw unavailable(found.reason);
  }
  if (name !== 'buildah') throw unavailable(`only this machine has ${here.join(', ')}`);
  return fetchedBuildah;
}

const asked = new Map<
  Builder,
  { readonly until: number; readonly answer: ReturnType<Builder['available']> }
>();

/** An engine is asked once a minute: it may be started or stopped meanwhile. */
function available(builder: Builder): ReturnType<Builder['available']> {
  const known = asked.get(builder);
  if (known && known.until > Date.now()) return known.answer;
  const answer = builder.available();
  asked.set(builder, { until: Date.now() + 60_000, answer });
  return answer;
}

/** Images of the Dockerfile that no registry has as this machine has them: stand-ins, and what was built here. */
async function imagesOfThisMachine(context: EngineContext): Promise<readonly string[]> {
  const names = await namedImages(context);
  const origins = await Promise.all(names.map(async (name) => [name, await context.originOf(name)] as const));
  return origins.filter(([, origin]) => origin === 'here').map(([name]) => name);
}
