import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import { gone } from '../engine/failure.ts';
import { camelCased } from './camel-case.ts';
import { ecsTags, isOurOwn, syncTags } from './ecs.ts';
import { resourceType, type Context } from './resource-type.ts';

interface Properties {
  readonly Family?: string;
  readonly ContainerDefinitions: unknown;
  readonly Cpu?: string;
  readonly Memory?: string;
  readonly NetworkMode?: string;
  readonly RequiresCompatibilities?: readonly string[];
  readonly ExecutionRoleArn?: string;
  readonly TaskRoleArn?: string;
  readonly RuntimePlatform?: unknown;
  readonly Volumes?: unknown;
  readonly EphemeralStorage?: unknown;
  readonly PlacementConstraints?: unknown;
  readonly PidMode?: string;
  readonly IpcMode?: string;
  readonly ProxyConfiguration?: unknown;
  readonly Tags?: unknown;
}

const type = 'AWS::ECS::TaskDefinition';

interface EfsVolume {
  readonly EFSVolumeConfiguration?: { readonly FilesystemId?: string };
}

/** The specification spells one member of EFS volumes as the API does not. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-taskdefinition-efsvolumeconfiguration.html */
function registered(properties: Properties): RegisterTaskDefinitionCommandInput {
  const input = camelCased(type, properties) as unknown as RegisterTaskDefinitionCommandInput;
  const written = (properties.Volumes ?? []) as readonly EfsVolume[];
  const volumes = input.volumes?.map((volume, index) => {
    const fileSystemId = written[index]?.EFSVolumeConfiguration?.FilesystemId;
    if (fileSystemId === undefined) return volume;
    const { filesystemId: _other, ...efs } = { filesystemId: '', ...volume.efsVolumeConfiguration };
    return { ...volume, efsVolumeConfiguration: { ...efs, fileSystemId } };
  });
  return { ...input, ...(volumes ? { volumes } : {}) };
}

/** Generations of one template share a family where it is named. */
function family({ properties, name }: Context<Properties>): string {
  return properties.Family ?? name;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html */
export const taskDefinition = resourceType<Properties>({
  type,
  properties: [
    'Family',
    'ContainerDefinitions',
    'Cpu',
    'Memory',
    'NetworkMode',
    'RequiresCompatibilities',
    'ExecutionRoleArn',
    'TaskRoleArn',
    'RuntimePlatform',
    'Volumes',
    'EphemeralStorage',
    'PlacementConstraints',
    'PidMode',
    'IpcMode',
    'ProxyConfiguration',
    'Tags',
  ],
  async create(context) {
    const { taskDefinition: made } = await context.region.api.ecs.RegisterTaskDefinition({
      ...registered(context.properties),
      family: family(context),
      tags: ecsTags(context),
    });
    return made!.taskDefinitionArn!;
  },
  async find(context) {
    const { ecs } = context.region.api;
    const { taskDefinitionArns = [] } = await ecs.ListTaskDefinitions({
      familyPrefix: family(context),
      status: 'ACTIVE',
      sort: 'DESC',
    });
    for (const arn of taskDefinitionArns.filter((other) => !context.others.includes(other))) {
      const { tags } = await ecs.DescribeTaskDefinition({ taskDefinition: arn, include: ['TAGS'] });
      if (isOurOwn(context, tags)) return arn;
    }
    return undefined;
  },
  sync: (existing) => syncTags(existing),
  delete: ({ region, physicalId }) =>
    gone(region.api.ecs.DeregisterTaskDefinition({ taskDefinition: physicalId })),
});
