import { ApiError } from '../../gateway/api-error.ts';
import { enacting } from '../../gateway/enacting.ts';

/** Codes and words: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html and the operations' own pages. */
export const invalidParameter = (message: string): ApiError =>
  new ApiError('InvalidParameterException', message, 400);

export const repositoryNotFound = (name: string, registryId: string): ApiError =>
  new ApiError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${registryId}'`,
    400,
  );

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors-docker.html */
export const imageNotFound = (
  repository: string,
  registryId: string,
  { digest, tag }: { readonly digest?: string | undefined; readonly tag?: string | undefined },
): ApiError =>
  new ApiError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:'${digest ?? 'null'}', imageTag:'${tag ?? 'null'}'} does not exist within the repository with name '${repository}' in the registry with id '${registryId}'`,
    400,
  );

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html */
export const tagIsImmutable = (repository: string, tag: string): ApiError =>
  new ApiError(
    'ImageTagAlreadyExistsException',
    `The image tag '${tag}' already exists in the '${repository}' repository and cannot be overwritten because the tag is immutable.`,
    400,
  );

export const uploadNotFound = (uploadId: string, repository: string, registryId: string): ApiError =>
  new ApiError(
    'UploadNotFoundException',
    `The upload with id '${uploadId}' could not be found in the repository with name '${repository}' in the registry with id '${registryId}'`,
    400,
  );

export const operation = enacting((member, value) =>
  invalidParameter(`${member} (${JSON.stringify(value)}) is not enacted in the local region`),
);
