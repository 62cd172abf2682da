import { isNull, type MapTree, mapOf, scalar, type Tree } from '../tree.ts';

/** Brings the short forms of a file's services to the long ones, so that files merge by one rule. */
export function canonicalProject(project: MapTree): MapTree {
  return change(project, {
    services: (services) => (services.kind === 'map' ? mapEntries(services, canonicalService) : services),
  });
}

export const canonicalService = (service: Tree): Tree =>
  service.kind === 'map' ? change(service, SERVICE) : service;

type Change = (tree: Tree) => Tree;

const SERVICE: Readonly<Record<string, Change>> = {
  environment: assignments,
  labels: assignments,
  annotations: assignments,
  sysctls: assignments,
  depends_on: (tree) =>
    names(tree, (name) => mapOf([['condition', scalar('service_started', name.position)]], name.position)),
  networks: (tree) => names(tree, (name) => scalar(null, name.position)),
  models: (tree) => names(tree, (name) => scalar(null, name.position)),
  env_file: asList,
  label_file: asList,
  expose: asList,
  dns: asList,
  dns_search: asList,
  tmpfs: asList,
  deploy: (tree) => (tree.kind === 'map' ? change(tree, { labels: assignments }) : tree),
  build: (tree) => {
    const long = tree.kind === 'scalar' && !isNull(tree) ? mapOf([['context', tree]], tree.position) : tree;
    return long.kind === 'map'
      ? change(long, { args: assignments, labels: assignments, additional_contexts: assignments })
      : long;
  },
};

function change(tree: MapTree, changes: Readonly<Record<string, Change>>): MapTree {
  return mapEntries(tree, (value, name) => {
    const apply = Object.hasOwn(changes, name) ? changes[name] : undefined;
    if (!apply || isNull(value) || value.mark === 'reset') return value;
    const changed = apply(value);
    return value.mark ? { ...changed, mark: value.mark } : changed;
  });
}

function mapEntries(tree: MapTree, apply: (value: Tree, name: string) => Tree): MapTree {
  const entries = new Map(
    [...tree.entries].map(([name, { key, value }]) => [name, { key, value: apply(value, name) }]),
  );
  return { ...tree, entries };
}

/** `[A=1, B]` as `{A: 1, B: null}`; the last of two wins, as in Docker Compose. */
function assignments(tree: Tree): Tree {
  if (tree.kind !== 'list') return tree;
  const pairs: [string, Tree][] = [];
  for (const item of tree.items) {
    if (item.kind !== 'scalar') return tree;
    const at = item.text.indexOf('=');
    if (at < 0) pairs.push([item.text, scalar(null, item.position)]);
    else pairs.push([item.text.slice(0, at), scalar(item.text.slice(at + 1), item.position)]);
  }
  return mapOf(pairs, tree.position);
}

/** `[a, b]` as `{a: …, b: …}`. */
function names(tree: Tree, value: (name: Tree) => Tree): Tree {
  if (tree.kind !== 'list') return tree;
  const pairs: [string, Tree][] = [];
  for (const item of tree.items) {
    if (item.kind !== 'scalar') return tree;
    pairs.push([item.text, value(item)]);
  }
  return mapOf(pairs, tree.position);
}

function asList(tree: Tree): Tree {
  return tree.kind === 'scalar' ? { kind: 'list', items: [tree], position: tree.position } : tree;
}
