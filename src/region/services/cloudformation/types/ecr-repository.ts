import type { EncryptionType, ImageTagMutability } from '@aws-sdk/client-ecr';
import { gone, orMissing } from '../engine/failure.ts';
import { changed, isOurs, tagChanges } from './changes.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly RepositoryName?: string;
  readonly ImageTagMutability?: ImageTagMutability;
  readonly ImageTagMutabilityExclusionFilters?: readonly {
    readonly ImageTagMutabilityExclusionFilterType: 'WILDCARD';
    readonly ImageTagMutabilityExclusionFilterValue: string;
  }[];
  readonly ImageScanningConfiguration?: { readonly ScanOnPush?: boolean };
  readonly EncryptionConfiguration?: { readonly EncryptionType: EncryptionType; readonly KmsKey?: string };
  readonly LifecyclePolicy?: { readonly LifecyclePolicyText?: string; readonly RegistryId?: string };
  readonly RepositoryPolicyText?: unknown;
  readonly EmptyOnDelete?: boolean;
  readonly Tags?: unknown;
}

const mutability = ({ ImageTagMutability, ImageTagMutabilityExclusionFilters }: Properties) => ({
  imageTagMutability: ImageTagMutability ?? ('MUTABLE' as const),
  imageTagMutabilityExclusionFilters: ImageTagMutabilityExclusionFilters?.map((filter) => ({
    filterType: filter.ImageTagMutabilityExclusionFilterType,
    filter: filter.ImageTagMutabilityExclusionFilterValue,
  })),
});
const scanning = ({ ImageScanningConfiguration }: Properties) => ({
  scanOnPush: ImageScanningConfiguration?.ScanOnPush ?? false,
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html */
export const repository = resourceType<Properties>({
  type: 'AWS::ECR::Repository',
  properties: [
    'RepositoryName',
    'ImageTagMutability',
    'ImageTagMutabilityExclusionFilters',
    'ImageScanningConfiguration',
    'EncryptionConfiguration',
    'LifecyclePolicy',
    'RepositoryPolicyText',
    'EmptyOnDelete',
    'Tags',
  ],
  naming: { property: 'RepositoryName', limit: 256, lowerCase: true },
  async create({ region, name, properties, tags }) {
    const { EncryptionConfiguration: encryption } = properties;
    await region.api.ecr.CreateRepository({
      repositoryName: name,
      ...mutability(properties),
      imageScanningConfiguration: scanning(properties),
      encryptionConfiguration: encryption && {
        encryptionType: encryption.EncryptionType,
        kmsKey: encryption.KmsKey,
      },
      tags: tags.map(({ Key, Value }) => ({ Key, Value })),
    });
    return name;
  },
  async find({ region, name, tags }) {
    const answer = await orMissing(region.api.ecr.DescribeRepositories({ repositoryNames: [name] }));
    const resourceArn = answer?.repositories?.[0]?.repositoryArn;
    if (resourceArn === undefined) return undefined;
    const found = await region.api.ecr.ListTagsForResource({ resourceArn });
    return isOurs(tags, found.tags) ? name : undefined;
  },
  async sync(existing) {
    const { region, physicalId: repositoryName, properties } = existing;
    const { ecr } = region.api;
    if (changed(existing, 'ImageTagMutability', 'ImageTagMutabilityExclusionFilters'))
      await ecr.PutImageTagMutability({ repositoryName, ...mutability(properties) });
    if (changed(existing, 'ImageScanningConfiguration'))
      await ecr.PutImageScanningConfiguration({
        repositoryName,
        imageScanningConfiguration: scanning(properties),
      });
    if (changed(existing, 'LifecyclePolicy')) {
      const text = properties.LifecyclePolicy?.LifecyclePolicyText;
      await (text === undefined
        ? orMissing(ecr.DeleteLifecyclePolicy({ repositoryName }))
        : ecr.PutLifecyclePolicy({ repositoryName, lifecyclePolicyText: text }));
    }
    if (changed(existing, 'RepositoryPolicyText')) {
      const policy = properties.RepositoryPolicyText;
      await (policy === undefined
        ? orMissing(ecr.DeleteRepositoryPolicy({ repositoryName }))
        : ecr.SetRepositoryPolicy({
            repositoryName,
            policyText: typeof policy === 'string' ? policy : JSON.stringify(policy),
          }));
    }
    const { put, remove } = tagChanges(existing);
    if (put.length === 0 && remove.length === 0) return;
    const { repositories } = await ecr.DescribeRepositories({ repositoryNames: [repositoryName] });
    const resourceArn = repositories?.[0]?.repositoryArn;
    if (put.length > 0)
      await ecr.TagResource({ resourceArn, tags: put.map(({ Key, Value }) => ({ Key, Value })) });
    if (remove.length > 0) await ecr.UntagResource({ resourceArn, tagKeys: [...remove] });
  },
  read: async ({ region, physicalId }) => {
    const { repositories } = await region.api.ecr.DescribeRepositories({ repositoryNames: [physicalId] });
    const { repositoryArn: Arn, repositoryUri: RepositoryUri } = repositories?.[0] ?? {};
    return { Arn, RepositoryUri };
  },
  delete: ({ region, physicalId, properties }) =>
    gone(
      region.api.ecr.DeleteRepository({
        repositoryName: physicalId,
        force: properties.EmptyOnDelete ?? false,
      }),
    ),
});
