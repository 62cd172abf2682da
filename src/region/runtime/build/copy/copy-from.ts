import { randomBytes } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { canonicalJson, sha256 } from '../../images/canonical.ts';
import { listIn, lookUp } from '../../images/view.ts';
import { launchEnvironment, removeInside, runScript } from '../../launch/context.ts';
import { overlayOptions } from '../../launch/overlay.ts';
import { copyScript } from '../../launch/scripts.ts';
import { parseIgnoreRules } from '../ignore.ts';
import { layerWriter } from '../layer-files.ts';
import { globExpression, isGlob } from '../pattern.ts';
import { type Build, directories, layerKey, type StageState } from '../state.ts';
import type { Copied, CopyPlan } from './copy-folder.ts';
import { targetOf } from './target.ts';

export interface LayersPlan extends CopyPlan {
  /** Keys of the image or stage to copy out of. */
  readonly layers: readonly string[];
}

/** COPY --from: out of another stage or image, by a mount of its layers, so that owners and modes come along; a string says what is not there. */
export async function copyLayers(
  build: Build,
  state: StageState,
  { layers, begin, ...plan }: LayersPlan,
): Promise<Copied | string> {
  const { store, netd } = build.launch;
  const above = directories(store, { layers });
  const found = (await Promise.all(plan.sources.map((source) => expand(above, source, plan.parents)))).flat();
  for (const { path, stats } of found) if (!stats) return `${path} is not there`;
  const below = directories(store, state);
  const isDirectory = found.some(({ stats }) => stats?.isDirectory());
  const target = await targetOf(
    below,
    state,
    plan.destination,
    plan.parents || found.length > 1 || isDirectory,
  );
  const paths = found.map(({ path, inner }) => (plan.parents ? [path, inner] : path));
  const { exclude, mode } = plan;
  const owner = netd.ids === 'range' ? plan.owner : undefined;
  const more = exclude.length > 0 || mode ? [exclude, mode?.text] : [];
  const key = layerKey(build, 'copy-from-2', state, layers, paths, target, plan.owner, netd.ids, ...more);
  const { cached } = await store.ensureLayer(key, async (root) => {
    begin?.();
    await chmod(root, 0o755);
    const writer = layerWriter(netd, root, below);
    if (target.isDirectory) await writer.directory(target.path);
    const copied: (readonly ['content' | 'entry', string, string])[] = [];
    for (const { path, stats, inner } of found) {
      const own = plan.parents ? inner : stats?.isDirectory() ? '.' : posix.basename(path);
      const to = target.isDirectory ? posix.join(target.path, own) : target.path;
      await writer.place(to);
      copied.push([stats?.isDirectory() ? 'content' : 'entry', path, join(root, to)]);
    }
    const mountPoint = join(build.launch.stateDirectory, 'tmp', randomBytes(6).toString('hex'));
    await mkdir(mountPoint, { recursive: true });
    const overlay = overlayOptions([...above, await emptyLayer(build)]);
    await runScript(netd, copyScript, [store.layersDirectory, overlay, mountPoint, ...copied.flat()]);
    await removeInside(netd, mountPoint);
    const places = copied.map(([, , to]) => to);
    for (const to of places) await removeExcluded(build, to, exclude);
    if (owner)
      await inside(build, [
        'chown',
        '--no-dereference',
        '--recursive',
        `${owner.uid}:${owner.gid}`,
        '--',
        ...places,
      ]);
    if (mode) await inside(build, ['chmod', '--recursive', mode.text, '--', ...places]);
    await writer.finish(undefined, []);
  });
  return { key, cached, isDirectory };
}

/** overlayfs wants two layers at least. */
async function emptyLayer({ launch: { store } }: Build): Promise<string> {
  const key = sha256(canonicalJson(['empty']));
  await store.ensureLayer(key, (root) => chmod(root, 0o755));
  return store.layerPath(key);
}

async function inside({ launch }: Build, argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await launch.netd.run(argv, { env: launchEnvironment });
  if (code !== 0) throw new Error(`${argv[0]}: ${stderr.trim()}`);
  return stdout;
}

async function removeExcluded(build: Build, directory: string, exclude: readonly string[]): Promise<void> {
  if (exclude.length === 0) return;
  const rules = parseIgnoreRules(exclude.join('\n'), '--exclude');
  const listed = await inside(build, [
    'find',
    directory,
    '-mindepth',
    '1',
    '!',
    '-type',
    'd',
    '-printf',
    '%P\\0',
  ]);
  const unwanted = listed.split('\0').filter((path) => path !== '' && rules.ignores(path));
  for (let at = 0; at < unwanted.length; at += 500)
    await inside(build, [
      'rm',
      '-f',
      '--',
      ...unwanted.slice(at, at + 500).map((path) => join(directory, path)),
    ]);
}

/** What a source matches; `inner` is the part of the path that `--parents` keeps. */
async function expand(layers: readonly string[], source: string, parents: boolean) {
  const [pivot = '', rest] = parents ? source.split('/./') : [];
  const above = rest === undefined ? 0 : posix.join('/', pivot).split('/').filter(Boolean).length;
  const innerOf = (path: string) => path.split('/').filter(Boolean).slice(above).join('/');
  const absolute = posix.join('/', source);
  const find = async (path: string) => ({ ...(await lookUp(layers, path)), inner: innerOf(path) });
  if (!isGlob(absolute)) return [await find(absolute)];
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
  const entries = await Promise.all(paths.map(find));
  return entries.length > 0 ? entries : [{ path: absolute, inner: '', stats: undefined }];
}
