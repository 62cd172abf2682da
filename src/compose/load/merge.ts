import { dig, isNull, type ListTree, type MapTree, type Tree } from '../tree.ts';

/** Lays one canonical file over another: https://docs.docker.com/reference/compose-file/merge/ */
export function mergeProjects(base: MapTree, over: MapTree): MapTree {
  return mergeMaps(base, over, []);
}

/** The same for one service, which stands over the one that it extends. */
export const mergeServices = (base: Tree, over: Tree): Tree => merge(base, over, ['services', '']);

function mergeMaps(base: MapTree, over: MapTree, path: readonly string[]): MapTree {
  const entries = new Map(base.entries);
  for (const [name, entry] of over.entries) {
    const below = entries.get(name);
    entries.set(
      name,
      below ? { key: entry.key, value: merge(below.value, entry.value, [...path, name]) } : entry,
    );
  }
  return { ...over, entries, position: base.position };
}

function merge(base: Tree, over: Tree, path: readonly string[]): Tree {
  if (over.mark) return over;
  if (base.mark === 'reset') return { ...over, mark: 'override' };
  const merged = mergePlain(base, over, path);
  return base.mark ? { ...merged, mark: base.mark } : merged;
}

function mergePlain(base: Tree, over: Tree, path: readonly string[]): Tree {
  if (base.kind === 'map' && over.kind === 'map') return mergeMaps(base, over, path);
  if (base.kind === 'list' && over.kind === 'list' && !replaced(path)) return mergeLists(base, over, path);
  // An empty mapping (`redis:`) changes nothing; within a mapping of values a null is one.
  return isNull(over) && base.kind !== 'scalar' ? base : over;
}

/** A command is no set of parts. */
function replaced(path: readonly string[]): boolean {
  return path[0] === 'services' && /^(command|entrypoint|healthcheck\.test)$/.test(path.slice(2).join('.'));
}

function mergeLists(base: ListTree, over: ListTree, path: readonly string[]): ListTree {
  const identity =
    (path.length === 3 && Object.hasOwn(IDENTITIES, path[2] ?? '') && IDENTITIES[path[2] ?? '']) || plainText;
  const replacedBy = new Set(over.items.map(identity));
  return { ...over, items: [...base.items.filter((item) => !replacedBy.has(identity(item))), ...over.items] };
}

const plainText = (tree: Tree): string => JSON.stringify(tree.kind === 'scalar' ? tree.text : strip(tree));

const IDENTITIES: Readonly<Record<string, (tree: Tree) => string>> = {
  ports: (tree) =>
    tree.kind === 'scalar'
      ? tree.text.replace(/\/tcp$/, '')
      : ['host_ip', 'published', 'target', 'protocol']
          .map((key) => plain(dig(tree, key)))
          .join(':')
          .replace(/^:|:(tcp)?$/g, ''),
  volumes: (tree) => {
    if (tree.kind !== 'scalar') return folder(plain(dig(tree, 'target')));
    const parts = tree.text.split(':');
    return folder(parts[1] ?? parts[0] ?? '');
  },
  configs: (tree) => granted(tree, '/'),
  secrets: (tree) => granted(tree, '/run/secrets/'),
};

/** Where a config or secret is mounted. */
function granted(tree: Tree, parent: string): string {
  const target =
    tree.kind === 'scalar' ? tree.text : plain(dig(tree, 'target')) || plain(dig(tree, 'source'));
  return target.startsWith('/') ? target : `${parent}${target}`;
}

const folder = (path: string) => path.replace(/\/+$/, '');

const plain = (tree: Tree | undefined) => (tree?.kind === 'scalar' ? tree.text : '');

/** The values alone, without positions. */
function strip(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.text;
  if (tree.kind === 'list') return tree.items.map(strip);
  return [...tree.entries].map(([name, { value }]) => [name, strip(value)]);
}
