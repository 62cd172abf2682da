import { OperationError } from '../../../common/problem.ts';
import type { Image } from '../runtime.ts';
import { imageAdvice, standInFor } from '../standins/catalog.ts';
import type { StandIn } from '../standins/model.ts';
import type { StandInMaker } from '../standins/make.ts';
import { officialName, parseReference, type Reference } from './reference.ts';
import type { ImageStore } from './store.ts';

export interface Resolver {
  resolve(reference: string, onProgress?: (line: string) => void): Promise<Image>;
  probe(
    reference: string,
  ): Promise<{ readonly available: boolean; readonly standIn?: string; readonly reason?: string }>;
}

/** Finds images: what was built here in the local registry, stand-ins for official names. */
export function createResolver(context: {
  readonly store: ImageStore;
  readonly maker: StandInMaker;
  readonly registry: string;
}): Resolver {
  const { store, maker, registry } = context;
  const pending = new Map<string, Promise<{ readonly digest: string; readonly standIn?: string }>>();
  const ready = new Map<string, Image>();

  async function imageOf(digest: string, standIn?: string): Promise<Image | undefined> {
    const key = `${digest} ${standIn ?? ''}`;
    const known = ready.get(key);
    if (known) return known;
    const manifest = await store.manifest(digest);
    if (!manifest) return undefined;
    const present = await Promise.all(manifest.layers.map((layer) => store.hasLayer(layer)));
    if (present.includes(false)) return undefined;
    const image: Image = {
      digest,
      layers: manifest.layers.map(store.layerPath).reverse(),
      config: manifest.config,
      ...(standIn === undefined ? {} : { standIn }),
    };
    ready.set(key, image);
    return image;
  }

  async function standIn(
    reference: string,
    recipe: StandIn,
    onProgress: (line: string) => void,
  ): Promise<Image> {
    const key = await maker.key(recipe);
    const stored = await store.reference(key);
    const kept = stored && (await imageOf(stored.digest, stored.standIn));
    if (kept) {
      onProgress(`${reference} stands in: ${kept.standIn}`);
      return kept;
    }
    const running = pending.get(key) ?? maker.make(recipe, onProgress).finally(() => pending.delete(key));
    pending.set(key, running);
    const made = await running;
    const image = await imageOf(made.digest, made.standIn);
    if (!image) throw notFound(reference, 'its layers vanished from the cache while it was made');
    onProgress(`${reference} stands in: ${image.standIn}`);
    return image;
  }

  /** The digest under which the local registry has it. */
  async function local({ digest, repository, tag = 'latest' }: Reference) {
    const name = digest ? `${registry}/${repository}@${digest}` : `${registry}/${repository}:${tag}`;
    const entry = await store.reference(name);
    return entry && imageOf(entry.digest);
  }

  /** Where it must come from, or why it can come from nowhere. */
  function understand(
    reference: string,
  ): { readonly local: Reference } | { readonly recipe: StandIn } | { readonly reason: string } {
    const parsed = parseReference(reference);
    if (!parsed) return { reason: 'invalid reference format' };
    if (parsed.registry === registry) return { local: parsed };
    const name = officialName(parsed);
    const recipe = name === undefined ? undefined : standInFor(name, parsed.tag);
    if (!recipe) return { reason: 'no registry is asked, and nothing on this machine stands in for it' };
    if (parsed.digest) return { reason: 'it is pinned to a digest, which no stand-in has' };
    return { recipe };
  }
  const noSuchImage = ({ repository }: Reference) => `repository ${repository} has no such image`;

  return {
    async resolve(reference, onProgress = () => {}) {
      const origin = understand(reference);
      if ('reason' in origin) throw notFound(reference, origin.reason);
      if ('recipe' in origin) return standIn(reference, origin.recipe, onProgress);
      const image = await local(origin.local);
      if (!image) throw notFound(reference, noSuchImage(origin.local));
      return image;
    },
    async probe(reference) {
      const origin = understand(reference);
      if ('reason' in origin) return { available: false, reason: origin.reason };
      if ('recipe' in origin) {
        const stored = await store.reference(await maker.key(origin.recipe));
        if (stored?.standIn) return { available: true, standIn: stored.standIn };
        return (await maker.available())
          ? { available: true, standIn: `${origin.recipe.program}, to be made on this machine` }
          : {
              available: false,
              reason: 'its stand-in is made from Debian packages, and this machine has no apt-get',
            };
      }
      return (await local(origin.local))
        ? { available: true }
        : { available: false, reason: noSuchImage(origin.local) };
    },
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html */
function notFound(reference: string, reason: string): OperationError {
  return new OperationError({
    code: 'image-not-found',
    message: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${reason}`,
    fix: imageAdvice,
  });
}
