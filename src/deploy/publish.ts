import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  type ECRClient,
  type ECRServiceException,
  type Repository,
} from '@aws-sdk/client-ecr';
import { OperationError } from '../common/problem.ts';
import { bounded, copyImage, type CopyProgress } from '../oci/copy.ts';
import type { ImageSource } from '../oci/model.ts';
import { openRegistry, type Registry } from '../oci/registry.ts';
import type { RegistrySettings } from '../oci/settings.ts';
import type { Target } from './target.ts';

/** An image that the region's tasks are to find in its ECR. */
export interface Publication {
  /** For messages, and in the answer. */
  readonly service: string;
  /** `jobs/api`; made where there is none. */
  readonly repository: string;
  readonly digest: string;
  readonly source: ImageSource;
}
export interface PublishOptions {
  readonly target: Pick<Target, 'ecr' | 'clock'>;
  readonly settings: RegistrySettings;
  readonly onProgress?: (service: string, progress: PublishProgress) => void;
}
export type PublishProgress =
  | CopyProgress
  | { readonly kind: 'done'; readonly reference: string; readonly present: boolean };

/** Images that travel at once; each sends several layers. */
const AT_ONCE = 3;

/** Brings images to ECR; gives, by service, the reference that a task definition needs: `URI@sha256:…`. */
export async function publishImages(
  publications: readonly Publication[],
  { target, settings, onProgress = () => {} }: PublishOptions,
): Promise<ReadonlyMap<string, string>> {
  const ecr = await target.ecr();
  const registry = await logIn(ecr, { settings, clock: target.clock });
  const references = new Map<string, string>();
  await bounded(publications, AT_ONCE, async ({ service, repository: name, digest, source }) => {
    const { repositoryUri } = await ensureRepository(ecr, name);
    const reference = `${repositoryUri}@${digest}`;
    const sink = registry.repository(name);
    const tag = tagOf(digest);
    const present = (await sink.manifest(tag))?.digest === digest;
    if (!present)
      await copyImage({
        source,
        sink,
        reference: digest,
        tag,
        onProgress: (progress) => onProgress(service, progress),
      });
    references.set(service, reference);
    onProgress(service, { kind: 'done', reference, present });
  });
  return references;
}

/**
 * Told by the content, so that it never moves and fits immutable tags. An image without any is what lifecycle policies throw
 * away first: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
const tagOf = (digest: string): string =>
  digest.replace('sha256:', 'fairway-').slice(0, 'fairway-'.length + 16);

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html: user AWS, and where to push */
async function logIn(
  ecr: ECRClient,
  options: { readonly settings: RegistrySettings; readonly clock: Target['clock'] },
): Promise<Registry> {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const [{ authorizationToken = '', proxyEndpoint = '' } = {}] = authorizationData ?? [];
  const pair = Buffer.from(authorizationToken, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0 || !URL.canParse(proxyEndpoint))
    throw new OperationError({
      code: 'ecr-no-token',
      message: 'ECR gave no token to push images with (GetAuthorizationToken)',
    });
  const { host, protocol } = new URL(proxyEndpoint);
  return openRegistry({
    ...options,
    registry: host,
    scheme: protocol === 'http:' ? 'http' : 'https',
    credentials: { kind: 'password', username: pair.slice(0, colon), password: pair.slice(colon + 1) },
  });
}

async function ensureRepository(ecr: ECRClient, repositoryName: string): Promise<Repository> {
  const found = await describe(ecr, repositoryName);
  if (found) return found;
  try {
    const { repository } = await ecr.send(
      new CreateRepositoryCommand({ repositoryName, imageTagMutability: 'MUTABLE' }),
    );
    return repository!;
  } catch (error) {
    // Somebody else's deployment made it at the same time.
    if ((error as ECRServiceException).name !== 'RepositoryAlreadyExistsException') throw error;
    return (await describe(ecr, repositoryName))!;
  }
}

async function describe(ecr: ECRClient, name: string): Promise<Repository | undefined> {
  try {
    const { repositories } = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }));
    return repositories?.[0];
  } catch (error) {
    if ((error as ECRServiceException).name === 'RepositoryNotFoundException') return undefined;
    throw error;
  }
}
