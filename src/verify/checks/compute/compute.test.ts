import { describe, expect, it } from 'vitest';
import type { Context } from '../../model.ts';
import { checkText } from '../../testing/check.ts';
import { applyEdits } from '../../edits.ts';
import { compute } from './index.ts';

/** A template in JSON; what a check says of it. */
const template = (resources: Record<string, unknown>, parameters: readonly string[] = []) =>
  JSON.stringify({
    Parameters: Object.fromEntries(parameters.map((name) => [name, { Type: 'String' }])),
    Conditions: Object.fromEntries(
      parameters.map((name) => [`Has${name}`, { 'Fn::Equals': [{ Ref: name }, ''] }]),
    ),
    Resources: resources,
  });
type More = Partial<Pick<Context, 'architectures'>>;
const ask = (id: string, text: string, more: More = {}) => {
  const { findings, unknowns } = checkText(
    text,
    compute.filter((check) => check.id === id),
    more,
  );
  return { found: findings.map(({ message }) => message), unsure: unknowns.map(({ why }) => why), findings };
};
const task = (containers: readonly unknown[], properties: Record<string, unknown> = {}) => ({
  Type: 'AWS::ECS::TaskDefinition',
  Properties: { ContainerDefinitions: containers, ...properties },
});
const service = (properties: Record<string, unknown> = {}) => ({
  Type: 'AWS::ECS::Service',
  Properties: {
    Cluster: { Ref: 'Cluster' },
    LaunchType: 'EC2',
    TaskDefinition: { Ref: 'Task' },
    ...properties,
  },
});
const container = (properties: Record<string, unknown> = {}) => ({
  Name: 'app',
  Image: 'example/app:1',
  Memory: 128,
  ...properties,
});
/** A cluster with instances of a type. */
const cluster = (InstanceType: unknown, size = 1, more: Record<string, unknown> = {}) => ({
  Cluster: { Type: 'AWS::ECS::Cluster' },
  Group: {
    Type: 'AWS::AutoScaling::AutoScalingGroup',
    Properties: {
      MinSize: size,
      MaxSize: size,
      VPCZoneIdentifier: ['subnet-1'],
      LaunchTemplate: { LaunchTemplateId: { Ref: 'Launch' }, Version: '1' },
    },
  },
  Launch: {
    Type: 'AWS::EC2::LaunchTemplate',
    Properties: {
      LaunchTemplateData: {
        InstanceType,
        UserData: { 'Fn::Base64': { 'Fn::Sub': 'echo ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config' } },
        ...more,
      },
    },
  },
});
const port = (ContainerPort: number, HostPort?: number) => ({
  ContainerPort,
  ...(HostPort === undefined ? {} : { HostPort }),
});

describe('port-clash', () => {
  const host = (count: number, size: number) =>
    template({
      ...cluster('t3.large', size),
      Task: task([container({ PortMappings: [port(80, 80)] })]),
      One: service({ DesiredCount: count }),
      Other: service(),
    });
  it('counts the tasks that want one port of the instances', () => {
    expect(ask('port-clash', host(2, 2)).found).toEqual([
      '3 tasks (One, Other) need port 80 of an instance each, and there are 2 instances',
    ]);
    expect(ask('port-clash', host(2, 3))).toMatchObject({ found: [], unsure: [] });
  });
  it('mends it with a port of the instance’s choice', () => {
    const text = host(2, 2);
    const edits = ask('port-clash', text).findings.flatMap(({ fix }) => fix?.edits ?? []);
    expect(ask('port-clash', applyEdits(text, edits)).found).toEqual([]);
  });
  it('knows of ports that instances take for themselves', () => {
    const ssh = template({ Task: task([container({ PortMappings: [port(22, 22)] })]) });
    expect(ask('port-clash', ssh).found).toEqual([
      'port 22 is taken on every instance, by SSH, Docker or the agent of ECS',
    ]);
  });
  it('lets containers in bridge mode have one container port', () => {
    const both = [
      container({ PortMappings: [port(80)] }),
      container({ Name: 'b', PortMappings: [port(80)] }),
    ];
    expect(ask('port-clash', template({ Task: task(both) })).found).toEqual([]);
    expect(
      ask('port-clash', template({ Task: task(both, { NetworkMode: { Ref: 'Mode' } }) }, ['Mode'])),
    ).toMatchObject({ found: [] });
  });
  it('cannot tell where the instances are not declared', () => {
    const text = template({
      Task: task([container({ PortMappings: [port(80, 80)] })]),
      One: service({ Cluster: 'shared', DesiredCount: 2 }),
    });
    expect(ask('port-clash', text)).toMatchObject({
      found: [],
      unsure: ['the instances of the cluster shared are not declared here'],
    });
  });
});

