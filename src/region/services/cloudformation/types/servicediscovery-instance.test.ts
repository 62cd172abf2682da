import { expect, test } from 'vitest';
import { buildZones } from '../../servicediscovery/zones.ts';
import type { Tables } from '../../servicediscovery/state.ts';
import { createWorld } from '../testing/world.ts';

const template = (target: string) =>
  JSON.stringify({
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
      Zone: {
        Type: 'AWS::ServiceDiscovery::PrivateDnsNamespace',
        Properties: { Name: 'local', Vpc: { Ref: 'Vpc' } },
      },
      Alias: {
        Type: 'AWS::ServiceDiscovery::Service',
        Properties: {
          Name: 'cache',
          NamespaceId: { Ref: 'Zone' },
          DnsConfig: { RoutingPolicy: 'WEIGHTED', DnsRecords: [{ Type: 'CNAME', TTL: 5 }] },
        },
      },
      Instance: {
        Type: 'AWS::ServiceDiscovery::Instance',
        Properties: {
          InstanceId: 'redis',
          ServiceId: { Ref: 'Alias' },
          InstanceAttributes: { AWS_INSTANCE_CNAME: target },
        },
      },
    },
  });

test('another name comes, leads elsewhere, and goes', async () => {
  const world = createWorld();
  try {
    const { api, settled } = await world.open();
    const names = () =>
      buildZones({
        namespaces: world.tables.get('servicediscovery/namespaces'),
        services: world.tables.get('servicediscovery/services'),
        instances: world.tables.get('servicediscovery/instances'),
      } as unknown as Tables).flatMap(({ records }) => records.map(({ name, values }) => [name, ...values]));
    await api.CreateStack({ StackName: 'names', TemplateBody: template('redis.local') });
    expect(await settled('names')).toBe('CREATE_COMPLETE');
    expect(names()).toEqual([['cache.local', 'redis.local']]);
    await api.UpdateStack({ StackName: 'names', TemplateBody: template('valkey.local') });
    expect(await settled('names')).toBe('UPDATE_COMPLETE');
    expect(names()).toEqual([['cache.local', 'valkey.local']]);
    await api.DeleteStack({ StackName: 'names' });
    await settled('names');
    expect(names()).toEqual([]);
    expect([...world.tables.get('servicediscovery/instances')!.values()]).toEqual([]);
  } finally {
    await world.close();
  }
});
