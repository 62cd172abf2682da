import type { Vpc } from '../../../topology/model.ts';
import { expect, test } from 'vitest';
import { manualClock } from '../../../common/clock.ts';
import type { CallContext } from '../../gateway/types.ts';
import type { Region } from '../../region.ts';
import { openStore } from '../../store/store.ts';
import { createServiceDiscovery } from './index.ts';

const call: CallContext = { region: 'eu-west-1', accessKeyId: 'test', requestId: 'r', host: 'localhost' };
const vpcs = [{ id: 'vpc-1' } as Vpc];

function setup() {
  const region = {
    identity: { accountId: '123456789012', region: 'eu-west-1', partition: 'aws' },
    clock: manualClock(),
    store: openStore(),
    internal: { ec2: { topology: () => ({ vpcs }) } },
  } as unknown as Region;
  const { handlers, internal } = createServiceDiscovery(region);
  type Name = keyof typeof handlers;
  type In<K extends Name> = Parameters<NonNullable<(typeof handlers)[K]>>[0];
  type Out<K extends Name> = Awaited<ReturnType<NonNullable<(typeof handlers)[K]>>>;
  const api = async <K extends Name>(name: K, input: In<K>): Promise<Out<K>> => {
    const handler = handlers[name] as (input: In<K>, context: CallContext) => Promise<Out<K>>;
    return handler(input, call);
  };
  return { api, zones: internal.zones };
}

async function withService(dns: 'A' | 'SRV' = 'A') {
  const { api, zones } = setup();
  const { OperationId } = await api('CreatePrivateDnsNamespace', { Name: 'local', Vpc: 'vpc-1' });
  const { Operation } = await api('GetOperation', { OperationId });
  const namespaceId = Operation?.Targets?.NAMESPACE ?? '';
  const { Service } = await api('CreateService', {
    Name: 'api',
    NamespaceId: namespaceId,
    DnsConfig: { DnsRecords: [{ Type: dns, TTL: 10 }], RoutingPolicy: 'MULTIVALUE' },
    HealthCheckCustomConfig: { FailureThreshold: 1 },
  });
  const register = (InstanceId: string, address: string, more: Record<string, string> = {}) =>
    api('RegisterInstance', {
      ServiceId: Service?.Id,
      InstanceId,
      Attributes: { AWS_INSTANCE_IPV4: address, ...more },
      CreatorRequestId: InstanceId,
    });
  return { api, zones, namespaceId, serviceId: Service?.Id ?? '', register };
}

test('a namespace is a zone with a hosted zone id, and one request makes one', async () => {
  const { api, zones } = setup();
  const request = { Name: 'local', Vpc: 'vpc-1', CreatorRequestId: 'once' };
  const first = await api('CreatePrivateDnsNamespace', request);
  expect(await api('CreatePrivateDnsNamespace', request)).toEqual(first);
  await expect(api('CreatePrivateDnsNamespace', { ...request, Name: 'other' })).rejects.toMatchObject({
    code: 'NamespaceAlreadyExists',
  });
  const { Namespaces } = await api('ListNamespaces', {});
  expect(Namespaces).toHaveLength(1);
  expect(Namespaces?.[0]?.Properties?.DnsProperties?.HostedZoneId).toMatch(/^Z[A-Z0-9]{20}$/);
  expect(zones()).toEqual([{ name: 'local', vpcIds: ['vpc-1'], records: [] }]);
});

test('what the zone cannot be made of fails the operation, as on AWS', async () => {
  const { api } = setup();
  const fails = async (Vpc: string) => {
    const { OperationId } = await api('CreatePrivateDnsNamespace', { Name: 'local', Vpc });
    return (await api('GetOperation', { OperationId })).Operation;
  };
  expect(await fails('vpc-none')).toMatchObject({ Status: 'FAIL', ErrorCode: 'CANNOT_CREATE_HOSTED_ZONE' });
  expect(await fails('vpc-1')).toMatchObject({ Status: 'SUCCESS' });
  expect(await fails('vpc-1')).toMatchObject({ Status: 'FAIL' });
});

