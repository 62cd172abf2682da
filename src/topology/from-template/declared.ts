import type { EvaluatedTemplate } from '../../template/evaluated.ts';
import type { Declared } from '../system.ts';
import { isRecord } from './values.ts';

/** The resources of an evaluated template, by logical id. */
export function declaredResources(evaluated: EvaluatedTemplate): ReadonlyMap<string, Declared> {
  return new Map(
    [...evaluated.resources].map(([id, { type, properties, conditional }]) => [
      id,
      {
        id,
        type,
        properties: isRecord(properties) ? properties : {},
        origin: { path: ['Resources', id] },
        ...(conditional
          ? { uncertain: `whether ${id} is there depends on a condition that cannot be told` }
          : {}),
      },
    ]),
  );
}

export const ofType = (resources: ReadonlyMap<string, Declared>, ...types: readonly string[]): Declared[] =>
  [...resources.values()].filter(({ type }) => types.includes(type));
