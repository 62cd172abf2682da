import type { CreateClusterCommandInput } from '@aws-sdk/client-ecs';
import { gone } from '../engine/failure.ts';
import { camelCased } from './camel-case.ts';
import { changed } from './changes.ts';
import { ecsTags, isOurOwn, syncTags } from './ecs.ts';
import { resourceType, type Context } from './resource-type.ts';

interface Properties {
  readonly ClusterName?: string;
  readonly ClusterSettings?: unknown;
  readonly CapacityProviders?: unknown;
  readonly DefaultCapacityProviderStrategy?: unknown;
  readonly Configuration?: unknown;
  readonly ServiceConnectDefaults?: unknown;
  readonly Tags?: unknown;
}

const type = 'AWS::ECS::Cluster';

function input({ properties }: Context<Properties>): CreateClusterCommandInput {
  const { ClusterSettings, ClusterName: _name, Tags: _tags, ...rest } = properties;
  const settings = camelCased(type, { ClusterSettings })['clusterSettings'];
  return {
    ...(camelCased(type, rest) as CreateClusterCommandInput),
    ...(settings === undefined ? {} : { settings: settings as CreateClusterCommandInput['settings'] }),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-cluster.html */
export const cluster = resourceType<Properties>({
  type,
  properties: [
    'ClusterName',
    'ClusterSettings',
    'CapacityProviders',
    'DefaultCapacityProviderStrategy',
    'Configuration',
    'ServiceConnectDefaults',
    'Tags',
  ],
  naming: { property: 'ClusterName', limit: 255 },
  async create(context) {
    await context.region.api.ecs.CreateCluster({
      ...input(context),
      clusterName: context.name,
      tags: ecsTags(context),
    });
    return context.name;
  },
  async find(context) {
    const { clusters } = await context.region.api.ecs.DescribeClusters({
      clusters: [context.name],
      include: ['TAGS'],
    });
    const found = clusters?.[0];
    return found?.status === 'ACTIVE' && isOurOwn(context, found.tags) ? context.name : undefined;
  },
  async sync(existing) {
    if (!existing.before) return;
    const { ecs } = existing.region.api;
    const {
      settings,
      configuration,
      serviceConnectDefaults,
      capacityProviders,
      defaultCapacityProviderStrategy,
    } = input(existing);
    if (changed(existing, 'ClusterSettings', 'Configuration', 'ServiceConnectDefaults'))
      await ecs.UpdateCluster({
        cluster: existing.physicalId,
        settings,
        configuration,
        serviceConnectDefaults,
      });
    if (changed(existing, 'CapacityProviders', 'DefaultCapacityProviderStrategy'))
      await ecs.PutClusterCapacityProviders({
        cluster: existing.physicalId,
        capacityProviders: capacityProviders ?? [],
        defaultCapacityProviderStrategy: defaultCapacityProviderStrategy ?? [],
      });
    await syncTags(existing, await arnOf(existing));
  },
  read: async (existing) => ({ Arn: await arnOf(existing) }),
  delete: ({ region, physicalId }) => gone(region.api.ecs.DeleteCluster({ cluster: physicalId })),
});

async function arnOf({ region, physicalId }: Context<Properties> & { physicalId: string }): Promise<string> {
  const { clusters } = await region.api.ecs.DescribeClusters({ clusters: [physicalId] });
  return clusters?.[0]?.clusterArn ?? '';
}
