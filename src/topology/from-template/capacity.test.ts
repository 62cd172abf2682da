import { describe, expect, it } from 'vitest';
import type { Declared } from '../system.ts';
import { capacityOf } from './capacity.ts';
import { servicesOf } from './compute.ts';

const resources = (given: Record<string, readonly [type: string, properties: Record<string, unknown>]>) =>
  new Map(
    Object.entries(given).map(([id, [type, properties]]): [string, Declared] => [
      id,
      { id, type, properties, origin: { path: ['Resources', id] } },
    ]),
  );
const join = (...parts: unknown[]) => ({ 'Fn::Base64': { 'Fn::Join': ['', parts] } });
const group = (properties: Record<string, unknown>) =>
  ['AWS::AutoScaling::AutoScalingGroup', { MinSize: '1', MaxSize: '3', ...properties }] as const;
const cluster = ['AWS::ECS::Cluster', { ClusterName: 'shop' }] as const;
const configuration = (UserData: unknown) =>
  [
    'AWS::AutoScaling::LaunchConfiguration',
    { InstanceType: 't2.micro', SecurityGroups: ['sg-1'], UserData },
  ] as const;
const byScript = (script: unknown) =>
  capacityOf(
    resources({
      Cluster: cluster,
      Launch: configuration(script),
      Group: group({ LaunchConfigurationName: { Ref: 'Launch' }, VPCZoneIdentifier: ['subnet-1'] }),
    }),
  );

describe('the cluster that instances register with', () => {
  it.each([
    ['a reference', join('echo ECS_CLUSTER=', { Ref: 'Cluster' }, ' >> /etc/ecs/ecs.config'), 'Cluster'],
    ['its name', Buffer.from('echo "ECS_CLUSTER=shop" >> x').toString('base64'), 'Cluster'],
    ['another name', Buffer.from("ECS_CLUSTER='other'\n").toString('base64'), 'other'],
    [
      'PowerShell',
      join('Initialize-ECSAgent -Cluster ', { Ref: 'Cluster' }, ' -EnableTaskIAMRole'),
      'Cluster',
    ],
    ['Bottlerocket', join('[settings.ecs]\ncluster = "', { Ref: 'Cluster' }, '"\n'), 'Cluster'],
  ])('by %s', (_, script, id) => {
    expect(byScript(script)).toMatchObject([
      {
        id: 'Group',
        clusterId: id,
        instanceTypes: ['t2.micro'],
        groupIds: ['sg-1'],
        subnetIds: ['subnet-1'],
      },
    ]);
  });
  it('by cfn-init, where user data calls it', () => {
    const launch = (script: unknown): Declared => ({
      id: 'Launch',
      type: 'AWS::AutoScaling::LaunchConfiguration',
      properties: { InstanceType: 't2.micro', UserData: script },
      metadata: {
        'AWS::CloudFormation::Init': {
          config: {
            files: {
              '/etc/ecs/ecs.config': {
                content: { 'Fn::Join': ['', ['ECS_CLUSTER=', { Ref: 'Cluster' }, '\n']] },
              },
            },
          },
        },
      },
      origin: { path: ['Resources', 'Launch'] },
    });
    const of = (script: string) =>
      capacityOf(
        new Map([
          ...resources({ Cluster: cluster, Group: group({ LaunchConfigurationName: { Ref: 'Launch' } }) }),
          ['Launch', launch(join(script))],
        ]),
      );
    expect(of('/opt/aws/bin/cfn-init -r Launch')).toMatchObject([{ clusterId: 'Cluster' }]);
    expect(of('echo nothing')).toEqual([]);
  });
  it('is not known where a parameter names it, and there is none without a word of ECS', () => {
    expect(byScript(join('ECS_CLUSTER=', { Ref: 'Name' }))).toMatchObject([
      { clusterId: { unknown: expect.stringContaining('${Name}') } },
    ]);
    expect(byScript(join('yum install -y nginx'))).toEqual([]);
  });
  it('is that of the capacity provider otherwise, and the group may grow then', () => {
    const [capacity] = capacityOf(
      resources({
        Cluster: cluster,
        Launch: configuration(undefined),
        Group: group({ LaunchConfigurationName: { Ref: 'Launch' } }),
        Provider: [
          'AWS::ECS::CapacityProvider',
          { AutoScalingGroupProvider: { AutoScalingGroupArn: { Ref: 'Group' } } },
        ],
        Uses: [
          'AWS::ECS::ClusterCapacityProviderAssociations',
          { Cluster: { Ref: 'Cluster' }, CapacityProviders: [{ Ref: 'Provider' }] },
        ],
      }),
    );
    expect(capacity).toMatchObject({ clusterId: 'Cluster', desired: 1, maximum: 3 });
  });
});

