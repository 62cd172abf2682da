import { randomBytes } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { listIn, lookUp } from '../images/view.ts';
import { launchEnvironment, removeInside, runScript } from '../launch/context.ts';
import { overlayOptions } from '../launch/overlay.ts';
import { copyScript } from '../launch/scripts.ts';
import { layerWriter } from './layer-files.ts';
import { globExpression, isGlob } from './pattern.ts';
import { type Build, directories, layerKey, refuse, type StageState, type Step, withLayer } from './state.ts';
import { targetOf } from './target.ts';

export interface CopyFrom {
  readonly from: string;
  readonly sources: readonly string[];
  readonly destination: string;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

/** COPY --from: out of another stage or image, by a mount of its layers, so that owners and modes come along. */
export async function copyFrom(
  build: Build,
  state: StageState,
  step: Step,
  { from, sources, destination, owner }: CopyFrom,
): Promise<{ readonly state: StageState; readonly cached: boolean }> {
  const { store, netd } = build.launch;
  const origin = await build.source(from, step);
  const above = directories(store, origin);
  const found = (await Promise.all(sources.map((source) => expand(above, source)))).flat();
  for (const { path, stats } of found)
    if (!stats)
      refuse(step.instruction, `COPY --from=${from}: ${path} is not there`, 'name a file that the stage has');
  const below = directories(store, state);
  const needsDirectory = found.length > 1 || found.some(({ stats }) => stats?.isDirectory());
  const target = await targetOf(below, state, destination, needsDirectory);
  const paths = found.map(({ path }) => path);
  const key = layerKey('copy-from', state, origin.layers, paths, target, owner, netd.ids);
  const { cached } = await store.ensureLayer(key, async (root) => {
    step.begin();
    await chmod(root, 0o755);
    const writer = layerWriter(netd, root, below);
    if (target.isDirectory) await writer.directory(target.path);
    const copied = await Promise.all(
      found.map(async ({ path, stats }) => {
        const to =
          target.isDirectory && !stats?.isDirectory()
            ? posix.join(target.path, posix.basename(path))
            : target.path;
        await writer.place(to);
        return [stats?.isDirectory() ? 'content' : 'entry', path, join(root, to)] as const;
      }),
    );
    const mountPoint = join(build.launch.stateDirectory, 'tmp', randomBytes(6).toString('hex'));
    await mkdir(mountPoint, { recursive: true });
    const tools = await build.launch.tools();
    const overlay = overlayOptions([...above, tools.layer]);
    await runScript(netd, copyScript, [store.layersDirectory, overlay, mountPoint, ...copied.flat()]);
    await removeInside(netd, mountPoint);
    if (owner && netd.ids === 'range')
      for (const [, , to] of copied) {
        const words = ['chown', '--no-dereference', '--recursive', `${owner.uid}:${owner.gid}`, '--', to];
        const { code, stderr } = await netd.run(words, { env: launchEnvironment });
        if (code !== 0) throw new Error(`cannot change owners: ${stderr.trim()}`);
      }
    await writer.finish(undefined, []);
  });
  return { state: withLayer(state, key), cached };
}

async function expand(layers: readonly string[], source: string) {
  const absolute = posix.join('/', source);
  if (!isGlob(absolute)) return [await lookUp(layers, absolute)];
  let paths = ['/'];
  for (const part of absolute.split('/').filter(Boolean)) {
    const expression = isGlob(part) ? globExpression(part) : undefined;
    const next = await Promise.all(
      paths.map(async (base) =>
        (expression ? (await listIn(layers, base)).filter((name) => expression.test(name)) : [part]).map(
          (name) => posix.join(base, name),
        ),
      ),
    );
    paths = next.flat();
  }
  const entries = await Promise.all(paths.map((path) => lookUp(layers, path)));
  return entries.length > 0 ? entries : [{ path: absolute }];
}
