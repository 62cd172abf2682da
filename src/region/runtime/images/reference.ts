import { parseReference } from '../../../oci/reference.ts';

export { officialName, parseReference, type Reference } from '../../../oci/reference.ts';

/** As the store names it: `docker.io/library/redis:7` for `redis:7`; what is no reference stays as it is. */
export function fullName(reference: string): string {
  const parsed = parseReference(reference);
  if (!parsed) return reference;
  const { registry, repository, digest, tag = 'latest' } = parsed;
  return `${registry}/${repository}${digest ? `@${digest}` : `:${tag}`}`;
}
