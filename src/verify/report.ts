import type { Origin } from '../topology/model.ts';
import type { CannotTell, Found } from './model.ts';

/** A finding about a resource. */
export const found = (
  resource: string,
  origin: Origin,
  { message, fix, path }: Pick<Found, 'message' | 'fix' | 'path'>,
): Found => ({
  kind: 'found',
  resource,
  origin,
  message,
  ...(fix ? { fix } : {}),
  ...(path ? { path } : {}),
});

export const cannotTell = (resource: string, origin: Origin, why: string): CannotTell => ({
  kind: 'cannot-tell',
  resource,
  origin,
  why,
});

/** A property of a resource, or what stands below a property. */
export function under(origin: Origin, property: string | readonly (string | number)[]): Origin {
  const below = [property].flat();
  const isResource = origin.path.length === 2;
  return {
    ...origin,
    path: [...origin.path, ...(isResource && below.length > 0 ? ['Properties'] : []), ...below],
  };
}
