import type { Entry, MapTree, Tree } from '../tree.ts';

/** The same project with each service changed. */
export function eachService(tree: MapTree, change: (service: Tree, name: string) => Tree): MapTree {
  const services = tree.entries.get('services');
  if (services?.value.kind !== 'map') return tree;
  const changed = new Map<string, Entry>();
  for (const [name, { key, value }] of services.value.entries)
    changed.set(name, { key, value: change(value, name) });
  const entries = new Map(tree.entries);
  entries.set('services', { key: services.key, value: { ...services.value, entries: changed } });
  return { ...tree, entries };
}
