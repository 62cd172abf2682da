import type { Clock } from '../../../common/clock.ts';
import { systemClock } from '../../../common/clock.ts';
import { OperationError } from '../../../common/problem.ts';
import { RegistryError } from '../../../oci/errors.ts';
import type { ImageSource } from '../../../oci/model.ts';
import type { Image, PullProgress, ResolveOptions } from '../runtime.ts';
import { imageAdvice, standInFor } from '../standins/catalog.ts';
import type { StandInMaker } from '../standins/make.ts';
import { parseManifest } from './documents.ts';
import { notFound } from './failures.ts';
import { exists } from './files.ts';
import { chooseManifest, machinePlatform, platformName, platformsOf } from './platform.ts';
import { pullImage } from './pull.ts';
import { isOutOfReach, reachability } from './reachability.ts';
import { fullName, officialName, parseReference, type Reference } from './reference.ts';
import { sourceOf } from './repositories.ts';
import { userWhereOneExists } from './single-user.ts';
import type { ImageStore, Manifest } from './store.ts';

export interface Resolver {
  resolve(reference: string, onProgress?: (line: string) => void, options?: ResolveOptions): Promise<Image>;
  probe(reference: string): Promise<Availability>;
}
interface Availability {
  readonly available: boolean;
  readonly standIn?: string;
  readonly reason?: string;
  /** What to do about it, where a stand-in would be no answer. */
  readonly fix?: string;
}
/** `unasked`: the registry has not said that there is no such image; a stand-in may serve. */
interface Failure {
  readonly error: OperationError;
  readonly unasked: boolean;
}
type Recipe = NonNullable<ReturnType<typeof standInFor>>;

/** A reference that was understood. */
interface Wanted {
  readonly reference: string;
  readonly parsed: Reference;
  /** In full: `docker.io/library/redis:7`. */
  readonly name: string;
  /** A tag or a digest. */
  readonly label: string;
  /** What would stand in, unless a digest pins it. */
  readonly recipe: Recipe | undefined;
}

/**
 * Finds images: what this machine has under the name; else what a registry has; else, for official names, a stand-in. What is pinned to
 * a digest is never stood in for.
 */
