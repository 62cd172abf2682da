import { posix } from 'node:path';
import { changeAt, isNull, type MapTree, scalar, type Tree } from '../tree.ts';
import type { Loading } from './loading.ts';

/** Makes the relative paths of a file that is read from another folder relative to the project's folder. */
export function rebaseProject(project: MapTree, directory: string, loading: Loading): MapTree {
  const move = mover(directory, loading);
  if (!move) return project;
  const moved = changeAt(project, ['services', '*'], (service) => rebaseWith(service, move));
  const files = ['configs', 'secrets'].reduce(
    (tree, kind) => changeAt(tree, [kind, '*', 'file'], move),
    moved,
  );
  return changeAt(files, ['volumes', '*', 'driver_opts', 'device'], (device) =>
    device.kind === 'scalar' && /^[.~]/.test(device.text) ? move(device) : device,
  ) as MapTree;
}

/** The same for one service. */
export function rebaseService(service: Tree, directory: string, loading: Loading): Tree {
  const move = mover(directory, loading);
  return move ? rebaseWith(service, move) : service;
}

type Move = (path: Tree) => Tree;

/** Undefined where nothing moves. */
function mover(directory: string, { folder, resolve }: Loading): Move | undefined {
  const from = resolve(directory);
  if (from === folder) return undefined;
  return (path) => {
    if (path.kind !== 'scalar' || isNull(path) || /^(~|[a-z][a-z+-]*:|git@|\/)/.test(path.text)) return path;
    const moved = posix.relative(folder, posix.join(from, path.text));
    const text = moved.startsWith('.') ? moved : `./${moved}`;
    return { ...path, value: text, text };
  };
}

function rebaseWith(service: Tree, move: Move): Tree {
  const changes: readonly (readonly [path: readonly string[], change: Move])[] = [
    [['build', 'additional_contexts', '*'], move],
    [['env_file', '*'], (file) => (file.kind === 'map' ? changeAt(file, ['path'], move) : move(file))],
    [['label_file', '*'], move],
    [['develop', 'watch', '*', 'path'], move],
    [['volumes', '*'], (volume) => moveVolume(volume, move)],
  ];
  const moved = changes.reduce((tree, [path, change]) => changeAt(tree, path, change), service);
  return changeAt(moved, ['build'], (build) => moveContext(build, move));
}

/** The folder of the file is the context where none is written. */
function moveContext(build: Tree, move: Move): Tree {
  if (build.kind !== 'map') return build;
  const written = build.entries.get('context');
  const value = move(written?.value ?? scalar('.', build.position));
  return {
    ...build,
    entries: new Map([...build.entries, ['context', { key: written?.key ?? build.position, value }]]),
  };
}

function moveVolume(volume: Tree, move: Move): Tree {
  if (volume.kind === 'map')
    return changeAt(volume, ['source'], (source) =>
      source.kind === 'scalar' && (source.text.startsWith('.') || typeOf(volume) === 'bind')
        ? move(source)
        : source,
    );
  if (volume.kind !== 'scalar' || !/^\.[^:]*:/.test(volume.text)) return volume;
  const at = volume.text.indexOf(':');
  const source = move({ ...volume, value: volume.text.slice(0, at), text: volume.text.slice(0, at) });
  const text = `${source.kind === 'scalar' ? source.text : ''}${volume.text.slice(at)}`;
  return { ...volume, value: text, text };
}

function typeOf(volume: MapTree): string | undefined {
  const type = volume.entries.get('type')?.value;
  return type?.kind === 'scalar' ? type.text : undefined;
}
