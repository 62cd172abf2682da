import type { Repository } from '@aws-sdk/client-ecr';
import { ApiError } from '../../gateway/api-error.ts';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { invalidParameter, operation } from './errors.ts';
import { checkName } from './names.ts';
import { readMutability } from './settings.ts';
import type { EcrState, RepositoryRecord } from './state.ts';
import { readTags } from './tags.ts';

export function repositoryHandlers(state: EcrState): Handlers<typeof import('@aws-sdk/client-ecr')> {
  return {
    CreateRepository: operation(
      [
        'registryId',
        'repositoryName',
        'tags',
        'imageTagMutability',
        'imageTagMutabilityExclusionFilters',
        'imageScanningConfiguration',
        'encryptionConfiguration',
      ],
      async (input) => {
        const { repositoryName: name = '', encryptionConfiguration: encryption } = input;
        state.checkRegistry(input.registryId);
        checkName(name);
        if (encryption && (encryption.encryptionType !== 'AES256' || encryption.kmsKey))
          throw invalidParameter(
            `encryptionConfiguration ${JSON.stringify(encryption)} is not enacted in the local region: it has AES256 only`,
          );
        const settings = {
          ...readMutability(input.imageTagMutability, input.imageTagMutabilityExclusionFilters),
          scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
          tags: readTags(input.tags),
        };
        return state.alone(name, async () => {
          if (await state.exists(name))
            throw new ApiError(
              'RepositoryAlreadyExistsException',
              `The repository with name '${name}' already exists in the registry with id '${state.registryId}'`,
              400,
            );
          const record: RepositoryRecord = { name, createdAt: state.now(), ...settings };
          state.put(record);
          return { repository: view(state, record) };
        });
      },
    ),
    DescribeRepositories: operation(
      ['registryId', 'repositoryNames', 'maxResults', 'nextToken'],
      async ({ registryId, repositoryNames = [], maxResults = 100, nextToken }) => {
        state.checkRegistry(registryId);
        if (repositoryNames.length > 0) {
          const found = await Promise.all(repositoryNames.map((name) => state.repository(name)));
          return { repositories: found.map((record) => view(state, record)) };
        }
        const all = await state.all();
        const { items, next } = pageAfter(all, ({ name }) => name, pageSize(maxResults), nextToken, badToken);
        return {
          repositories: items.map((record) => view(state, record)),
          ...(next ? { nextToken: next } : {}),
        };
      },
    ),
    DeleteRepository: operation(['registryId', 'repositoryName', 'force'], async (input) => {
      state.checkRegistry(input.registryId);
      const record = await state.repository(input.repositoryName);
      const { name } = record;
      return state.alone(name, async () => {
        const images = state.images(name);
        const held = await images.list();
        if (held.length > 0 && !input.force)
          throw new ApiError(
            'RepositoryNotEmptyException',
            `The repository with name '${name}' in registry with id '${state.registryId}' cannot be deleted because it still contains images`,
            400,
          );
        for (const { digest } of held) await images.remove(digest);
        state.forget(name);
        return { repository: view(state, record) };
      });
    }),
  };
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html#ECR-DescribeRepositories-request-maxResults */
export function pageSize(maxResults: number): number {
  if (Number.isInteger(maxResults) && maxResults >= 1 && maxResults <= 1000) return maxResults;
  throw invalidParameter(
    `Invalid parameter at 'maxResults' failed to satisfy constraint: 'must be between 1 and 1000'`,
  );
}
export const badToken = (): ApiError =>
  invalidParameter(`Invalid parameter at 'nextToken' failed to satisfy constraint: 'must be a valid token'`);

function view(state: EcrState, record: RepositoryRecord): Repository {
  return {
    repositoryArn: state.arnOf(record.name),
    registryId: state.registryId,
    repositoryName: record.name,
    repositoryUri: state.uriOf(record.name),
    createdAt: record.createdAt,
    imageTagMutability: record.mutability,
    ...(record.exclusions ? { imageTagMutabilityExclusionFilters: [...record.exclusions] } : {}),
    imageScanningConfiguration: { scanOnPush: record.scanOnPush },
    encryptionConfiguration: { encryptionType: 'AES256' },
  };
}