describe('deployment-cannot-proceed', () => {
  const deployment = (properties: Record<string, unknown>, HostPort = 80, size = 2) =>
    template({
      ...cluster('t3.large', size),
      Task: task([container({ PortMappings: [port(80, HostPort)] })]),
      One: service({ DesiredCount: 2, ...properties }),
    });
  it('finds host ports on full instances', () => {
    expect(ask('deployment-cannot-proceed', deployment({})).found).toHaveLength(1);
    expect(ask('deployment-cannot-proceed', deployment({}, 80, 3)).found).toEqual([]);
    expect(ask('deployment-cannot-proceed', deployment({}, 0)).found).toEqual([]);
    const half = { DeploymentConfiguration: { MinimumHealthyPercent: 50 } };
    expect(ask('deployment-cannot-proceed', deployment(half)).found).toEqual([]);
  });
  it.each([
    [{ DesiredCount: 2, DeploymentConfiguration: { MinimumHealthyPercent: 75, MaximumPercent: 100 } }, 1],
    [{ DesiredCount: 4, DeploymentConfiguration: { MinimumHealthyPercent: 50, MaximumPercent: 100 } }, 0],
    [{ DesiredCount: 1, DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 } }, 0],
    [{ DesiredCount: 0, DeploymentConfiguration: { MaximumPercent: 100 } }, 0],
    [{ SchedulingStrategy: 'DAEMON' }, 0],
    [{ SchedulingStrategy: 'DAEMON', DeploymentConfiguration: { MinimumHealthyPercent: 100 } }, 1],
    [{ DeploymentConfiguration: { Strategy: 'BLUE_GREEN', MaximumPercent: 100 } }, 0],
    [{ DeploymentController: { Type: 'CODE_DEPLOY' }, DeploymentConfiguration: { MaximumPercent: 100 } }, 0],
  ])('of %j finds %i', (properties, count) => {
    const text = template({ One: service({ LaunchType: 'FARGATE', ...properties }) });
    expect(ask('deployment-cannot-proceed', text).found).toHaveLength(count);
  });
});

describe('instance-out-of-enis', () => {
  const awsvpc = (type: unknown, count: number, size = 1) =>
    template({
      ...cluster(type, size),
      Task: task([container()], { NetworkMode: 'awsvpc' }),
      One: service({ DesiredCount: count }),
    });
  it.each([
    ['t3.medium', 2, 1, 0],
    ['t3.medium', 3, 1, 1],
    ['t3.medium', 4, 2, 0],
    ['m5.large', 11, 1, 1],
  ])('on %s with %i tasks and %i instances finds %i', (type, count, size, findings) => {
    expect(ask('instance-out-of-enis', awsvpc(type, count, size))).toMatchObject({ unsure: [] });
    expect(ask('instance-out-of-enis', awsvpc(type, count, size)).found).toHaveLength(findings);
  });
  it('cannot tell what depends on awsvpcTrunking, or on a type it does not know', () => {
    expect(ask('instance-out-of-enis', awsvpc('m5.large', 3))).toMatchObject({ found: [] });
    expect(ask('instance-out-of-enis', awsvpc('m5.large', 3)).unsure[0]).toMatch(/awsvpcTrunking/);
    expect(ask('instance-out-of-enis', awsvpc('x9.large', 3)).unsure).toHaveLength(1);
  });
  it('counts the largest size that a capacity provider may bring the group to', () => {
    const text = template({
      ...cluster('t3.micro', 1),
      Group: {
        Type: 'AWS::AutoScaling::AutoScalingGroup',
        Properties: {
          MinSize: 0,
          MaxSize: 5,
          LaunchTemplate: { LaunchTemplateId: { Ref: 'Launch' }, Version: '1' },
        },
      },
      Provider: {
        Type: 'AWS::ECS::CapacityProvider',
        Properties: { AutoScalingGroupProvider: { AutoScalingGroupArn: { Ref: 'Group' } } },
      },
      Task: task([container()], { NetworkMode: 'awsvpc' }),
      One: service({ DesiredCount: 5 }),
    });
    expect(ask('instance-out-of-enis', text)).toMatchObject({ found: [], unsure: [] });
  });
});

describe('instance-too-small', () => {
  const on = (type: string, properties: Record<string, unknown>, launch: Record<string, unknown> = {}) =>
    ask(
      'instance-too-small',
      template({ ...cluster(type, 1, launch), Task: task([container(properties)]), One: service() }),
    );
  it('takes off what the instance keeps, and cannot tell within what differs', () => {
    expect(on('t3.micro', { Memory: 1000 }).found).toHaveLength(1);
    expect(on('t3.micro', { Memory: 960 })).toMatchObject({
      found: [],
      unsure: [expect.stringMatching(/depends/)],
    });
    expect(on('t3.micro', { Memory: 800 })).toMatchObject({ found: [], unsure: [] });
  });
  it('counts processors, and what ECS_RESERVED_MEMORY keeps back', () => {
    expect(on('t2.micro', { Cpu: 2048 }).found).toHaveLength(1);
    const UserData = { 'Fn::Base64': { 'Fn::Sub': 'ECS_CLUSTER=${Cluster}\nECS_RESERVED_MEMORY=256' } };
    expect(on('t3.micro', { Memory: 800 }, { UserData }).found).toHaveLength(1);
  });
});

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

describe('subnet-too-small', () => {
  it('counts what stands in the subnets, and every service in them', () => {
    const text = (count: number) =>
      template({
        Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/27' } },
        Nat: { Type: 'AWS::EC2::NatGateway', Properties: { SubnetId: { Ref: 'Subnet' } } },
        ...Object.fromEntries(
          ['One', 'Other'].map((id) => [
            id,
            service({
              LaunchType: 'FARGATE',
              DesiredCount: count,
              NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [{ Ref: 'Subnet' }] } },
            }),
          ]),
        ),
      });
    // 32 - 5 - 1 = 26 addresses; 3 × the count while one of the two is deployed.
    expect(ask('subnet-too-small', text(8))).toMatchObject({ found: [], unsure: [] });
    expect(ask('subnet-too-small', text(9)).found).toEqual([
      'One, Other may come to 18 tasks, 27 during a deployment, and Subnet has 26 free addresses',
    ]);
  });
  it('cannot tell the size of a subnet that is given', () => {
    const text = template(
      { One: service({ NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [{ Ref: 'Net' }] } } }) },
      ['Net'],
    );
    expect(ask('subnet-too-small', text)).toMatchObject({ found: [] });
    expect(ask('subnet-too-small', text).unsure).toHaveLength(1);
  });
});
