import { describe, expect, it } from 'vitest';
import { ask, cluster, container, service, task, template } from './testing.ts';

describe('image-architecture', () => {
  const fargate = (more: Record<string, unknown> = {}) =>
    template({ Task: task([container()], { RequiresCompatibilities: ['FARGATE'], ...more }) });
  const looked = (...built: string[]) => ({ architectures: new Map([['example/app:1', built]]) });
  it('goes by what was looked up', () => {
    expect(ask('image-architecture', fargate(), looked('arm64')).found).toHaveLength(1);
    expect(ask('image-architecture', fargate(), looked('arm64', 'amd64')).found).toEqual([]);
    expect(ask('image-architecture', fargate(), looked('amd64'))).toMatchObject({ found: [], unsure: [] });
    expect(ask('image-architecture', fargate()).unsure).toEqual([
      'what example/app:1 is built for was not looked up',
    ]);
  });
  it('goes by the processor of the instances where nothing else is said', () => {
    const on = (type: string) => template({ ...cluster(type), Task: task([container()]), One: service() });
    expect(ask('image-architecture', on('t4g.small'), looked('amd64')).found).toHaveLength(1);
    expect(ask('image-architecture', on('t3.small'), looked('amd64'))).toMatchObject({
      found: [],
      unsure: [],
    });
  });
});

describe('depends-on-without-health-check', () => {
  const waits = (ContainerName: string, Condition: string) => ({ DependsOn: [{ ContainerName, Condition }] });
  it('prints a circle once, whole', () => {
    const text = template({
      Task: task([
        container({ Name: 'a', ...waits('b', 'START') }),
        container({ Name: 'b', ...waits('c', 'START') }),
        container({ Name: 'c', ...waits('a', 'START') }),
        container({ Name: 'd', ...waits('a', 'START') }),
      ]),
    });
    expect(ask('depends-on-without-health-check', text).found).toEqual([
      'containers wait for each other: a → b → c → a',
    ]);
  });
  it('finds a container that is not there', () => {
    const text = template({ Task: task([container(waits('ghost', 'START'))]) });
    expect(ask('depends-on-without-health-check', text).found).toEqual([
      'app waits for ghost, and the task has no such container',
    ]);
  });
  it('cannot tell where a condition decides on containers or health checks', () => {
    const maybe = { 'Fn::If': ['HasMode', container({ Name: 'ghost' }), { Ref: 'AWS::NoValue' }] };
    const containers = template({ Task: task([container(waits('ghost', 'START')), maybe]) }, ['Mode']);
    expect(ask('depends-on-without-health-check', containers)).toMatchObject({ found: [] });
    expect(ask('depends-on-without-health-check', containers).unsure).toHaveLength(1);
    const HealthCheck = { 'Fn::If': ['HasMode', { Command: ['CMD', 'true'] }, { Ref: 'AWS::NoValue' }] };
    const health = template(
      { Task: task([container(waits('b', 'HEALTHY')), container({ Name: 'b', HealthCheck })]) },
      ['Mode'],
    );
    expect(ask('depends-on-without-health-check', health)).toMatchObject({ found: [] });
  });
});

describe('container-exceeds-task', () => {
  it.each([
    [[{ Memory: 512 }, { Memory: 512 }], { Memory: '1024' }, 0],
    [[{ Memory: 600 }, { Memory: 600 }], { Memory: '1024' }, 1],
    [[{ Memory: 600, MemoryReservation: 400 }, { Memory: 600 }], { Memory: '1 GB' }, 0],
    [[{ Memory: 256, MemoryReservation: 512 }], {}, 1],
    [[{ Memory: undefined }], {}, 1],
    [[{ Memory: undefined }], { RequiresCompatibilities: ['FARGATE'], Cpu: '256', Memory: '512' }, 0],
    [[{ Cpu: 1024 }], { Cpu: '1 vCPU' }, 0],
  ])('of %j in %j finds %i', (containers, properties, count) => {
    const text = template({
      Task: task(
        containers.map((own, index) => container({ Name: `c${index}`, ...own })),
        properties,
      ),
    });
    expect(ask('container-exceeds-task', text)).toMatchObject({ unsure: [] });
    expect(ask('container-exceeds-task', text).found).toHaveLength(count);
  });
});

describe('command-not-a-list', () => {
  it.each([
    [{ Command: ['python app.py'] }, ['python', 'app.py']],
    [{ Command: 'npm start' }, ['npm', 'start']],
    [{ Command: ['node server.js --name "my app"'] }, ['node', 'server.js', '--name', 'my app']],
    [{ Command: ['./run.sh > /log'] }, ['sh', '-c', './run.sh > /log']],
    [{ Command: ['npm run', 'start'] }, ['npm', 'run', 'start']],
    [{ Command: ['redis-server'] }, undefined],
    [{ Command: ['--config /etc/app.conf'] }, undefined],
    [{ EntryPoint: ['sh', '-c'], Command: ['a && b'] }, undefined],
    [{ Command: ['echo', 'hello world'] }, undefined],
  ])('of %j makes %j', (properties, words) => {
    const { findings } = ask('command-not-a-list', template({ Task: task([container(properties)]) }));
    expect(findings.map(({ fix }) => fix?.edits[0])).toMatchObject(words ? [{ value: words }] : []);
  });
});