it('the types of a mixed group are those of its overrides', () => {
  const [capacity] = capacityOf(
    resources({
      Cluster: cluster,
      Launch: [
        'AWS::EC2::LaunchTemplate',
        { LaunchTemplateData: { UserData: join('ECS_CLUSTER=shop\nECS_RESERVED_MEMORY=128') } },
      ],
      Group: group({
        MixedInstancesPolicy: {
          LaunchTemplate: {
            LaunchTemplateSpecification: { LaunchTemplateId: { Ref: 'Launch' } },
            Overrides: [{ InstanceType: 'm5.large' }, { InstanceType: 'm6i.large' }],
          },
        },
      }),
    }),
  );
  expect(capacity).toMatchObject({
    instanceTypes: ['m5.large', 'm6i.large'],
    reservedMemory: 128,
    maximum: 1,
  });
});

describe('a service', () => {
  const service = (properties: Record<string, unknown>, more: Parameters<typeof resources>[0] = {}) =>
    servicesOf(resources({ Cluster: cluster, One: ['AWS::ECS::Service', properties], ...more }))[0];
  it('runs where its cluster says, and on instances where nothing says otherwise', () => {
    expect(service({ Cluster: 'shop' })).toMatchObject({ clusterId: 'Cluster', launchType: 'EC2' });
    expect(service({ Cluster: 'elsewhere' })?.launchType).toMatchObject({
      unknown: expect.stringContaining('elsewhere'),
    });
    const spot = [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }];
    expect(service({ Cluster: 'elsewhere', CapacityProviderStrategy: spot })?.launchType).toBe('FARGATE');
    const given = [{ CapacityProvider: { Ref: 'Provider' } }];
    expect(service({ CapacityProviderStrategy: given })?.launchType).toEqual({
      unknown: 'Provider is given at deployment',
    });
  });
  it('may come to as many tasks as auto scaling allows', () => {
    const target = (ResourceId: unknown) => ({
      Target: ['AWS::ApplicationAutoScaling::ScalableTarget', { ResourceId, MaxCapacity: 9 }] as const,
    });
    const path = { 'Fn::Join': ['', ['service/shop/', { 'Fn::GetAtt': ['One', 'Name'] }]] };
    expect(service({ DesiredCount: 2 }, target(path))?.maximumCount).toBe(9);
    expect(service({ DesiredCount: 2, ServiceName: 'one' }, target('service/shop/one'))?.maximumCount).toBe(
      9,
    );
    expect(service({ DesiredCount: 2 }, target('service/shop/two'))?.maximumCount).toBe(2);
  });
  it.each([
    ['without a count', {}, 3, 3],
    ['raised to the least', { DesiredCount: 2 }, 3, 3],
    ['above it', { DesiredCount: 5 }, 3, 5],
    ['none', {}, 0, 1],
    ['not known', {}, { Ref: 'Least' }, { unknown: 'Least is given at deployment' }],
  ])('has the count that auto scaling leaves it: %s', (_, properties, MinCapacity, count) => {
    const ResourceId = { 'Fn::Join': ['', ['service/shop/', { 'Fn::GetAtt': ['One', 'Name'] }]] };
    expect(
      service(properties, {
        Target: ['AWS::ApplicationAutoScaling::ScalableTarget', { ResourceId, MinCapacity, MaxCapacity: 9 }],
      })?.desiredCount,
    ).toEqual(count);
  });
});
