import { isObject } from './json.ts';
import { subVariable } from './intrinsics/text.ts';
import type { Template } from './model.ts';
import type { Path } from './path.ts';
import { attributePair } from './yaml-node.ts';

/** One mention of a name within a node: `Ref`, `Fn::GetAtt`, a variable of `Fn::Sub`, or the condition of an `Fn::If`. */
export interface Reference {
  readonly kind: 'ref' | 'attribute' | 'condition';
  readonly name: string;
  readonly attribute?: string;
  readonly path: Path;
}

/** Every mention within `node`, in the order of the text. */
export function referencesIn(node: unknown, path: Path = []): Reference[] {
  const found: Reference[] = [];
  collect(node, [...path], found);
  return found;
}

/** `way` leads to the node; it is the same array all the way, for templates have many nodes and few mentions. */
function collect(node: unknown, way: (string | number)[], found: Reference[]): void {
  if (Array.isArray(node))
    node.forEach((item, index) => {
      way.push(index);
      collect(item, way, found);
      way.pop();
    });
  else if (isObject(node)) {
    const keys = Object.keys(node);
    const only = keys.length === 1 ? keys[0] : undefined;
    if (only === 'Ref') named('ref', node[only], [...way, only], found);
    else if (only === 'Fn::GetAtt') attribute(node[only], [...way, only], found);
    else {
      if (only === 'Fn::Sub') variables(node[only], [...way, only], found);
      if (only === 'Fn::If' && Array.isArray(node[only]))
        named('condition', (node[only] as unknown[])[0], [...way, only], found);
      for (const key of keys) {
        const member = node[key];
        if (typeof member !== 'object') continue;
        way.push(key);
        collect(member, way, found);
        way.pop();
      }
    }
  }
}

function named(kind: 'ref' | 'condition', name: unknown, path: Path, found: Reference[]): void {
  if (typeof name === 'string') found.push({ kind, name, path });
}

function attribute(argument: unknown, path: Path, found: Reference[]): void {
  const pair = attributePair(argument);
  if (!Array.isArray(pair)) return;
  const [name, text] = pair as unknown[];
  if (typeof name === 'string')
    found.push({
      kind: 'attribute',
      name,
      path,
      ...(typeof text === 'string' ? { attribute: text } : {}),
    });
  collect(text, [...path, 1], found);
}

function variables(argument: unknown, path: Path, found: Reference[]): void {
  const [text, map] = Array.isArray(argument) ? (argument as unknown[]) : [argument];
  if (typeof text !== 'string') return;
  for (const match of text.matchAll(subVariable)) {
    const variable = match[1]!.trim();
    if (variable.startsWith('!') || (isObject(map) && Object.hasOwn(map, variable))) continue;
    const dot = variable.indexOf('.');
    found.push(
      dot < 0
        ? { kind: 'ref', name: variable, path }
        : { kind: 'attribute', name: variable.slice(0, dot), attribute: variable.slice(dot + 1), path },
    );
  }
}

/** The names of the template's resources that a node mentions. */
export function resourcesIn(node: unknown, template: Template): Set<string> {
  const names = new Set<string>();
  for (const { kind, name } of referencesIn(node))
    if (kind !== 'condition' && Object.hasOwn(template.Resources, name)) names.add(name);
  return names;
}
