import type { PrivateDnsNamespaceProperties } from '@aws-sdk/client-servicediscovery';
import { orMissing } from '../engine/failure.ts';
import { changed } from './changes.ts';
import { resourceType, type Existing } from './resource-type.ts';
import { finished, syncTags } from './servicediscovery.ts';

interface Properties {
  readonly Name: string;
  readonly Vpc: string;
  readonly Description?: string;
  readonly Properties?: PrivateDnsNamespaceProperties;
  readonly Tags?: unknown;
}

async function describe({ region, physicalId }: Existing<Properties>) {
  const found = await orMissing(region.api.servicediscovery.GetNamespace({ Id: physicalId }));
  return found?.Namespace;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicediscovery-privatednsnamespace.html */
export const privateDnsNamespace = resourceType<Properties>({
  type: 'AWS::ServiceDiscovery::PrivateDnsNamespace',
  properties: ['Name', 'Vpc', 'Description', 'Properties', 'Tags'],
  async create(context) {
    const { Name, Vpc, Description, Properties: settings } = context.properties;
    const { OperationId } = await context.region.api.servicediscovery.CreatePrivateDnsNamespace({
      Name,
      Vpc,
      Description,
      Properties: settings,
      CreatorRequestId: context.token,
      Tags: context.tags.map(({ Key, Value }) => ({ Key, Value })),
    });
    return (await finished(context, OperationId))['NAMESPACE']!;
  },
  /** Known by the creator request id. https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePrivateDnsNamespace.html */
  async find({ region, properties, token }) {
    const { servicediscovery } = region.api;
    const { Namespaces = [] } = await servicediscovery.ListNamespaces({
      Filters: [{ Name: 'NAME', Values: [properties.Name] }],
    });
    for (const { Id } of Namespaces) {
      const { Namespace } = await servicediscovery.GetNamespace({ Id });
      if (Namespace?.CreatorRequestId === token) return Id;
    }
    return undefined;
  },
  async sync(existing) {
    const { region, properties, physicalId } = existing;
    if (!existing.before) return;
    const SOA = properties.Properties?.DnsProperties?.SOA;
    if (changed(existing, 'Description', 'Properties')) {
      const { OperationId } = await region.api.servicediscovery.UpdatePrivateDnsNamespace({
        Id: physicalId,
        Namespace: {
          Description: properties.Description ?? '',
          ...(SOA?.TTL === undefined ? {} : { Properties: { DnsProperties: { SOA: { TTL: SOA.TTL } } } }),
        },
      });
      await finished(existing, OperationId);
    }
    const arn = (await describe(existing))?.Arn;
    if (arn !== undefined) await syncTags(existing, arn);
  },
  async read(existing) {
    const made = await describe(existing);
    return { Arn: made?.Arn, HostedZoneId: made?.Properties?.DnsProperties?.HostedZoneId };
  },
  async delete(existing) {
    const { region, physicalId } = existing;
    const begun = await orMissing(region.api.servicediscovery.DeleteNamespace({ Id: physicalId }));
    if (begun) await finished(existing, begun.OperationId);
  },
});
