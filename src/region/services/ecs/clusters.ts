import type * as sdk from '@aws-sdk/client-ecs';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { checkStrategy, fargateProviders } from './capacity.ts';
import { clientError, clusterNotFound, invalidParameter, notEnacted, refuseOthers } from './errors.ts';
import { nameOf } from './ids.ts';
import { page } from './page.ts';
import type { ClusterRecord, Ecs, Sdk } from './state.ts';
import { putTags, tagsOf } from './tags.ts';
import { isPending } from './task-status.ts';

export function clusterHandlers(ecs: Ecs): Handlers<Sdk> {
  const { tables, arns, now } = ecs;

  function view(cluster: ClusterRecord, include: readonly sdk.ClusterField[] = []): sdk.Cluster {
    const tasks = [...tables.tasks.values()].filter(({ clusterArn }) => clusterArn === cluster.arn);
    const services = [...tables.services.values()].filter(({ clusterArn }) => clusterArn === cluster.arn);
    return {
      clusterArn: cluster.arn,
      clusterName: cluster.name,
      status: cluster.status,
      registeredContainerInstancesCount: 0,
      runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
      pendingTasksCount: tasks.filter(({ lastStatus }) => isPending(lastStatus)).length,
      activeServicesCount: services.filter(({ status }) => status === 'ACTIVE').length,
      statistics: [],
      tags: include.includes('TAGS') ? tagsOf(ecs, cluster.arn) : [],
      settings: include.includes('SETTINGS') ? [...cluster.settings] : [],
      capacityProviders: [...cluster.capacityProviders],
      defaultCapacityProviderStrategy: [...cluster.defaultStrategy],
    };
  }
  const everything = ['TAGS', 'SETTINGS'] as const;

  return {
    /** Creating what exists answers it. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html */
    CreateCluster(input) {
      refuseOthers(input, [
        'clusterName',
        'tags',
        'settings',
        'capacityProviders',
        'defaultCapacityProviderStrategy',
      ]);
      const name = input.clusterName ?? 'default';
      if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
        throw invalidParameter(
          'Identifier is for cluster. Cluster names can have letters, numbers, hyphens and underscores.',
        );
      const existing = tables.clusters.get(name);
      if (existing?.status === 'ACTIVE') return { cluster: view(existing, everything) };
      const cluster: ClusterRecord = {
        name,
        arn: arns.cluster(name),
        status: 'ACTIVE',
        settings: checkSettings(input.settings),
        capacityProviders: checkProviders(input.capacityProviders),
        defaultStrategy: input.defaultCapacityProviderStrategy ?? [],
      };
      checkStrategy(input.defaultCapacityProviderStrategy);
      tables.clusters.put(name, cluster);
      tables.tags.delete(cluster.arn);
      putTags(ecs, cluster.arn, input.tags);
      return { cluster: view(cluster, everything) };
    },
    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html */
    DescribeClusters({ clusters = ['default'], include }) {
      const found = clusters.map((wanted) => ({ wanted, cluster: tables.clusters.get(nameOf(wanted)) }));
      return {
        clusters: found.flatMap(({ cluster }) => (cluster ? [view(cluster, include)] : [])),
        failures: found
          .filter(({ cluster }) => !cluster)
          .map(({ wanted }) => ({ arn: arns.cluster(nameOf(wanted)), reason: 'MISSING' })),
      };
    },
    ListClusters({ maxResults, nextToken }) {
      const active = [...tables.clusters.values()].filter(({ status }) => status === 'ACTIVE');
      const { items, next } = page(active, maxResults ?? 100, nextToken);
      return { clusterArns: items.map(({ arn }) => arn), nextToken: next };
    },
    UpdateCluster(input) {
      refuseOthers(input, ['cluster', 'settings']);
      const { name, settings } = findCluster(ecs, input.cluster);
      const cluster = tables.clusters.patch(name, {
        settings: input.settings ? checkSettings(input.settings) : settings,
      });
      return { cluster: view(cluster, everything) };
    },
    UpdateClusterSettings({ cluster, settings }) {
      const { name } = findCluster(ecs, cluster);
      return {
        cluster: view(tables.clusters.patch(name, { settings: checkSettings(settings) }), everything),
      };
    },
    PutClusterCapacityProviders({ cluster, capacityProviders, defaultCapacityProviderStrategy }) {
      const { name } = findCluster(ecs, cluster);
      checkStrategy(defaultCapacityProviderStrategy);
      const changed = tables.clusters.patch(name, {
        capacityProviders: checkProviders(capacityProviders),
        defaultStrategy: defaultCapacityProviderStrategy ?? [],
      });
      return { cluster: view(changed, everything) };
    },
    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html */
    DeleteCluster({ cluster: wanted }) {
      const cluster = findCluster(ecs, wanted);
      const inside = ({ clusterArn }: { readonly clusterArn: string }) => clusterArn === cluster.arn;
      if ([...tables.services.values()].some((service) => inside(service) && service.status !== 'INACTIVE'))
        throw new ApiError(
          'ClusterContainsServicesException',
          'The Cluster cannot be deleted while Services are active.',
        );
      if ([...tables.tasks.values()].some((task) => inside(task) && task.lastStatus !== 'STOPPED'))
        throw new ApiError(
          'ClusterContainsTasksException',
          'The Cluster cannot be deleted while Tasks are active.',
        );
      return {
        cluster: view(tables.clusters.patch(cluster.name, { status: 'INACTIVE', inactiveAt: now() })),
      };
    },
  };
}

/** By name or ARN; the default cluster when none is named. */
export function findCluster({ tables }: Ecs, nameOrArn = 'default'): ClusterRecord {
  const cluster = tables.clusters.get(nameOf(nameOrArn));
  if (cluster?.status !== 'ACTIVE') throw clusterNotFound();
  return cluster;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterSetting.html */
function checkSettings(settings: readonly sdk.ClusterSetting[] = []): readonly sdk.ClusterSetting[] {
  for (const { name, value } of settings) {
    if (name !== 'containerInsights' || !value || !['enabled', 'disabled', 'enhanced'].includes(value))
      throw invalidParameter(`Cluster setting ${name} ${value} is not valid.`);
  }
  return settings.length > 0 ? settings : [{ name: 'containerInsights', value: 'disabled' }];
}

function checkProviders(providers: readonly string[] = []): readonly string[] {
  for (const provider of providers)
    if (!fargateProviders.has(provider)) {
      if (!provider) throw clientError('The capacity provider name can not be blank.');
      throw notEnacted(`capacity provider ${provider}`);
    }
  return providers;
}
