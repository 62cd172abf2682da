import type {
  DnsConfig,
  HealthCheckConfig,
  HealthCheckCustomConfig,
  ServiceTypeOption,
} from '@aws-sdk/client-servicediscovery';
import { gone, orMissing } from '../engine/failure.ts';
import { changed } from './changes.ts';
import { resourceType, type Existing } from './resource-type.ts';
import { finished, syncTags } from './servicediscovery.ts';

interface Properties {
  readonly Name?: string;
  readonly NamespaceId?: string;
  readonly Description?: string;
  readonly DnsConfig?: DnsConfig;
  readonly HealthCheckConfig?: HealthCheckConfig;
  readonly HealthCheckCustomConfig?: HealthCheckCustomConfig;
  readonly Type?: ServiceTypeOption;
  readonly Tags?: unknown;
}

async function describe({ region, physicalId }: Existing<Properties>) {
  const found = await orMissing(region.api.servicediscovery.GetService({ Id: physicalId }));
  return found?.Service;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicediscovery-service.html */
export const discoveryService = resourceType<Properties>({
  type: 'AWS::ServiceDiscovery::Service',
  properties: [
    'Name',
    'NamespaceId',
    'Description',
    'DnsConfig',
    'HealthCheckConfig',
    'HealthCheckCustomConfig',
    'Type',
    'Tags',
  ],
  naming: { property: 'Name', limit: 127 },
  async create(context) {
    const { Tags: _tags, ...rest } = context.properties;
    const { Service } = await context.region.api.servicediscovery.CreateService({
      ...rest,
      Name: context.name,
      CreatorRequestId: context.token,
      Tags: context.tags.map(({ Key, Value }) => ({ Key, Value })),
    });
    return Service!.Id!;
  },
  /** Known by the creator request id. https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html */
  async find({ region, properties, name, token }) {
    const { servicediscovery } = region.api;
    const namespaceId = properties.NamespaceId ?? properties.DnsConfig?.NamespaceId;
    const { Services = [] } = await servicediscovery.ListServices({
      Filters: namespaceId === undefined ? [] : [{ Name: 'NAMESPACE_ID', Values: [namespaceId] }],
      MaxResults: 100,
    });
    for (const { Id, Name } of Services) {
      if (Name !== name) continue;
      const { Service } = await servicediscovery.GetService({ Id });
      if (Service?.CreatorRequestId === token) return Id;
    }
    return undefined;
  },
  async sync(existing) {
    const { region, properties, physicalId } = existing;
    if (!existing.before) return;
    if (changed(existing, 'Description', 'DnsConfig', 'HealthCheckConfig')) {
      const { DnsRecords } = properties.DnsConfig ?? {};
      const { OperationId } = await region.api.servicediscovery.UpdateService({
        Id: physicalId,
        Service: {
          Description: properties.Description ?? '',
          ...(DnsRecords ? { DnsConfig: { DnsRecords } } : {}),
          ...(properties.HealthCheckConfig ? { HealthCheckConfig: properties.HealthCheckConfig } : {}),
        },
      });
      await finished(existing, OperationId);
    }
    const arn = (await describe(existing))?.Arn;
    if (arn !== undefined) await syncTags(existing, arn);
  },
  async read(existing) {
    const made = await describe(existing);
    return { Arn: made?.Arn, Name: made?.Name };
  },
  delete: ({ region, physicalId }) => gone(region.api.servicediscovery.DeleteService({ Id: physicalId })),
});