describe('fargate-unsupported', () => {
  it('finds daemons, placement, GPUs and log drivers', () => {
    const text = template({
      One: service({ LaunchType: 'FARGATE', SchedulingStrategy: 'DAEMON' }),
      Task: task(
        [
          container({
            ResourceRequirements: [{ Type: 'GPU', Value: '1' }],
            LogConfiguration: { LogDriver: 'json-file' },
          }),
        ],
        { NetworkMode: 'awsvpc', PlacementConstraints: [{ Type: 'memberOf', Expression: 'x == y' }] },
      ),
    });
    expect(ask('fargate-unsupported', text).found).toHaveLength(4);
  });
  it('leaves tasks on instances alone, and cannot tell of what may be either', () => {
    const privileged = task([container({ Privileged: true })]);
    expect(ask('fargate-unsupported', template({ Task: privileged, One: service() }))).toMatchObject({
      found: [],
      unsure: [],
    });
    const either = template({ Task: privileged, One: service({ LaunchType: { Ref: 'Type' } }) }, ['Type']);
    expect(ask('fargate-unsupported', either)).toMatchObject({
      found: [],
      unsure: ['Type is given at deployment'],
    });
  });
  it('sees that the strategy of the cluster is Fargate', () => {
    const text = template({
      Cluster: {
        Type: 'AWS::ECS::Cluster',
        Properties: {
          CapacityProviders: ['FARGATE'],
          DefaultCapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
        },
      },
      Task: task([container({ Privileged: true })], { NetworkMode: 'awsvpc' }),
      One: {
        Type: 'AWS::ECS::Service',
        Properties: { Cluster: { Ref: 'Cluster' }, TaskDefinition: { Ref: 'Task' } },
      },
    });
    expect(ask('fargate-unsupported', text).found).toEqual([
      'app has Privileged, which Fargate does not allow',
    ]);
  });
});

describe('state-undecided', () => {
  const volume = (name: string, path: string, properties: Record<string, unknown>) =>
    template({
      Task: task([container({ Image: name, MountPoints: [{ SourceVolume: 'v', ContainerPath: path }] })], {
        Volumes: [{ Name: 'v', ...properties }],
      }),
    });
  it.each([
    ['redis:7', '/data', {}, 1],
    ['redis:7', '/data', { DockerVolumeConfiguration: { Scope: 'task' } }, 1],
    ['redis:7', '/data', { DockerVolumeConfiguration: { Scope: 'shared', Autoprovision: true } }, 0],
    ['redis:7', '/usr/local/etc/redis', {}, 0],
    ['postgres:16', '/var/lib/postgresql', { ConfiguredAtLaunch: true }, 1],
    ['postgres:16', '/var/lib/postgresql/data', { Host: { SourcePath: '/data' } }, 0],
    ['registry.example.com/redis:7', '/data', {}, 0],
  ])('%s with a volume at %s of %j: %i', (image, path, properties, count) => {
    expect(ask('state-undecided', volume(image, path, properties)).found).toHaveLength(count);
  });
  it.each([
    [1, 1, []],
    [1, 4, ['auto scaling may come to 4 tasks of']],
    [2, 2, ['2 tasks run']],
  ])('of a database with %i to %i tasks', (MinCapacity, MaxCapacity, said) => {
    const text = template({
      Task: task([container({ Image: 'postgres:16' })]),
      One: service({ LaunchType: 'FARGATE' }),
      Scaled: {
        Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
        Properties: { ResourceId: { 'Fn::Sub': 'service/shop/${One.Name}' }, MinCapacity, MaxCapacity },
      },
    });
    const counted = ask('state-undecided', text).found.filter((message) => message.includes('tasks'));
    expect(counted).toEqual(said.map((start): unknown => expect.stringContaining(start)));
  });
});

describe('data-directory-not-empty', () => {
  it('reads how the user data of instances makes the file system', () => {
    const script = (format: string) =>
      `ECS_CLUSTER=\${Cluster}\nmkfs -t ${format} /dev/xvdf\nmount /dev/xvdf /data\n`;
    const text = (format: string) =>
      template({
        ...cluster('t3.small', 1, { UserData: { 'Fn::Base64': { 'Fn::Sub': script(format) } } }),
        One: service(),
        Task: task(
          [
            container({
              Image: 'postgres:16',
              MountPoints: [{ SourceVolume: 'v', ContainerPath: '/var/lib/postgresql/data' }],
            }),
          ],
          { Volumes: [{ Name: 'v', Host: { SourcePath: '/data' } }] },
        ),
      });
    expect(ask('data-directory-not-empty', text('ext4')).found).toHaveLength(1);
    expect(ask('data-directory-not-empty', text('xfs')).found).toEqual([]);
  });
});
