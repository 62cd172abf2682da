import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { canonicalJson, sha256 } from '../images/canonical.ts';
import type { LaunchContext } from '../launch/context.ts';
import type { BuildRequest } from '../runtime.ts';

/** Below the folder of builds: a file for each Dockerfile and target, with the keys of the layers that its last build used. */
export const recordsOf = (stateDirectory: string): string => join(stateDirectory, 'records');

/** The same context, with a list of the layers that it was asked for. */
export function recordLayers(
  launch: LaunchContext,
  signal: AbortSignal,
): {
  readonly launch: LaunchContext;
  recorded(request: BuildRequest): Promise<void>;
} {
  const { store, stateDirectory } = launch;
  const used = new Set<string>();
  const ensureLayer: typeof store.ensureLayer = async (key, fill) => {
    used.add(key);
    for (;;)
      try {
        return await store.ensureLayer(key, fill);
      } catch (error) {
        // Another build had begun this step, and was stopped: it is this one's turn.
        const stopped = error instanceof Error && error.name === 'AbortError';
        if (!stopped || signal.aborted) throw error;
      }
  };
  return {
    launch: { ...launch, store: { ...store, ensureLayer } },
    async recorded({ context, dockerfile, target, inline }) {
      const directory = recordsOf(stateDirectory);
      await mkdir(directory, { recursive: true });
      const name = sha256(canonicalJson([context, dockerfile, target ?? null, inline ?? null]));
      const draft = join(directory, `.${randomBytes(6).toString('hex')}`);
      await writeFile(draft, JSON.stringify([...used]));
      await rename(draft, join(directory, name));
    },
  };
}

/**
 * The keys of the layers that builds of the last `days` used, also of stages that are in no image: what a next build would use
 * again. Forgets older builds. `stateDirectory` is that of the builds.
 */
export async function layersOfBuilds(stateDirectory: string, days: number): Promise<ReadonlySet<string>> {
  const directory = recordsOf(stateDirectory);
  const keys = new Set<string>();
  for (const name of await readdir(directory).catch(() => [])) {
    const file = join(directory, name);
    const { mtimeMs } = await stat(file);
    if (Date.now() - mtimeMs > days * 24 * 3_600_000) await rm(file, { force: true });
    else for (const key of JSON.parse(await readFile(file, 'utf8')) as readonly string[]) keys.add(key);
  }
  return keys;
}