export function createResolver(context: {
  readonly store: ImageStore;
  readonly maker: StandInMaker;
  /** Host of the local registry. */
  readonly registry: string;
  /** Where a reference is pulled from; absent: no registry is asked. */
  readonly remote?: (reference: Reference) => ImageSource;
  readonly clock?: Clock;
  /** Whether no other user than the one who runs the region exists inside. */
  readonly single?: boolean;
}): Resolver {
  const { store, maker, registry, remote, clock = systemClock, single = false } = context;
  const reach = reachability(clock);
  const making = new Map<string, Promise<{ readonly digest: string; readonly standIn?: string }>>();
  const pulling = new Map<string, Promise<string | undefined>>();
  const ready = new Map<string, Image>();

  function understand(reference: string): Wanted {
    const parsed = parseReference(reference);
    if (!parsed) throw notFound(reference, 'invalid reference format');
    const { digest, tag = 'latest' } = parsed;
    const official = officialName(parsed);
    return {
      reference,
      parsed,
      name: fullName(reference),
      label: digest ?? tag,
      recipe: official === undefined || digest ? undefined : standInFor(official, parsed.tag),
    };
  }

  /** The image as it lies in the store, unpacked from its blobs where it was pushed and never used. */
  async function imageOf(digest: string, reference: string, standIn?: string): Promise<Image | undefined> {
    const key = `${digest} ${standIn ?? ''}`;
    const known = ready.get(key);
    if (known && !(await Promise.all(known.layers.map(exists))).includes(false)) return known;
    let manifest = await store.manifest(digest);
    if (!manifest) return undefined;
    if ((await Promise.all(manifest.layers.map(store.hasLayer))).includes(false)) {
      if (!(await complete(digest))) return undefined;
      await pullImage(store, sourceOf(store), { reference, name: digest, onTransfer: () => {} });
      manifest = await store.manifest(digest);
      if (!manifest) return undefined;
    }
    const layers = manifest.layers.map(store.layerPath).reverse();
    const user = single ? await singleUser(manifest, layers) : undefined;
    const image: Image = {
      digest,
      layers,
      config: user === undefined ? manifest.config : { ...manifest.config, user },
      ...(standIn === undefined ? {} : { standIn }),
    };
    ready.set(key, image);
    return image;
  }
  async function singleUser({ config, layers: keys }: Manifest, layers: readonly string[]) {
    const infos = await Promise.all(keys.map(store.layerInfo));
    // What was made here for one user knows it; only what came from elsewhere expects others.
    if (!infos.some((info) => info?.blob)) return undefined;
    return userWhereOneExists(config, layers, infos.map((info) => info?.owners ?? {}).reverse());
  }

  /** Whether each layer is here, unpacked or as it came. */
  async function complete(digest: string): Promise<boolean> {
    const image = await store.image(digest);
    if (!image) return false;
    const { diff_ids: diffIds } = image.configuration.rootfs;
    const present = await Promise.all(
      image.manifest.layers.map(
        async (layer, index) =>
          (await store.hasLayer(await store.keyOf(diffIds[index] ?? ''))) ||
          (await store.content(layer.digest)) !== undefined,
      ),
    );
    return !present.includes(false);
  }

  async function kept({ name, reference }: Wanted): Promise<Image | undefined> {
    const entry = await store.reference(name);
    return entry && imageOf(entry.digest, reference);
  }

  async function standIn(
    { reference }: Wanted,
    recipe: Recipe,
    onProgress: (line: string) => void,
  ): Promise<Image> {
    const key = await maker.key(recipe);
    const stored = await store.reference(key);
    const old = stored && (await imageOf(stored.digest, reference, stored.standIn));
    if (old) {
      onProgress(`${reference} stands in: ${old.standIn}`);
      return old;
    }
    const running = making.get(key) ?? maker.make(recipe, onProgress).finally(() => making.delete(key));
    making.set(key, running);
    const made = await running;
    const image = await imageOf(made.digest, reference, made.standIn);
    if (!image) throw notFound(reference, 'its layers vanished from the cache while it was made');
    onProgress(`${reference} stands in: ${image.standIn}`);
    return image;
  }

  /** Pulls; undefined where the registry has no such image. */
  function pull(
    wanted: Wanted,
    source: ImageSource,
    onTransfer: (progress: PullProgress) => void,
  ): Promise<string | undefined> {
    const { reference, name, label } = wanted;
    const running =
      pulling.get(name) ??
      (async () => {
        const digest = await pullImage(store, source, { reference, name: label, onTransfer });
        if (digest !== undefined)
          await store.putReference({ reference: name, digest, origin: 'pull', at: clock.now() });
        return digest;
      })().finally(() => pulling.delete(name));
    pulling.set(name, running);
    return running;
  }

  /** An image of the region's own registry that cannot be had. */
  async function noLocalImage({ reference, name, parsed }: Wanted): Promise<OperationError> {
    const entry = await store.reference(name);
    if (!entry)
      return notFound(
        reference,
        `repository ${parsed.repository} has no such image`,
        'push it to this region, or let `fairway up` build it',
      );
    return notFound(
      reference,
      `repository ${parsed.repository} has it, but its content is gone from this machine`,
      entry.origin === 'push' ? 'push it again' : 'build it again: `fairway up`',
    );
  }

  /** From a registry, or why not. */
  async function pulled(
    wanted: Wanted,
    { pull: policy = 'missing', onTransfer = () => {} }: ResolveOptions,
    onProgress: (line: string) => void,
  ): Promise<Image | Failure> {
    const { reference, parsed, recipe } = wanted;
    const unasked = (reason: string): Failure => ({
      error: notFound(reference, without(wanted, reason)),
      unasked: true,
    });
    const failure = (reason: string, fix?: string): Failure => ({
      error: notFound(reference, reason, fix),
      unasked: false,
    });
    if (!remote) return unasked(nobodyAsked);
    if (policy === 'never') return unasked('it is not on this machine, and its pull policy is "never"');
    const trouble = policy === 'always' ? undefined : reach.trouble(parsed.registry);
    if (trouble !== undefined) return unasked(trouble);
    try {
      const source = remote(parsed);
      // What is announced soon is that there is an answer; the layers may take their time.
      const first = await reach.ask(parsed.registry, recipe !== undefined, () =>
        source.manifest(wanted.label),
      );
      if (!first) return failure(noneThere(wanted), nameAdvice);
      onProgress(`${reference}: pulling ${first.digest}`);
      const began = clock.now();
      const answered: ImageSource = {
        ...source,
        manifest: async (name) => (name === wanted.label ? first : source.manifest(name)),
        blob: (digest) => source.blob(digest),
      };
      const digest = await pull(wanted, answered, onTransfer);
      const image = digest === undefined ? undefined : await imageOf(digest, reference);
      if (!image) return failure('its layers vanished from the store while it was pulled');
      onProgress(`${reference}: pulled in ${((clock.now() - began) / 1000).toFixed(1)} s`);
      if (image.config.user !== (await store.manifest(image.digest))?.config.user)
        onProgress(
          `${reference}: runs as ${image.config.user}, the owner of its files: no other users exist here (fairway doctor tells how to allow them)`,
        );
      for (const note of await notesOf(image)) onProgress(`${reference}: ${note}`);
      return image;
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      const { message, fix } = error;
      const outOfReach = error.code === 'registry-busy' || isOutOfReach(error);
      const reason = outOfReach ? without(wanted, message) : message;
      return { error: notFound(reference, reason, fix ?? imageAdvice, error), unasked: outOfReach };
    }
  }
  async function notesOf(image: Image): Promise<readonly string[]> {
    const manifest = await store.manifest(image.digest);
    const infos = await Promise.all((manifest?.layers ?? []).map(store.layerInfo));
    return [...new Set(infos.flatMap((info) => info?.notes ?? []))];
  }

  return {
    async resolve(reference, onProgress = () => {}, options = {}) {
      const wanted = understand(reference);
      const { recipe } = wanted;
      if (wanted.parsed.registry === registry) {
        const image = await kept(wanted);
        if (!image) throw await noLocalImage(wanted);
        return image;
      }
      if (options.pull !== 'always') {
        const image = await kept(wanted);
        if (image) return image;
      }
      const outcome = await pulled(wanted, options, onProgress);
      if (!('error' in outcome)) return outcome;
      if (!outcome.unasked) throw outcome.error;
      // What is here serves where the registry that should be asked again is out of reach.
      const image = await kept(wanted);
      if (image) {
        onProgress(`${reference}: ${reasonOf(outcome.error)}; what this machine has of it is used`);
        return image;
      }
      if (recipe) return standIn(wanted, recipe, onProgress);
      throw outcome.error;
    },
    async probe(reference) {
      try {
        return await probe(understand(reference));
      } catch (error) {
        if (error instanceof OperationError)
          return { available: false, reason: reasonOf(error), ...(error.fix ? { fix: error.fix } : {}) };
        throw error;
      }
    },
  };

  async function probe(wanted: Wanted): Promise<Availability> {
    const { parsed, recipe, label } = wanted;
    const entry = await store.reference(wanted.name);
    if (entry && (await complete(entry.digest))) return { available: true };
    if (parsed.registry === registry) {
      const error = await noLocalImage(wanted);
      return { available: false, reason: reasonOf(error), ...(error.fix ? { fix: error.fix } : {}) };
    }
    let reason = nobodyAsked;
    let outOfReach = true;
    let fix: string | undefined;
    if (remote) {
      const trouble = reach.trouble(parsed.registry);
      if (trouble !== undefined) reason = trouble;
      else
        try {
          const found = await reach.ask(parsed.registry, recipe !== undefined, () =>
            remote(parsed).manifest(label),
          );
          if (found) return forThisMachine(found);
          return { available: false, reason: noneThere(wanted), fix: nameAdvice };
        } catch (error) {
          if (!(error instanceof RegistryError)) throw error;
          reason = error.message;
          fix = error.fix;
          outOfReach = error.code === 'registry-busy' || isOutOfReach(error);
        }
    }
    if (!recipe || !outOfReach)
      return outOfReach
        ? { available: false, reason: without(wanted, reason) }
        : { available: false, reason, ...(fix === undefined ? {} : { fix }) };
    const stored = await store.reference(await maker.key(recipe));
    if (stored?.standIn) return { available: true, standIn: stored.standIn };
    return (await maker.available())
      ? { available: true, standIn: `${recipe.program}, to be made on this machine` }
      : {
          available: false,
          reason: 'its stand-in is made from Debian packages, and this machine has no apt-get',
        };
  }
}

function forThisMachine(document: Parameters<typeof parseManifest>[0]): Availability {
  const parsed = parseManifest(document);
  if (parsed.kind === 'image' || chooseManifest(parsed.manifests)) return { available: true };
  return {
    available: false,
    reason: `it is for ${platformsOf(parsed.manifests).join(', ')}, and this machine is ${platformName(machinePlatform)} ("exec format error")`,
  };
}

const nobodyAsked = 'no registry is asked';
/** Why nothing serves where no registry does. */
const without = ({ parsed, recipe }: Wanted, reason: string): string => {
  if (recipe) return reason;
  return parsed.digest && officialName(parsed)
    ? `${reason}, and it is pinned to a digest, which no stand-in has`
    : `${reason}, and nothing on this machine stands in for it`;
};
const noneThere = ({ name, parsed }: Wanted) => `${name}: not found in ${parsed.registry}`;
const nameAdvice = 'check its name and tag; a private one needs a login (docker login)';
const reasonOf = (error: OperationError) =>
  error.message.replace(/^CannotPullContainerError: .*?failed to resolve ref \S+: /, '');
