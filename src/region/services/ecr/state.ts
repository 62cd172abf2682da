import type { ImageTagMutabilityExclusionFilter, Tag } from '@aws-sdk/client-ecr';
import type { Region } from '../../region.ts';
import type { LocalRepositories, LocalRepository } from '../../runtime/runtime.ts';
import { invalidParameter, repositoryNotFound } from './errors.ts';
import type { Uploads } from './uploads.ts';

export interface RepositoryRecord {
  readonly name: string;
  readonly createdAt: Date;
  readonly mutability: 'MUTABLE' | 'IMMUTABLE' | 'MUTABLE_WITH_EXCLUSION' | 'IMMUTABLE_WITH_EXCLUSION';
  readonly exclusions?: readonly ImageTagMutabilityExclusionFilter[] | undefined;
  readonly scanOnPush: boolean;
  readonly policy?: string | undefined;
  readonly lifecyclePolicy?: { readonly text: string; readonly setAt: Date } | undefined;
  readonly tags: readonly Tag[];
}

/** Settings are in the region's store; images, in the runtime's, where tasks find them. */
export interface EcrState {
  readonly region: Region;
  readonly registryId: string;
  readonly uploads: Uploads;
  now(): Date;
  /** Those that were made, and those into which something was built. */
  all(): Promise<readonly RepositoryRecord[]>;
  /** Throws RepositoryNotFoundException. */
  repository(name: string | undefined): Promise<RepositoryRecord>;
  exists(name: string): Promise<boolean>;
  put(record: RepositoryRecord): void;
  forget(name: string): void;
  /** Its images. */
  images(name: string): LocalRepository;
  arnOf(name: string): string;
  /** `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME`: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
  uriOf(name: string): string;
  /** The one registry that there is. */
  checkRegistry(id: string | undefined): void;
  /** One change of a repository's images at a time: what a tag says is looked at, then changed. */
  alone<T>(repository: string, work: () => Promise<T>): Promise<T>;
}

export function createState(
  region: Region,
  uploads: Uploads,
  repositories: () => LocalRepositories,
): EcrState {
  const table = region.store.table<RepositoryRecord>('ecr/repositories');
  const { accountId, region: regionName, urlSuffix, partition } = region.identity;
  const queues = new Map<string, Promise<unknown>>();

  /** What a build filled without anybody's making it, as a creation template would set it up. */
  async function grown(name: string): Promise<RepositoryRecord | undefined> {
    const images = await repositories().repository(name).list();
    if (images.length === 0) return undefined;
    return {
      name,
      createdAt: new Date(Math.min(...images.map(({ pushedAt }) => pushedAt))),
      mutability: 'MUTABLE',
      scanOnPush: false,
      tags: [],
    };
  }
  const find = async (name: string) => table.get(name) ?? (await grown(name));

  return {
    region,
    registryId: accountId,
    uploads,
    now: () => new Date(region.clock.now()),
    async all() {
      const names = new Set([...table.keys(), ...(await repositories().names())]);
      const found = await Promise.all([...names].map(find));
      return found.filter((record) => record !== undefined);
    },
    async repository(name = '') {
      const record = await find(name);
      if (!record) throw repositoryNotFound(name, accountId);
      return record;
    },
    exists: async (name) => (await find(name)) !== undefined,
    put: (record) => table.put(record.name, record),
    forget: (name) => void table.delete(name),
    images: (name) => repositories().repository(name),
    arnOf: (name) => `arn:${partition}:ecr:${regionName}:${accountId}:repository/${name}`,
    uriOf: (name) => `${accountId}.dkr.ecr.${regionName}.${urlSuffix}/${name}`,
    checkRegistry(id) {
      if (id !== undefined && id !== accountId)
        throw invalidParameter(`the local region has the registry ${accountId} only, not ${id}`);
    },
    alone(repository, work) {
      const done = (queues.get(repository) ?? Promise.resolve()).then(work, work);
      queues.set(
        repository,
        done.catch(() => undefined),
      );
      return done;
    },
  };
}
