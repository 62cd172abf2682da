import type * as sdk from '@aws-sdk/client-servicediscovery';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import type { Context, InstanceRecord, ServiceRecord } from './state.ts';
import { answering } from './zones.ts';

type Sdk = typeof sdk;

export function discoveryHandlers({ tables }: Context): Handlers<Sdk> {
  /** https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstances.html */
  function find(namespaceName: string | undefined, serviceName: string | undefined): ServiceRecord {
    const namespaces = [...tables.namespaces.values()].filter(
      ({ name }) => name === namespaceName?.toLowerCase(),
    );
    if (namespaces.length === 0)
      throw new ApiError('NamespaceNotFound', `Namespace with name ${namespaceName} is not found.`);
    const service = [...tables.services.values()].find(
      ({ namespaceId, name }) =>
        name.toLowerCase() === serviceName?.toLowerCase() && namespaces.some(({ id }) => id === namespaceId),
    );
    if (!service) throw new ApiError('ServiceNotFound', `Service with name ${serviceName} is not found.`);
    return service;
  }
  return {
    DiscoverInstances(input) {
      const service = find(input.NamespaceName, input.ServiceName);
      const registered = [...tables.instances.values()].filter(
        ({ serviceId, attributes }) => serviceId === service.id && hasAll(attributes, input.QueryParameters),
      );
      const healthy = byHealth(service, registered, input.HealthStatus);
      // Optional parameters narrow only when something matches: https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstances.html
      const narrowed = healthy.filter(({ attributes }) => hasAll(attributes, input.OptionalParameters));
      const chosen = shuffled(narrowed.length > 0 ? narrowed : healthy).slice(0, input.MaxResults ?? 100);
      return {
        Instances: chosen.map(({ id, attributes, healthy }) => ({
          InstanceId: id,
          NamespaceName: input.NamespaceName,
          ServiceName: input.ServiceName,
          HealthStatus: service.customHealth ? (healthy ? 'HEALTHY' : 'UNHEALTHY') : 'UNKNOWN',
          Attributes: { ...attributes },
        })),
        InstancesRevision: service.revision,
      };
    },
    DiscoverInstancesRevision: ({ NamespaceName, ServiceName }) => ({
      InstancesRevision: find(NamespaceName, ServiceName).revision,
    }),
  };
}

const hasAll = (
  attributes: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> = {},
): boolean => Object.entries(wanted).every(([key, value]) => attributes[key] === value);

/** Without a health check the filter is ignored. https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstances.html */
function byHealth(
  service: ServiceRecord,
  instances: readonly InstanceRecord[],
  filter: sdk.HealthStatusFilter = 'HEALTHY_OR_ELSE_ALL',
): readonly InstanceRecord[] {
  if (!service.customHealth || filter === 'ALL') return instances;
  if (filter === 'HEALTHY_OR_ELSE_ALL') return answering(instances);
  return instances.filter(({ healthy }) => healthy === (filter === 'HEALTHY'));
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
