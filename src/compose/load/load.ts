import type { Lookup } from '../interpolate.ts';
import { checkKeys } from '../keys/check.ts';
import { TOP } from '../keys/top.ts';
import type { MapTree } from '../tree.ts';
import { canonicalProject } from './canonical.ts';
import { eachService } from './each-service.ts';
import { extendServices } from './extends.ts';
import type { SourceFile } from './files.ts';
import { includeProjects } from './include.ts';
import type { Base, Loading } from './loading.ts';
import { mergeProjects } from './merge.ts';
import { rebaseProject } from './rebase.ts';
import { fill } from './variables.ts';

/** Files laid over each other as one tree: included, extended, variables put in, keys checked; undefined where one is broken. */
export function loadFiles(files: readonly SourceFile[], base: Base, loading: Loading): MapTree | undefined {
  const trees: MapTree[] = [];
  for (const file of files) {
    const tree = loadFile(file, base, loading, trees.at(-1));
    if (!tree) return undefined;
    const below = trees.at(-1);
    trees.push(below ? mergeProjects(below, tree) : tree);
  }
  return trees.at(-1);
}

function loadFile(
  { path, content }: SourceFile,
  base: Base,
  loading: Loading,
  below: MapTree | undefined,
): MapTree | undefined {
  const { problems } = loading.found;
  const written = loading.yaml(path, content);
  if (written?.kind !== 'map') {
    if (!loading.isBroken(path))
      problems.push({
        code: 'compose-empty',
        message: written ? 'the file is no mapping' : 'the file is empty',
        position: written?.position ?? { file: path, line: 1, column: 1 },
        fix: 'write `services:` and a service below it',
      });
    return undefined;
  }
  loading.lookups.set(path, base.lookup);
  const filled = eachService(fillTop(written, base.lookup, loading), (service, name) =>
    fill(service, base.lookup, loading.ofService(name).problems),
  );
  checkKeys(withoutServices(filled), TOP, loading.found);
  const here = rebaseProject(canonicalProject(filled), base.directory, loading);
  const included = includeProjects(here, path, base, loading, loadFiles);
  return extendServices(included, path, base.lookup, loading, below);
}

/** Everything but the services, which are filled one by one. */
function fillTop(tree: MapTree, lookup: Lookup, { found }: Loading): MapTree {
  const services = tree.entries.get('services');
  const rest = fill(withoutServices(tree), lookup, found.problems);
  if (services?.value.kind !== 'map') return fill(tree, lookup, found.problems);
  return { ...rest, entries: new Map([...rest.entries, ['services', services]]) };
}

function withoutServices(tree: MapTree): MapTree {
  const services = tree.entries.get('services');
  if (services?.value.kind !== 'map') return tree;
  return { ...tree, entries: new Map([...tree.entries].filter(([name]) => name !== 'services')) };
}
