import { createHash } from 'node:crypto';

/** The network namespace that interfaces of one holder share: one name per interface description. */
export function namespaceOf(description: string): string {
  return `n${createHash('sha256').update(description).digest('hex').slice(0, 12)}`;
}
