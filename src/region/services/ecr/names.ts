import { invalidParameter } from './errors.ts';

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html#ECR-CreateRepository-request-repositoryName */
const NAME = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

export const isRepositoryName = (name: string): boolean =>
  name.length >= 2 && name.length <= 256 && NAME.test(name);
export const isTag = (tag: string): boolean => TAG.test(tag);

export function checkName(name: string): void {
  if (!isRepositoryName(name))
    throw invalidParameter(
      `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*''`,
    );
}

export function checkTag(tag: string): void {
  if (!isTag(tag))
    throw invalidParameter(
      `Invalid parameter at 'imageTag' failed to satisfy constraint: 'must satisfy regular expression '[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}''`,
    );
}
