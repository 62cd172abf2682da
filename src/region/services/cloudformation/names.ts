import { createHash } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/**
 * Text that looks random and is the same each time for the same seed, so that what is begun again after a restart has the name it
 * had before.
 */
export function steadyRandom(length: number, ...seed: readonly (string | number)[]): string {
  const bytes = createHash('sha256').update(seed.join('\0')).digest();
  return Array.from({ length }, (_, index) => alphabet[bytes[index % 32]! % alphabet.length]).join('');
}

/** A UUID from a seed: the idempotency token of one call. */
export function steadyToken(...seed: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(seed.join('\0')).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/**
 * StackName-LogicalId-RANDOM within the type's limit; the random part is never cut.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
 */
export function physicalName(
  stackName: string,
  logicalId: string,
  random: string,
  { limit, lowerCase = false }: { readonly limit: number; readonly lowerCase?: boolean },
): string {
  const room = limit - random.length - 2;
  const stack = stackName.slice(0, Math.max(Math.floor(room / 2), room - logicalId.length));
  const name = `${stack}-${logicalId.slice(0, room - stack.length)}-${random}`.replaceAll(/-{2,}/g, '-');
  return lowerCase ? name.toLowerCase() : name;
}
