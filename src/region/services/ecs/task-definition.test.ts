import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { taskDefinition, testRegion } from './test-region.ts';

const efs = { fileSystemId: 'fs-12345678' };

const register = (
  container: Partial<ContainerDefinition>,
  more: Partial<RegisterTaskDefinitionRequest> = {},
) => testRegion().api.RegisterTaskDefinition(taskDefinition(container, more));

test('revisions count up, a family is its newest active one, and numbers are not used again', async () => {
  const { api } = testRegion();
  await api.RegisterTaskDefinition(taskDefinition());
  await api.RegisterTaskDefinition(taskDefinition());
  const arns = async () => (await api.ListTaskDefinitions({ sort: 'DESC' })).taskDefinitionArns;
  expect(await arns()).toEqual(
    [2, 1].map((n) => `arn:aws:ecs:us-east-1:123456789012:task-definition/api:${n}`),
  );
  await api.DeregisterTaskDefinition({ taskDefinition: 'api:2' });
  const { taskDefinition: newest } = await api.DescribeTaskDefinition({ taskDefinition: 'api' });
  expect(newest).toMatchObject({ revision: 1, status: 'ACTIVE', cpu: '256', memory: '512' });
  await api.DeregisterTaskDefinition({ taskDefinition: 'api:1' });
  expect(await api.ListTaskDefinitionFamilies({ status: 'ACTIVE' })).toMatchObject({ families: [] });
  await api.DeleteTaskDefinitions({ taskDefinitions: ['api:1', 'api:2'] });
  const { taskDefinition: next } = await api.RegisterTaskDefinition(taskDefinition());
  expect(next?.revision).toBe(3);
});

test.each([
  ['256', '4096', 'No Fargate configuration exists for given values.'],
  ['300', '512', "Invalid 'cpu' setting for task."],
  ['.25 vCPU', '0.5 GB', undefined],
  ['1 vCPU', '9 GB', 'No Fargate configuration exists for given values.'],
  ['8192', '61440', undefined],
  ['8192', '18432', 'No Fargate configuration exists for given values.'],
])('cpu %s with memory %s', async (cpu, memory, message) => {
  const registered = register({}, { cpu, memory });
  if (message) await expect(registered).rejects.toMatchObject({ code: 'ClientException', message });
  else expect((await registered).taskDefinition?.compatibilities).toContain('FARGATE');
});

test.each<[string, Partial<ContainerDefinition>, Partial<RegisterTaskDefinitionRequest>, RegExp]>([
  ['no name', { name: '' }, {}, /Container Name can not be blank/],
  ['no image', { image: '' }, {}, /image should not be null or empty/],
  [
    'no role for logs',
    {
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': 'g', 'awslogs-region': 'r', 'awslogs-stream-prefix': 'p' },
      },
    },
    { executionRoleArn: undefined },
    /execution role ARN to support log driver awslogs/,
  ],
  ['bridge', {}, { networkMode: 'bridge' }, /only supports network mode 'awsvpc'/],
  ['nothing essential', { essential: false }, {}, /must be marked essential/],
  [
    'an unknown volume',
    { mountPoints: [{ sourceVolume: 'x', containerPath: '/x' }] },
    {},
    /Unknown volume 'x'/,
  ],
  [
    'another log driver',
    { logConfiguration: { logDriver: 'splunk' } },
    {},
    /not enacted by this region: log driver splunk/,
  ],
  ['privileged', { privileged: true }, {}, /privileged is not supported on Fargate/],
  [
    'names of hosts',
    { extraHosts: [{ hostname: 'a', ipAddress: '10.0.0.1' }] },
    {},
    /extraHosts is not supported when networkMode=awsvpc/,
  ],
  ['another host name', { hostname: 'a' }, {}, /hostname is not supported when networkMode=awsvpc/],
  [
    'other ulimits',
    { ulimits: [{ name: 'nproc', softLimit: 1, hardLimit: 1 }] },
    {},
    /only supports the nofile ulimit, not nproc/,
  ],
  ['a soft limit above', { ulimits: [{ name: 'nofile', softLimit: 2, hardLimit: 1 }] }, {}, /soft limit 2/],
  [
    'shared memory',
    { linuxParameters: { sharedMemorySize: 256 } },
    {},
    /sharedMemorySize is not supported on Fargate/,
  ],
  [
    'a capability',
    { linuxParameters: { capabilities: { add: ['NET_ADMIN'] } } },
    {},
    /SYS_PTRACE only, not NET_ADMIN/,
  ],
  [
    'a tmpfs without size',
    { linuxParameters: { tmpfs: [{ containerPath: '/x', size: 0 }] } },
    {},
    /needs a size/,
  ],
  [
    'an option of another file system',
    { linuxParameters: { tmpfs: [{ containerPath: '/x', size: 1, mountOptions: ['bind'] }] } },
    {},
    /tmpfs option bind/,
  ],
  [
    'the whole machine’s parameters',
    { systemControls: [{ namespace: 'vm.swappiness', value: '1' }] },
    {},
    /vm.swappiness is not a namespaced/,
  ],
  [
    'a short restart period',
    { restartPolicy: { enabled: true, restartAttemptPeriod: 5 } },
    {},
    /restartAttemptPeriod 5/,
  ],
  [
    'volumes of nobody',
    { volumesFrom: [{ sourceContainer: 'x' }] },
    {},
    /volumes from x, which does not exist/,
  ],
  [
    'a folder of the host',
    {},
    { volumes: [{ name: 'v', host: { sourcePath: '/etc' } }] },
    /does not support host sourcePath/,
  ],
  [
    'a docker volume',
    {},
    { volumes: [{ name: 'v', dockerVolumeConfiguration: {} }] },
    /dockerVolumeConfiguration/,
  ],
  [
    'an unknown file system',
    {},
    { volumes: [{ name: 'v', efsVolumeConfiguration: { fileSystemId: 'x' } }] },
    /file system ID x is not valid/,
  ],
  [
    'an access point in clear',
    {},
    {
      volumes: [
        {
          name: 'v',
          efsVolumeConfiguration: { ...efs, authorizationConfig: { accessPointId: 'fsap-12345678' } },
        },
      ],
    },
    /transit encryption must be enabled/,
  ],
  [
    'an access point and a folder',
    {},
    {
      volumes: [
        {
          name: 'v',
          efsVolumeConfiguration: {
            ...efs,
            rootDirectory: '/x',
            transitEncryption: 'ENABLED',
            authorizationConfig: { accessPointId: 'fsap-12345678' },
          },
        },
      ],
    },
    /rootDirectory must be omitted/,
  ],
  [
    'a short interval',
    { healthCheck: { command: ['CMD', 'x'], interval: 1 } },
    {},
    /interval 1 is not within 5 to 300/,
  ],
  ['a bare health command', { healthCheck: { command: ['curl x'] } }, {}, /CMD or CMD-SHELL/],
  [
    'a secret from elsewhere',
    { secrets: [{ name: 'X', valueFrom: 'arn:aws:s3:::bucket/key' }] },
    {},
    /neither an ARN of Secrets Manager or Parameter Store/,
  ],
  ['itself', { dependsOn: [{ containerName: 'api', condition: 'START' }] }, {}, /cycle: api → api/],
  ['too much memory', { memory: 1024 }, {}, /greater than the 'memory' of the task/],
])('refuses %s', async (_what, container, more, message) => {
  await expect(register(container, more)).rejects.toThrow(message);
});
