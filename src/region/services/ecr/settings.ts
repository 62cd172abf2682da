import type { ImageTagMutabilityExclusionFilter } from '@aws-sdk/client-ecr';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { invalidParameter, operation } from './errors.ts';
import { lifecycleError } from './lifecycle.ts';
import type { EcrState, RepositoryRecord } from './state.ts';

const MUTABILITIES = ['MUTABLE', 'IMMUTABLE', 'MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION'] as const;

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html: filters belong to WITH_EXCLUSION, at most five. */
export function readMutability(
  given: string = 'MUTABLE',
  exclusions: readonly ImageTagMutabilityExclusionFilter[] = [],
): Pick<RepositoryRecord, 'mutability' | 'exclusions'> {
  const mutability = MUTABILITIES.find((one) => one === given);
  if (!mutability)
    throw invalidParameter(
      `Invalid parameter at 'imageTagMutability' failed to satisfy constraint: 'Member must satisfy enum value set: [${MUTABILITIES.join(', ')}]'`,
    );
  const wantsFilters = mutability.endsWith('_WITH_EXCLUSION');
  if (wantsFilters !== exclusions.length > 0 || exclusions.length > 5)
    throw invalidParameter(
      `Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: '${mutability} takes ${wantsFilters ? 'one to five filters' : 'no filters'}'`,
    );
  return { mutability, exclusions: wantsFilters ? exclusions : undefined };
}

/** What is kept beside a repository's images. Nothing scans, nobody else asks, and nothing expires. */
export function settingHandlers(state: EcrState): Handlers<typeof import('@aws-sdk/client-ecr')> {
  const { registryId } = state;
  const find = (input: {
    readonly registryId?: string | undefined;
    readonly repositoryName: string | undefined;
  }) => {
    state.checkRegistry(input.registryId);
    return state.repository(input.repositoryName);
  };
  return {
    PutImageTagMutability: operation(
      ['registryId', 'repositoryName', 'imageTagMutability', 'imageTagMutabilityExclusionFilters'],
      async (input) => {
        const record = await find(input);
        const changed = readMutability(input.imageTagMutability, input.imageTagMutabilityExclusionFilters);
        state.put({ ...record, ...changed });
        return {
          registryId,
          repositoryName: record.name,
          imageTagMutability: changed.mutability,
          ...(changed.exclusions ? { imageTagMutabilityExclusionFilters: [...changed.exclusions] } : {}),
        };
      },
    ),
    PutImageScanningConfiguration: operation(
      ['registryId', 'repositoryName', 'imageScanningConfiguration'],
      async (input) => {
        const record = await find(input);
        const scanOnPush = input.imageScanningConfiguration?.scanOnPush ?? false;
        state.put({ ...record, scanOnPush });
        return { registryId, repositoryName: record.name, imageScanningConfiguration: { scanOnPush } };
      },
    ),
    SetRepositoryPolicy: operation(['registryId', 'repositoryName', 'policyText', 'force'], async (input) => {
      const record = await find(input);
      const policy = input.policyText ?? '';
      checkPolicy(policy);
      state.put({ ...record, policy });
      return { registryId, repositoryName: record.name, policyText: policy };
    }),
    GetRepositoryPolicy: operation(['registryId', 'repositoryName'], async (input) => {
      const record = await find(input);
      return { registryId, repositoryName: record.name, policyText: policyOf(state, record) };
    }),
    DeleteRepositoryPolicy: operation(['registryId', 'repositoryName'], async (input) => {
      const record = await find(input);
      const policyText = policyOf(state, record);
      state.put({ ...record, policy: undefined });
      return { registryId, repositoryName: record.name, policyText };
    }),
    PutLifecyclePolicy: operation(['registryId', 'repositoryName', 'lifecyclePolicyText'], async (input) => {
      const record = await find(input);
      const text = input.lifecyclePolicyText ?? '';
      const wrong = lifecycleError(text);
      if (wrong)
        throw invalidParameter(
          `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${wrong}'`,
        );
      state.put({ ...record, lifecyclePolicy: { text, setAt: state.now() } });
      return { registryId, repositoryName: record.name, lifecyclePolicyText: text };
    }),
    GetLifecyclePolicy: operation(['registryId', 'repositoryName'], async (input) => {
      const record = await find(input);
      const { text } = lifecycleOf(state, record);
      return { registryId, repositoryName: record.name, lifecyclePolicyText: text };
    }),
    DeleteLifecyclePolicy: operation(['registryId', 'repositoryName'], async (input) => {
      const record = await find(input);
      const { text } = lifecycleOf(state, record);
      state.put({ ...record, lifecyclePolicy: undefined });
      return { registryId, repositoryName: record.name, lifecyclePolicyText: text };
    }),
  };
}

function checkPolicy(text: string): void {
  try {
    const { Statement } = JSON.parse(text) as { Statement?: unknown };
    if (Statement !== undefined) return;
  } catch {
    // Said below.
  }
  throw invalidParameter(
    "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
  );
}

function policyOf(state: EcrState, { name, policy }: RepositoryRecord): string {
  if (policy !== undefined) return policy;
  throw new ApiError(
    'RepositoryPolicyNotFoundException',
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${state.registryId}'`,
    400,
  );
}

function lifecycleOf(
  state: EcrState,
  { name, lifecyclePolicy }: RepositoryRecord,
): NonNullable<RepositoryRecord['lifecyclePolicy']> {
  if (lifecyclePolicy) return lifecyclePolicy;
  throw new ApiError(
    'LifecyclePolicyNotFoundException',
    `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${state.registryId}'`,
    400,
  );
}
