import { expect, test } from 'vitest';
import { testRegion, withService } from './test-region.ts';

const port = { portMappings: [{ containerPort: 80 }] };

const loadBalancers = [{ targetGroupArn: 'tg', containerName: 'api', containerPort: 80 }];

test('a load-balanced deployment waits for healthy targets, and a stop for draining before its signal', async () => {
  const region = testRegion();
  region.balancer.initial = 'initial';
  region.balancer.drains = true;
  const { service, advance, settle, targets, update, trace, tasks } = await withService(
    { desiredCount: 1, loadBalancers },
    port,
    region,
  );
  await advance(5000);
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS', runningCount: 1 }]);
  targets.set('10.0.0.10:80', 'healthy');
  await advance(1000);
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
  await update({ desiredCount: 0 });
  await settle();
  expect(trace).toEqual(['start api:1', 'deregister']);
  expect(await tasks('STOPPED')).toMatchObject([{ lastStatus: 'DEACTIVATING' }]);
  expect(await service()).toMatchObject({ runningCount: 0 });
  targets.delete('10.0.0.10:80');
  await advance(1000);
  await settle();
  expect(trace).toEqual(['start api:1', 'deregister', 'SIGTERM api:1']);
});

test('a task whose target is unhealthy is replaced before it is stopped, once its grace is over', async () => {
  const { advance, targets, tasks, trace, events } = await withService(
    { desiredCount: 1, loadBalancers, healthCheckGracePeriodSeconds: 30 },
    port,
  );
  await advance(1000);
  targets.set('10.0.0.10:80', 'unhealthy');
  await advance(28_000);
  expect(trace).toEqual(['start api:1']);
  await advance(9000);
  expect(trace).toEqual(['start api:1', 'start api:1', 'deregister', 'SIGTERM api:1']);
  expect(await tasks('STOPPED')).toMatchObject([
    {
      stoppedReason: 'Task failed ELB health checks in (target-group tg)',
      stopCode: 'ServiceSchedulerInitiated',
    },
  ]);
  expect(await events()).toContain(
    '(task T) (port 80) is unhealthy in (target-group tg) due to (reason Health checks failed).',
  );
});

const healthCheck = { command: ['CMD-SHELL', 'true'], interval: 5, retries: 2 };

test('a service task that fails its container health check is replaced', async () => {
  const { advance, programs, tasks, counts } = await withService({ desiredCount: 1 }, { healthCheck });
  await advance(1000);
  expect(await counts()).toMatchObject({ runningCount: 1 });
  programs.health.set('api:1', 1);
  await advance(11_000);
  programs.health.set('api:1', 0);
  await advance(10_000);
  expect(await tasks('STOPPED')).toMatchObject([{ stoppedReason: 'Task failed container health checks' }]);
  expect(await tasks()).toMatchObject([{ healthStatus: 'HEALTHY' }]);
});

test('tasks are found by name while they run, and only healthy ones', async () => {
  const region = testRegion();
  const { OperationId } = await region.discovery.CreatePrivateDnsNamespace({ Name: 'local', Vpc: 'vpc-1' });
  const { Operation } = await region.discovery.GetOperation({ OperationId });
  const { Service } = await region.discovery.CreateService({
    Name: 'api',
    NamespaceId: Operation?.Targets?.NAMESPACE,
    DnsConfig: { DnsRecords: [{ Type: 'A', TTL: 10 }] },
    HealthCheckCustomConfig: {},
  });
  const addresses = () => region.zones()[0]?.records.flatMap(({ values }) => values) ?? [];
  const { settle, advance, update, programs } = await withService(
    { serviceRegistries: [{ registryArn: Service?.Arn }] },
    { healthCheck },
    region,
  );
  await settle();
  await advance(1000);
  expect([...addresses()].sort()).toEqual(['10.0.0.10', '10.0.0.11']);
  await update({ desiredCount: 1 });
  await settle();
  expect(addresses()).toHaveLength(1);
  programs.health.set('api:1', 1);
  await advance(1000);
  await update({ desiredCount: 0 });
  await settle();
  expect(addresses()).toEqual([]);
});

/** Port or container and port are needed for SRV alone. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRegistry.html */
test('a registry of A records takes a container without its port, one of SRV records does not', async () => {
  const region = testRegion();
  const { OperationId } = await region.discovery.CreatePrivateDnsNamespace({ Name: 'local', Vpc: 'vpc-1' });
  const { Operation } = await region.discovery.GetOperation({ OperationId });
  const registry = async (Type: 'A' | 'SRV') => {
    const { Service } = await region.discovery.CreateService({
      Name: Type.toLowerCase(),
      NamespaceId: Operation?.Targets?.NAMESPACE,
      DnsConfig: { DnsRecords: [{ Type, TTL: 10 }] },
    });
    return [{ registryArn: Service?.Arn, containerName: 'api' }];
  };
  const serviceRegistries = await registry('A');
  const { settle } = await withService({ serviceRegistries }, {}, region);
  await settle();
  expect(region.zones()[0]?.records.flatMap(({ values }) => values)).not.toEqual([]);
  const others = [await registry('SRV'), [{ ...serviceRegistries[0], containerName: 'none' }]];
  const errors = await Promise.allSettled(
    others.map((each) => withService({ serviceRegistries: each }, {}, region)),
  );
  expect(errors.map((each) => (each.status === 'rejected' ? String(each.reason.message) : 'taken'))).toEqual([
    expect.stringContaining('has SRV records: port, or containerName and containerPort, must be given'),
    expect.stringContaining('none'),
  ]);
});
