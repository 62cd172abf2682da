import type { DnsRecord } from '@aws-sdk/client-servicediscovery';
import type { PrivateZone, ZoneRecord } from '../../dns/zone.ts';
import type { InstanceRecord, ServiceRecord, Tables } from './state.ts';

/** The zones of all namespaces, as the resolver is to answer them now. */
export function buildZones({ namespaces, services, instances }: Tables): readonly PrivateZone[] {
  const byService = groupBy(instances.values(), ({ serviceId }) => serviceId);
  const byNamespace = groupBy(services.values(), ({ namespaceId }) => namespaceId);
  return [...namespaces.values()].map(({ id, name, vpcId }) => ({
    name,
    vpcIds: [vpcId],
    records: (byNamespace.get(id) ?? []).flatMap((service) =>
      recordsOf(service, name, byService.get(service.id) ?? []),
    ),
  }));
}

/**
 * Unhealthy instances are left out; when none is healthy all answer.
 * https://docs.aws.amazon.com/cloud-map/latest/dg/services-values.html
 */
export function answering(instances: readonly InstanceRecord[]): readonly InstanceRecord[] {
  const healthy = instances.filter((instance) => instance.healthy);
  return healthy.length > 0 ? healthy : instances;
}

function recordsOf(
  service: ServiceRecord,
  zone: string,
  registered: readonly InstanceRecord[],
): readonly ZoneRecord[] {
  const instances = answering(registered);
  if (instances.length === 0) return [];
  const name = `${service.name}.${zone}`.toLowerCase();
  const routing = service.dns?.RoutingPolicy === 'WEIGHTED' ? 'WEIGHTED' : 'MULTIVALUE';
  return (service.dns?.DnsRecords ?? []).flatMap((record) => {
    const ttl = record.TTL ?? 0;
    if (record.Type === 'SRV') return srvRecords(name, ttl, routing, instances);
    const values = instances.flatMap((instance) => valueOf(record, instance) ?? []);
    return record.Type && values.length > 0 ? [{ name, type: record.Type, ttl, values, routing }] : [];
  });
}

function valueOf({ Type }: DnsRecord, { attributes }: InstanceRecord): string | undefined {
  switch (Type) {
    case 'A':
      return attributes['AWS_INSTANCE_IPV4'];
    case 'AAAA':
      return attributes['AWS_INSTANCE_IPV6'];
    default:
      return attributes['AWS_INSTANCE_CNAME'];
  }
}

/**
 * `1 1 PORT INSTANCE-ID.service.namespace`, and the addresses of those targets.
 * https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsRecord.html
 */
function srvRecords(
  name: string,
  ttl: number,
  routing: ZoneRecord['routing'],
  instances: readonly InstanceRecord[],
): readonly ZoneRecord[] {
  const target = ({ id }: InstanceRecord) => `${id}.${name}`.toLowerCase();
  const values = instances.map(
    (instance) => `1 1 ${instance.attributes['AWS_INSTANCE_PORT']} ${target(instance)}`,
  );
  const addresses = instances.flatMap((instance): readonly ZoneRecord[] => {
    const { AWS_INSTANCE_IPV4: v4, AWS_INSTANCE_IPV6: v6 } = instance.attributes;
    const address = { name: target(instance), ttl, routing: 'SIMPLE' } as const;
    return [
      ...(v4 ? [{ ...address, type: 'A', values: [v4] } as const] : []),
      ...(v6 ? [{ ...address, type: 'AAAA', values: [v6] } as const] : []),
    ];
  });
  return [{ name, type: 'SRV', ttl, values, routing }, ...addresses];
}

function groupBy<T>(items: Iterable<T>, key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
