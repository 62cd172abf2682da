import { posix } from 'node:path';
import type { Position } from '../../common/problem.ts';
import { readEnvFile } from '../dotenv.ts';
import type { Lookup } from '../interpolate.ts';
import { type Field, field, list, text, texts, wrong } from '../read.ts';
import { type Entry, type MapTree, plainOf, type Tree } from '../tree.ts';
import type { SourceFile } from './files.ts';
import type { Base, Loading } from './loading.ts';

type LoadFiles = (files: readonly SourceFile[], base: Base, loading: Loading) => MapTree | undefined;

const SECTIONS = ['services', 'networks', 'volumes', 'configs', 'secrets', 'models'];

/** Adds the projects that `include` names: https://docs.docker.com/reference/compose-file/include/ */
export function includeProjects(
  project: MapTree,
  file: string,
  base: Base,
  loading: Loading,
  load: LoadFiles,
): MapTree {
  const at = field({ tree: project, name: 'project' }, 'include');
  if (!at) return project;
  const chain = [...base.chain, posix.normalize(file)];
  const items = at.tree.kind === 'list' ? list(loading.found, at) : [at.tree];
  const trees = items.flatMap((tree, index) => {
    const item: Field = { tree, name: `include[${index}]` };
    return includeOne(item, { ...base, directory: posix.dirname(file), chain }, loading, load) ?? [];
  });
  const entries = new Map([...project.entries].filter(([name]) => name !== 'include'));
  return trees.reduce((whole, tree) => joined(whole, tree, loading), { ...project, entries });
}

function includeOne(item: Field, base: Base, loading: Loading, load: LoadFiles): MapTree | undefined {
  const { found } = loading;
  const { position } = item.tree;
  const long = item.tree.kind === 'map';
  const paths = texts(found, long ? field(item, 'path') : item);
  const [first] = paths;
  if (!first) {
    wrong(found, position, `${item.name} has no path`, 'write `- ./other/compose.yaml`');
    return undefined;
  }
  const here = (path: string) => (posix.isAbsolute(path) ? path : posix.join(base.directory, path));
  const files = paths.flatMap(({ value, position: at }) => {
    const path = here(value);
    if (/^(oci|https?|git|ssh):\/\/|^git@/.test(value)) {
      wrong(found, at, `${value} is not on this machine`, 'fetch it and include the file', 'compose-refused');
      return [];
    }
    const circle = base.chain.indexOf(posix.normalize(path));
    if (circle >= 0) {
      const names = [...base.chain.slice(circle), path].join(' → ');
      wrong(found, at, `include goes in a circle: ${names}`, 'remove one of these', 'compose-include');
      return [];
    }
    const content = loading.readFile(path);
    if (content === undefined) {
      const message = `the included file ${path} does not exist`;
      wrong(found, at, message, 'create it, or correct the path', 'compose-include');
      return [];
    }
    return loading.another(at) ? [{ path, content }] : [];
  });
  if (files.length < paths.length) return undefined;
  const folder = long ? text(found, field(item, 'project_directory'))?.value : undefined;
  const directory = folder === undefined ? posix.dirname(here(first.value)) : here(folder);
  const envFiles = long ? texts(found, field(item, 'env_file')) : [];
  const lookup = included(envFiles, directory, here, base.lookup, loading, position);
  return load(files, { directory, lookup, chain: base.chain }, loading);
}

/** What is set around the project wins over the included one's own env files. */
function included(
  written: readonly { readonly value: string; readonly position: Position }[],
  directory: string,
  here: (path: string) => string,
  outer: Lookup,
  { found, readFile }: Loading,
  position: Position,
): Lookup {
  const values = new Map<string, string>();
  const lookup: Lookup = (name) => outer(name) ?? values.get(name);
  const files = written.length > 0 ? written : [{ value: posix.join(directory, '.env'), position }];
  for (const { value, position: at } of files) {
    const path = written.length > 0 ? here(value) : value;
    const content = readFile(path);
    if (content === undefined && written.length > 0)
      wrong(
        found,
        at,
        `the env_file ${path} does not exist`,
        'create it, or correct the path',
        'compose-env-file-missing',
      );
    for (const line of readEnvFile(content ?? '', path, lookup, found.problems))
      if (line.value !== undefined) values.set(line.name, line.value);
  }
  return lookup;
}

/** Both projects; one name for two different things is wrong. */
function joined(project: MapTree, other: MapTree, loading: Loading): MapTree {
  const own = other.entries.get('x-aws');
  if (own)
    loading.found.notices.push({
      code: 'compose-not-enacted',
      message: 'x-aws of an included file is not enacted: the settings are those of the including file',
      position: own.key,
    });
  const entries = new Map(project.entries);
  for (const section of SECTIONS) {
    const theirs = other.entries.get(section);
    if (theirs?.value.kind !== 'map') continue;
    const ours = entries.get(section);
    const merged = new Map<string, Entry>(ours?.value.kind === 'map' ? ours.value.entries : []);
    for (const [name, entry] of theirs.value.entries) {
      const mine = merged.get(name);
      if (!mine) merged.set(name, entry);
      else if (!equal(mine.value, entry.value))
        wrong(
          loading.found,
          mine.key,
          `${section}.${name} is also in the included ${entry.key.file}:${entry.key.line}, and differs`,
          'rename one of the two, or change it in an override file (-f a second file)',
          'compose-include',
        );
    }
    entries.set(section, { key: ours?.key ?? theirs.key, value: { ...theirs.value, entries: merged } });
  }
  return { ...project, entries };
}

const equal = (a: Tree, b: Tree) => JSON.stringify(plainOf(a)) === JSON.stringify(plainOf(b));