test('addresses follow registration and health; when none is healthy all answer', async () => {
  const { api, zones, serviceId, register } = await withService();
  const values = () => zones()[0]?.records.map((record) => [record.name, record.ttl, ...record.values]) ?? [];
  expect(values()).toEqual([]);
  await register('a', '10.0.0.1');
  await register('b', '10.0.0.2');
  expect(values()).toEqual([['api.local', 10, '10.0.0.1', '10.0.0.2']]);
  const set = (InstanceId: string, Status: 'HEALTHY' | 'UNHEALTHY') =>
    api('UpdateInstanceCustomHealthStatus', { ServiceId: serviceId, InstanceId, Status });
  await set('a', 'UNHEALTHY');
  expect(values()).toEqual([['api.local', 10, '10.0.0.2']]);
  await set('b', 'UNHEALTHY');
  expect(values()).toEqual([['api.local', 10, '10.0.0.1', '10.0.0.2']]);
  await api('DeregisterInstance', { ServiceId: serviceId, InstanceId: 'a' });
  expect(values()).toEqual([['api.local', 10, '10.0.0.2']]);
});

test('zones are built once between writes', async () => {
  const { zones, register } = await withService();
  const before = zones();
  expect(zones()).toBe(before);
  await register('a', '10.0.0.1');
  expect(zones()).not.toBe(before);
});

test('SRV records point at names that have addresses', async () => {
  const { zones, register } = await withService('SRV');
  await expect(register('a', '10.0.0.1')).rejects.toMatchObject({ code: 'InvalidInput' });
  await register('a', '10.0.0.1', { AWS_INSTANCE_PORT: '5000' });
  expect(zones()[0]?.records.map(({ name, type, values }) => [name, type, ...values])).toEqual([
    ['api.local', 'SRV', '1 1 5000 a.api.local'],
    ['a.api.local', 'A', '10.0.0.1'],
  ]);
});

test('discovery filters by attributes and health', async () => {
  const { api, register } = await withService();
  await register('a', '10.0.0.1', { colour: 'blue' });
  await register('b', '10.0.0.2', { colour: 'green', AWS_INIT_HEALTH_STATUS: 'UNHEALTHY' });
  const discover = async (more: object) => {
    const input = { NamespaceName: 'local', ServiceName: 'api', ...more };
    const { Instances } = await api('DiscoverInstances', input);
    return Instances?.map(({ InstanceId }) => InstanceId).sort();
  };
  expect(await discover({})).toEqual(['a']);
  expect(await discover({ HealthStatus: 'ALL' })).toEqual(['a', 'b']);
  expect(await discover({ QueryParameters: { colour: 'green' } })).toEqual(['b']);
  expect(await discover({ OptionalParameters: { colour: 'red' } })).toEqual(['a']);
  await expect(discover({ ServiceName: 'none' })).rejects.toMatchObject({ code: 'ServiceNotFound' });
});

test('things in use are not deleted; afterwards the order works', async () => {
  const { api, zones, namespaceId, serviceId, register } = await withService();
  await register('a', '10.0.0.1');
  await expect(api('DeleteNamespace', { Id: namespaceId })).rejects.toMatchObject({ code: 'ResourceInUse' });
  await expect(api('DeleteService', { Id: serviceId })).rejects.toMatchObject({ code: 'ResourceInUse' });
  await api('DeregisterInstance', { ServiceId: serviceId, InstanceId: 'a' });
  await api('DeleteService', { Id: serviceId });
  await api('DeleteNamespace', { Id: namespaceId });
  expect(zones()).toEqual([]);
});

test('an update changes TTLs and refuses other types', async () => {
  const { api, serviceId } = await withService();
  const update = (Type: 'A' | 'SRV', TTL: number) =>
    api('UpdateService', { Id: serviceId, Service: { DnsConfig: { DnsRecords: [{ Type, TTL }] } } });
  await expect(update('SRV', 5)).rejects.toMatchObject({ code: 'InvalidInput' });
  await update('A', 5);
  const { Service } = await api('GetService', { Id: serviceId });
  expect(Service?.DnsConfig).toMatchObject({
    DnsRecords: [{ Type: 'A', TTL: 5 }],
    RoutingPolicy: 'MULTIVALUE',
  });
  await expect(
    api('CreateService', { Name: 'API', NamespaceId: Service?.NamespaceId }),
  ).rejects.toMatchObject({ code: 'ServiceAlreadyExists', detail: { ServiceId: serviceId } });
});
