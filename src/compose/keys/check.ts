import { nearest } from '../../common/nearest.ts';
import type { Problem } from '../../common/problem.ts';
import { isNull, type MapTree, type Tree } from '../tree.ts';
import type { Keys, Rule } from './rule.ts';

/** Compares every key of a file with the tables: unknown and refused keys are problems, others may be notices. */
export function checkKeys(
  tree: MapTree,
  keys: Keys,
  found: { problems: Problem[]; notices: Problem[] },
  path: readonly string[] = [],
): void {
  for (const [name, { key: position, value }] of tree.entries) {
    const here = [...path, name];
    const rule = Object.hasOwn(keys, name) ? keys[name] : undefined;
    // An `x-` key is the author's own: https://docs.docker.com/reference/compose-file/extension/
    if (!rule && name.startsWith('x-') && !name.startsWith('x-aws')) continue;
    // It takes away what another file says; on its own it says nothing.
    if (value.mark === 'reset' && rule) continue;
    if (!rule) found.problems.push({ ...unknown(name, keys, path), position });
    else if (rule.status === 'refused') {
      if (asksForNothing(value, rule.except)) continue;
      found.problems.push({
        code: 'compose-refused',
        message: `${here.join('.')} is refused: ${rule.reason}`,
        position,
        fix: rule.write,
      });
    } else if (rule.status === 'noticed') {
      if (!asksForNothing(value))
        found.notices.push({
          code: 'compose-not-enacted',
          message: `${here.join('.')} is not enacted: ${rule.reason}`,
          position,
        });
    } else below(value, rule, found, here);
  }
}

/** `privileged: false`, `devices: []`. */
function asksForNothing(value: Tree, except: readonly string[] = []): boolean {
  if (value.kind === 'scalar')
    return isNull(value) || value.value === false || value.text === '' || except.includes(value.text);
  return (value.kind === 'list' ? value.items.length : value.entries.size) === 0;
}

function below(
  value: Tree,
  rule: Rule & { status: 'enacted' },
  found: { problems: Problem[]; notices: Problem[] },
  path: readonly string[],
): void {
  if (rule.keys && value.kind === 'map') checkKeys(value, rule.keys, found, path);
  if (!rule.each || value.kind === 'scalar') return;
  const children: (readonly [string, Tree])[] =
    value.kind === 'map'
      ? [...value.entries].map(([name, entry]) => [name, entry.value])
      : value.items.map((item, index) => [String(index), item]);
  for (const [name, child] of children)
    if (child.kind === 'map') checkKeys(child, rule.each, found, [...path, name]);
}

function unknown(name: string, keys: Keys, path: readonly string[]): Omit<Problem, 'position'> {
  const known = Object.keys(keys).filter((key) => keys[key]?.status !== 'refused');
  const near = nearest(name, Object.keys(keys));
  const where = path.length > 0 ? ` in ${path.join('.')}` : '';
  return {
    code: 'compose-unknown-key',
    message: `unknown key ${name}${where}`,
    fix: near
      ? `write ${near}, or x-${name} for a note of your own`
      : `the keys here are ${known.join(', ')}`,
  };
}
