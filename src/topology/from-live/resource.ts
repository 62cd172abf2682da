import type { Declared } from '../system.ts';

/** A resource of a region as a template would declare it. */
export function resource(
  id: string,
  type: string,
  properties: Readonly<Record<string, unknown>>,
): readonly [string, Declared] {
  return [id, { id, type, properties: present(properties), origin: { path: ['Resources', id] } }];
}
export type Resource = ReturnType<typeof resource>;

/** Without what is absent: a property that is there with no value would count as given. */
export function present(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** A value that is there and that no call tells. */
export const untold = (what: string): unknown => ({ 'Fn::Transform': { Name: what } });
