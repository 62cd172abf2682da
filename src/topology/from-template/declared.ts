import type { EvaluatedTemplate } from '../../template/evaluated.ts';
import type { ExaminedStack } from '../../template/stacks/model.ts';
import type { Declared } from '../system.ts';
import { isRecord } from './values.ts';

/** The resources of an evaluated template, by logical id. */
export function declaredResources(evaluated: EvaluatedTemplate): ReadonlyMap<string, Declared> {
  return new Map(
    [...evaluated.resources].map(([id, { type, properties, conditional, metadata }]) => [
      id,
      {
        id,
        type,
        properties: isRecord(properties) ? properties : {},
        origin: { path: ['Resources', id] },
        ...(metadata === undefined ? {} : { metadata }),
        ...(conditional
          ? { uncertain: `whether ${id} is there depends on a condition that cannot be told` }
          : {}),
      },
    ]),
  );
}

/** The resources of several stacks as one deployment, each by the name that no other one has. */
export function declaredStacks(stacks: readonly ExaminedStack[]): ReadonlyMap<string, Declared> {
  const alone = stacks.length === 1;
  return new Map(
    stacks.flatMap(({ name, evaluated, nameOf }) =>
      [...declaredResources(evaluated).values()].map((declared): [string, Declared] => {
        const id = nameOf(declared.id);
        const { path } = declared.origin;
        return [id, { ...declared, id, origin: alone ? { path } : { stack: name, path } }];
      }),
    ),
  );
}

/** By type, made once for a deployment's resources: they never change. */
const indices = new WeakMap<ReadonlyMap<string, Declared>, ReadonlyMap<string, Declared[]>>();
function byType(resources: ReadonlyMap<string, Declared>): ReadonlyMap<string, Declared[]> {
  const known = indices.get(resources);
  if (known) return known;
  const index = new Map<string, Declared[]>();
  for (const declared of resources.values()) {
    const list = index.get(declared.type);
    if (list) list.push(declared);
    else index.set(declared.type, [declared]);
  }
  indices.set(resources, index);
  return index;
}

/** The resources of some types, in the order in which they are declared. */
export function ofType(resources: ReadonlyMap<string, Declared>, ...types: readonly string[]): Declared[] {
  const [only] = types;
  if (types.length === 1 && only !== undefined) return [...(byType(resources).get(only) ?? [])];
  return [...resources.values()].filter(({ type }) => types.includes(type));
}
