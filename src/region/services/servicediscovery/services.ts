import type * as sdk from '@aws-sdk/client-servicediscovery';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { checkDns } from './dns-config.ts';
import { findNamespace } from './namespaces.ts';
import { record } from './operations.ts';
import { page } from './page.ts';
import { drawId, drawToken, type Context, type ServiceRecord } from './state.ts';
import { putTags } from './tags.ts';

type Sdk = typeof sdk;

export function serviceHandlers(context: Context): Handlers<Sdk> {
  const { region, tables, now, arn } = context;
  const instanceCount = (id: string) =>
    [...tables.instances.values()].filter(({ serviceId }) => serviceId === id).length;
  const view = (service: ServiceRecord): sdk.Service => ({
    Id: service.id,
    Arn: service.arn,
    ResourceOwner: region.identity.accountId,
    Name: service.name,
    NamespaceId: service.namespaceId,
    Description: service.description,
    InstanceCount: instanceCount(service.id),
    DnsConfig: service.dns,
    Type: service.type,
    HealthCheckCustomConfig: service.customHealth,
    CreateDate: service.createdAt,
    CreatorRequestId: service.creatorRequestId,
  });

  return {
    /** https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html */
    CreateService(input) {
      const { Name, DnsConfig, CreatorRequestId } = input;
      const namespace = findNamespace(context, input.NamespaceId ?? DnsConfig?.NamespaceId);
      const name = requireName(Name);
      if (input.HealthCheckConfig)
        throw new ApiError(
          'InvalidInput',
          'HealthCheckConfig is not supported for services of a private DNS namespace. Use HealthCheckCustomConfig.',
        );
      const dns = checkDns(DnsConfig, input.HealthCheckCustomConfig !== undefined);
      // Names that differ only by case collide in DNS: https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html
      const taken = [...tables.services.values()].find(
        (other) => other.namespaceId === namespace.id && other.name.toLowerCase() === name.toLowerCase(),
      );
      if (taken) {
        if (CreatorRequestId !== undefined && taken.creatorRequestId === CreatorRequestId)
          return { Service: view(taken) };
        throw new ApiError('ServiceAlreadyExists', `Service already exists.`, 400, {
          CreatorRequestId: taken.creatorRequestId,
          ServiceId: taken.id,
          ServiceArn: taken.arn,
        });
      }
      const id = drawId('srv-');
      const service: ServiceRecord = {
        id,
        arn: arn('service', id),
        name,
        namespaceId: namespace.id,
        type: input.Type === 'HTTP' ? 'HTTP' : dns ? 'DNS_HTTP' : 'HTTP',
        description: input.Description,
        dns: dns && { ...dns, NamespaceId: namespace.id },
        // FailureThreshold is always 1: https://docs.aws.amazon.com/cloud-map/latest/api/API_HealthCheckCustomConfig.html
        customHealth: input.HealthCheckCustomConfig && { FailureThreshold: 1 },
        creatorRequestId: CreatorRequestId ?? drawToken(),
        createdAt: now(),
        revision: 1,
      };
      tables.services.put(id, service);
      putTags(context, service.arn, input.Tags);
      return { Service: view(service) };
    },
    /**
     * Record types are fixed; what the request omits is dropped, but never HealthCheckCustomConfig.
     * https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdateService.html
     */
    UpdateService({ Id, Service }) {
      const service = findService(context, Id);
      const records = Service?.DnsConfig?.DnsRecords;
      const types = (list: readonly sdk.DnsRecord[] | undefined) =>
        (list ?? [])
          .map(({ Type }) => Type)
          .sort()
          .join();
      if (records && types(records) !== types(service.dns?.DnsRecords))
        throw new ApiError('InvalidInput', 'The type of a DNS record cannot be changed; only its TTL can.');
      tables.services.patch(service.id, {
        ...(Service?.Description === undefined ? {} : { description: Service.Description }),
        dns: records && service.dns && { ...service.dns, DnsRecords: records },
      });
      return { OperationId: record(context, { type: 'UPDATE_SERVICE', targets: { SERVICE: service.id } }) };
    },
    /** https://docs.aws.amazon.com/cloud-map/latest/dg/deleting-services.html */
    DeleteService({ Id }) {
      const service = findService(context, Id);
      if (instanceCount(service.id) > 0)
        throw new ApiError(
          'ResourceInUse',
          `Service contains registered instances; delete the instances before deleting the service ${service.id}.`,
        );
      tables.services.delete(service.id);
      tables.tags.delete(service.arn);
      return {};
    },
    GetService: ({ Id }) => ({ Service: view(findService(context, Id)) }),
    ListServices({ Filters = [], MaxResults, NextToken }) {
      const matching = [...tables.services.values()].filter((service) =>
        Filters.every(({ Name, Values = [] }) =>
          Name === 'RESOURCE_OWNER' ? Values.includes('SELF') : Values.includes(service.namespaceId),
        ),
      );
      const { items, next } = page(matching, MaxResults ?? 100, NextToken);
      return { Services: items.map(view), NextToken: next };
    },
  };
}

/** By id or ARN. */
export function findService({ tables }: Context, id: string | undefined): ServiceRecord {
  const service = tables.services.get((id ?? '').replace(/^arn:.*:service\//, ''));
  if (!service) throw new ApiError('ServiceNotFound', `Service with ID ${id} is not found.`);
  return service;
}

/** At most 127 characters, labels of at most 63. https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html */
function requireName(name = ''): string {
  const label = /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;
  if (name.length > 127 || !name.split('.').every((part) => label.test(part)))
    throw new ApiError(
      'InvalidInput',
      `Service name ${name} is not valid: labels of letters, digits, - and _.`,
    );
  return name;
}
