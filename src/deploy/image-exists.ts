import type { Clock } from '../common/clock.ts';
import { RegistryError } from '../oci/errors.ts';
import { parseReference, versionOf } from '../oci/reference.ts';
import { openRegistry } from '../oci/registry.ts';
import type { RegistrySettings } from '../oci/settings.ts';

/** What a registry says of an image, before anything is deployed that needs it. */
export type Existence =
  | { readonly kind: 'present' }
  | { readonly kind: 'absent'; readonly reason: string; readonly fix?: string | undefined }
  /** Nobody could be asked: this machine is offline, or the registry wants a login that AWS may have. */
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Whether a task on AWS would find an image: asked as AWS asks, without this machine's mirrors, and without its user's logins
 * unless the registry is ECR, to which the execution role has a login of its own.
 */
export async function imageExists(
  reference: string,
  options: {
    readonly settings: RegistrySettings;
    readonly clock: Clock;
    /** The task has credentials of its own for it. */
    readonly hasPullCredentials?: boolean;
  },
): Promise<Existence> {
  const parsed = parseReference(reference);
  if (!parsed) return { kind: 'absent', reason: 'invalid reference format' };
  const { registry, repository } = parsed;
  const { settings, clock } = options;
  const isEcr = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(registry);
  const client = openRegistry({
    registry,
    clock,
    attempts: 2,
    stallMilliseconds: 10_000,
    settings: {
      ...settings,
      places: { ...settings.places, entries: [], hubMirrors: [] },
      credentials: isEcr ? settings.credentials : async () => undefined,
    },
  });
  try {
    const found = await client.repository(repository).hasManifest(versionOf(parsed));
    return found
      ? { kind: 'present' }
      : { kind: 'absent', reason: `${registry} has no image ${repository}:${versionOf(parsed)}` };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (error.code !== 'registry-denied' || isEcr || options.hasPullCredentials)
      return { kind: 'unknown', reason: error.message };
    return {
      kind: 'absent',
      reason: error.message,
      fix: 'look at the name; for a private image write x-aws-pull_credentials: ARN of a secret with its login, or push it to ECR',
    };
  }
}
