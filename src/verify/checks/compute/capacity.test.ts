import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../edits.ts';
import { ask, cluster, container, port, service, task, template } from './testing.ts';

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

/** What auto scaling may do with the service `One`. */
const scaled = (MinCapacity: number, MaxCapacity: number) => ({
  Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
  Properties: {
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: { 'Fn::Sub': 'service/shared/${One.Name}' },
    MinCapacity,
    MaxCapacity,
  },
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
  it.each([
    [1, 1],
    [2, 0],
  ])('takes the least that auto scaling leaves, %i, for the count that it owns', (MinCapacity, count) => {
    const half = { MinimumHealthyPercent: 50, MaximumPercent: 150 };
    const text = template({
      One: service({ LaunchType: 'FARGATE', DeploymentConfiguration: half }),
      Scaled: scaled(MinCapacity, 8),
    });
    expect(ask('deployment-cannot-proceed', text)).toMatchObject({
      found: count === 1 ? [expect.stringContaining('of 1 task at least 1 must run')] : [],
      unsure: [],
    });
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
