import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import { gone } from '../engine/failure.ts';
import { camelCased } from './camel-case.ts';
import { changed } from './changes.ts';
import { resourceType, type Context } from './resource-type.ts';

interface Properties {
  readonly Cluster: string;
  readonly CapacityProviders?: readonly string[];
  readonly DefaultCapacityProviderStrategy: unknown;
}

const type = 'AWS::ECS::ClusterCapacityProviderAssociations';

async function put({ region, properties }: Pick<Context<Properties>, 'region' | 'properties'>) {
  const { CapacityProviders = [], DefaultCapacityProviderStrategy } = properties;
  const strategy = camelCased(type, { DefaultCapacityProviderStrategy })['defaultCapacityProviderStrategy'];
  await region.api.ecs.PutClusterCapacityProviders({
    cluster: properties.Cluster,
    capacityProviders: [...CapacityProviders],
    defaultCapacityProviderStrategy: (strategy ?? []) as CapacityProviderStrategyItem[],
  });
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html */
export const clusterCapacityProviderAssociations = resourceType<Properties>({
  type,
  properties: ['Cluster', 'CapacityProviders', 'DefaultCapacityProviderStrategy'],
  async create(context) {
    await put(context);
    return context.properties.Cluster;
  },
  /** Putting once more changes nothing. */
  find: async () => undefined,
  async sync(existing) {
    if (existing.before && changed(existing, 'CapacityProviders', 'DefaultCapacityProviderStrategy'))
      await put(existing);
  },
  delete: ({ region, physicalId }) =>
    gone(
      region.api.ecs.PutClusterCapacityProviders({
        cluster: physicalId,
        capacityProviders: [],
        defaultCapacityProviderStrategy: [],
      }),
    ),
});
