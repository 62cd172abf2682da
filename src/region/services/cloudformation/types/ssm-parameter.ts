import type { ParameterTier, ParameterType } from '@aws-sdk/client-ssm';
import { gone, orMissing } from '../engine/failure.ts';
import { changed, isOurs, tagChanges } from './changes.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly Name?: string;
  readonly Type: ParameterType;
  readonly Value: string;
  readonly Description?: string;
  readonly AllowedPattern?: string;
  readonly DataType?: string;
  readonly Tier?: ParameterTier;
  readonly Tags?: unknown;
}

const ResourceType = 'Parameter';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html */
export const ssmParameter = resourceType<Properties>({
  type: 'AWS::SSM::Parameter',
  properties: ['Name', 'Type', 'Value', 'Description', 'AllowedPattern', 'DataType', 'Tier', 'Tags'],
  naming: { property: 'Name', limit: 1011 },
  async create({ region, name, properties, tags }) {
    await region.api.ssm.PutParameter({
      ...properties,
      Name: name,
      Tags: tags.map(({ Key, Value }) => ({ Key, Value })),
    });
    return name;
  },
  async find({ region, name, tags }) {
    const found = await orMissing(region.api.ssm.ListTagsForResource({ ResourceType, ResourceId: name }));
    return isOurs(tags, found?.TagList) ? name : undefined;
  },
  async sync(existing) {
    const { region, physicalId, properties, before } = existing;
    if (before && changed(existing, 'Type', 'Value', 'Description', 'AllowedPattern', 'DataType', 'Tier'))
      await region.api.ssm.PutParameter({
        Type: properties.Type,
        Value: properties.Value,
        Description: properties.Description ?? '',
        AllowedPattern: properties.AllowedPattern,
        DataType: properties.DataType,
        Tier: properties.Tier,
        Name: physicalId,
        Overwrite: true,
      });
    const { put, remove } = tagChanges(existing);
    const target = { ResourceType, ResourceId: physicalId } as const;
    if (put.length > 0) await region.api.ssm.AddTagsToResource({ ...target, Tags: [...put] });
    if (remove.length > 0) await region.api.ssm.RemoveTagsFromResource({ ...target, TagKeys: [...remove] });
  },
  read: async ({ properties: { Type, Value } }) => ({ Type, Value }),
  delete: ({ region, physicalId }) => gone(region.api.ssm.DeleteParameter({ Name: physicalId })),
});
