import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../edits.ts';
import { checkText } from '../../testing/check.ts';
import { balancing } from './index.ts';

const template = (resources: Record<string, unknown>, parameters: readonly string[] = []) =>
  JSON.stringify({
    Parameters: Object.fromEntries(parameters.map((name) => [name, { Type: 'String' }])),
    Conditions: Object.fromEntries(
      parameters.map((name) => [`Has${name}`, { 'Fn::Equals': [{ Ref: name }, ''] }]),
    ),
    Resources: resources,
  });
const ask = (id: string, text: string) => {
  const { findings, unknowns } = checkText(
    text,
    balancing.filter((check) => check.id === id),
  );
  return { found: findings.map(({ message }) => message), unsure: unknowns.map(({ why }) => why), findings };
};
const V2 = 'AWS::ElasticLoadBalancingV2';
const rule = (Priority: unknown, Conditions: readonly unknown[], more: Record<string, unknown> = {}) => ({
  Type: `${V2}::ListenerRule`,
  ...more,
  Properties: {
    ListenerArn: { Ref: 'Listener' },
    Priority,
    Conditions,
    Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
  },
});
const paths = (...Values: string[]) => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
const hosts = (...Values: string[]) => ({ Field: 'host-header', HostHeaderConfig: { Values } });
const header = (HttpHeaderName: string, ...Values: string[]) => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName, Values },
});
const from = (...Values: string[]) => ({ Field: 'source-ip', SourceIpConfig: { Values } });
const listener = (properties: Record<string, unknown> = {}) => ({
  Type: `${V2}::Listener`,
  Properties: {
    LoadBalancerArn: { Ref: 'Balancer' },
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    ...properties,
  },
});
const balancer = (properties: Record<string, unknown>) => ({
  Type: `${V2}::LoadBalancer`,
  Properties: properties,
});
const group = (properties: Record<string, unknown> = {}) => ({
  Type: `${V2}::TargetGroup`,
  Properties: { Port: 80, Protocol: 'HTTP', TargetType: 'ip', ...properties },
});
const subnet = (AvailabilityZone: unknown, number: number, size = 24) => ({
  Type: 'AWS::EC2::Subnet',
  Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: `10.0.${number}.0/${size}`, AvailabilityZone },
});
const vpc = { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } };
const service = (properties: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  Type: 'AWS::ECS::Service',
  ...more,
  Properties: {
    LaunchType: 'FARGATE',
    TaskDefinition: { Ref: 'Task' },
    LoadBalancers: [{ ContainerName: 'app', ContainerPort: 80, TargetGroupArn: { Ref: 'Group' } }],
    ...properties,
  },
});
const task = (container: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  Type: 'AWS::ECS::TaskDefinition',
  Properties: {
    NetworkMode: 'awsvpc',
    ContainerDefinitions: [
      { Name: 'app', Image: 'nginx:1', PortMappings: [{ ContainerPort: 80 }], ...container },
    ],
    ...more,
  },
});

describe('listener-rule-unreachable', () => {
  const two = (first: readonly unknown[], second: readonly unknown[]) =>
    template({ Listener: listener(), First: rule(1, first), Second: rule(2, second) });
  it.each([
    [[paths('/*')], [hosts('a.example.com')], 1, 0],
    [[hosts('*.example.com')], [hosts('A.Example.com'), paths('/a')], 1, 0],
    [[hosts('*.example.com')], [hosts('example.com')], 0, 0],
    [[paths('/a?c')], [paths('/abc')], 1, 0],
    [[paths('/a?c')], [paths('/a*c')], 0, 1],
    [[paths('/API/*')], [paths('/api/*')], 0, 0],
    [[paths('/a'), hosts('b.example.com')], [paths('/a')], 0, 1],
    [[from('10.0.0.0/8')], [from('10.1.0.0/16')], 1, 0],
    [[from('10.1.0.0/16')], [from('10.0.0.0/8')], 0, 1],
    [[header('X-Env', '*')], [header('x-env', 'blue')], 1, 0],
    [[header('X-Env', '*')], [header('X-Other', 'blue')], 0, 0],
    [[{ Field: 'path-pattern', RegexValues: ['.*'] }], [paths('/a')], 0, 0],
  ])('after %j the rule of %j: %i, and the other way round: %i', (first, second, count, other) => {
    expect(ask('listener-rule-unreachable', two(first, second)).found).toHaveLength(count);
    expect(ask('listener-rule-unreachable', two(second, first)).found).toHaveLength(other);
  });
  it('finds two equal rules, and does not know which of them is meant', () => {
    const { findings } = ask('listener-rule-unreachable', two([paths('/a')], [paths('/a')]));
    expect(findings).toMatchObject([{ resource: 'Second', fix: { edits: [] } }]);
  });
  it('finds more than five values', () => {
    const many = [paths('/a', '/b', '/c'), hosts('a.b', 'c.d', 'e.f')];
    expect(ask('listener-rule-unreachable', two(many, [paths('/z')])).found).toEqual([
      'First has 6 condition values, and a rule may have 5',
    ]);
  });
  it('cannot tell where the wider rule may not be there', () => {
    const text = template(
      {
        Listener: listener(),
        First: rule(1, [paths('/*')], { Condition: 'HasMode' }),
        Second: rule(2, [paths('/a')]),
      },
      ['Mode'],
    );
    expect(ask('listener-rule-unreachable', text)).toMatchObject({ found: [] });
    expect(ask('listener-rule-unreachable', text).unsure).toHaveLength(1);
  });
});

it('rules of which one may not be there may have one priority', () => {
  const text = template(
    {
      Listener: listener(),
      First: rule(1, [paths('/a')], { Condition: 'HasMode' }),
      Second: rule(1, [paths('/b')]),
      Third: rule(2, [paths('/c')]),
    },
    ['Mode'],
  );
  expect(ask('listener-priority-clash', text)).toMatchObject({ found: [] });
  expect(ask('listener-priority-clash', text).unsure).toHaveLength(1);
});

describe('target-group-unattached', () => {
  const text = (more: Record<string, unknown>) =>
    template({
      Listener: listener({ DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Group' } }] }),
      Balancer: balancer({ Subnets: ['subnet-1', 'subnet-2'] }),
      Group: group(),
      Task: task(),
      One: service({}, more),
    });
  it('does not mind where the load balancer is there already', () => {
    const rules = template(
      {
        Rule: {
          Type: `${V2}::ListenerRule`,
          Properties: {
            ListenerArn: { Ref: 'Listener' },
            Priority: 1,
            Conditions: [paths('/*')],
            Actions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Group' } }],
          },
        },
        Group: group(),
        Task: task(),
        One: service(),
      },
      ['Listener'],
    );
    expect(ask('target-group-unattached', rules)).toMatchObject({ found: [], unsure: [] });
  });
  it('finds a service that may be made before its listener, and makes it wait', () => {
    const { found, findings } = ask('target-group-unattached', text({ DependsOn: ['Task'] }));
    expect(found).toEqual([
      'One may be created before Listener, and its target group has no load balancer until then',
    ]);
    const mended = applyEdits(
      text({ DependsOn: ['Task'] }),
      findings.flatMap(({ fix }) => fix?.edits ?? []),
    );
    expect(JSON.parse(mended)).toMatchObject({ Resources: { One: { DependsOn: ['Task', 'Listener'] } } });
    expect(ask('target-group-unattached', mended)).toMatchObject({ found: [], unsure: [] });
  });
  it('follows what a service waits for to the end', () => {
    const indirect = template({
      Listener: listener({ DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Group' } }] }),
      Balancer: balancer({ Subnets: ['subnet-1', 'subnet-2'] }),
      Group: group(),
      Task: task(),
      Last: { Type: 'AWS::CloudFormation::WaitConditionHandle', DependsOn: 'Listener' },
      One: service({}, { DependsOn: 'Last' }),
    });
    expect(ask('target-group-unattached', indirect).found).toEqual([]);
  });
  it('cannot tell of a target group of another stack', () => {
    const given = template(
      {
        Task: task(),
        One: service({
          LoadBalancers: [{ ContainerName: 'app', ContainerPort: 80, TargetGroupArn: { Ref: 'Arn' } }],
        }),
      },
      ['Arn'],
    );
    expect(ask('target-group-unattached', given)).toMatchObject({ found: [] });
    expect(ask('target-group-unattached', given).unsure).toHaveLength(1);
  });
});

describe('container-port-missing', () => {
  it('looks at registries, maps what is not mapped, and leaves ranges alone', () => {
    const registry = template({
      Task: task({ PortMappings: [] }),
      Name: { Type: 'AWS::ServiceDiscovery::Service', Properties: {} },
      One: service({
        LoadBalancers: [],
        ServiceRegistries: [
          { RegistryArn: { 'Fn::GetAtt': ['Name', 'Arn'] }, ContainerName: 'app', ContainerPort: 80 },
        ],
      }),
    });
    const { found, findings } = ask('container-port-missing', registry);
    expect(found).toEqual(['One names port 80 of app, which has no PortMappings']);
    const mended = applyEdits(
      registry,
      findings.flatMap(({ fix }) => fix?.edits ?? []),
    );
    expect(ask('container-port-missing', mended).found).toEqual([]);
    const ranged = template({
      Task: task({ PortMappings: [{ ContainerPortRange: '80-90' }] }),
      One: service(),
    });
    expect(ask('container-port-missing', ranged).found).toEqual([]);
  });
  it('cannot tell of a container that is there under a condition', () => {
    const maybe = {
      'Fn::If': ['HasMode', { Name: 'app', Image: 'nginx:1' }, { Ref: 'AWS::NoValue' }],
    };
    const text = template(
      {
        Task: task({}, { ContainerDefinitions: [{ Name: 'other', Image: 'nginx:1' }, maybe] }),
        One: service(),
      },
      ['Mode'],
    );
    expect(ask('container-port-missing', text)).toMatchObject({ found: [] });
    expect(ask('container-port-missing', text).unsure).toHaveLength(1);
  });
});

describe('load-balancer-zones', () => {
  const zones = (one: unknown, other: unknown) =>
    template(
      {
        Vpc: vpc,
        A: subnet(one, 1),
        B: subnet(other, 2),
        Balancer: balancer({ Subnets: [{ Ref: 'A' }, { Ref: 'B' }] }),
      },
      ['Zone'],
    );
  const nth = (index: number) => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] });
  it.each([
    [nth(0), nth(1), 0, 0],
    [nth(1), nth(1), 1, 0],
    [{ Ref: 'Zone' }, { Ref: 'Zone' }, 1, 0],
    [{ Ref: 'Zone' }, 'eu-west-1b', 0, 1],
  ])('of zones %j and %j', (one, other, found, unsure) => {
    const answer = ask('load-balancer-zones', zones(one, other));
    expect([answer.found.length, answer.unsure.length]).toEqual([found, unsure]);
  });
  it('cannot tell of subnets that are given', () => {
    const text = template({ Balancer: balancer({ Subnets: { Ref: 'Subnets' } }) }, ['Subnets']);
    expect(ask('load-balancer-zones', text)).toMatchObject({ found: [] });
    expect(ask('load-balancer-zones', text).unsure).toHaveLength(1);
  });
});

describe('https-without-certificate', () => {
  const https = (Certificates: unknown) =>
    template(
      {
        Vpc: vpc,
        A: subnet('eu-west-1a', 1),
        B: subnet('eu-west-1b', 2),
        Balancer: balancer({ Subnets: [{ Ref: 'A' }, { Ref: 'B' }] }),
        Listener: listener({
          Protocol: 'HTTPS',
          Port: 443,
          ...(Certificates === undefined ? {} : { Certificates }),
        }),
      },
      ['Arn'],
    );
  const acm = (region: string) => [{ CertificateArn: `arn:aws:acm:${region}:123456789012:certificate/1` }];
  it.each([
    [undefined, 1],
    [[], 1],
    [acm('us-east-1'), 1],
    [acm('eu-west-1'), 0],
    [[{ CertificateArn: { Ref: 'Arn' } }], 0],
    [{ 'Fn::If': ['HasArn', acm('eu-west-1'), { Ref: 'AWS::NoValue' }] }, 0],
  ])('with %j: %i', (certificates, count) => {
    expect(ask('https-without-certificate', https(certificates)).found).toHaveLength(count);
  });
});

describe('health-check-never-passes', () => {
  const served = (properties: Record<string, unknown>, container: Record<string, unknown> = {}) =>
    ask(
      'health-check-never-passes',
      template({ Group: group(properties), Task: task(container), One: service() }),
    ).found.length;
  it('knows what plain images serve, and nothing of others', () => {
    expect(served({ HealthCheckPath: '/health' })).toBe(1);
    expect(served({ HealthCheckPath: '/health' }, { Image: 'example/nginx:1' })).toBe(0);
    expect(served({ HealthCheckPath: '/health' }, { Command: ['sh', '-c', 'configure; nginx'] })).toBe(0);
    expect(served({ HealthCheckPath: '/health', HealthCheckPort: '8080' })).toBe(0);
    expect(served({ HealthCheckPath: '/' })).toBe(0);
    expect(served({}, { Image: 'redis:7' })).toBe(1);
    expect(served({ Protocol: 'TCP' }, { Image: 'redis:7' })).toBe(0);
  });
  it('compares the times, defaults included', () => {
    expect(served({ HealthCheckIntervalSeconds: 5 })).toBe(1);
    expect(served({ HealthCheckTimeoutSeconds: 29 })).toBe(0);
    expect(served({ HealthCheckTimeoutSeconds: 30 })).toBe(1);
  });
});

it('a load balancer needs free addresses beside what stands in its subnet', () => {
  const text = (endpoints: number) =>
    template({
      Vpc: vpc,
      A: subnet('eu-west-1a', 1, 28),
      B: subnet('eu-west-1b', 2),
      Balancer: balancer({ Type: 'network', Subnets: [{ Ref: 'A' }, { Ref: 'B' }] }),
      ...Object.fromEntries(
        Array.from({ length: endpoints }, (_, index) => [
          `Endpoint${index}`,
          {
            Type: 'AWS::EC2::VPCEndpoint',
            Properties: {
              VpcId: { Ref: 'Vpc' },
              VpcEndpointType: 'Interface',
              ServiceName: `com.amazonaws.eu-west-1.s${index}`,
              SubnetIds: [{ Ref: 'A' }],
            },
          },
        ]),
      ),
    });
  expect(ask('load-balancer-subnet-too-small', text(3)).found).toEqual([]);
  expect(ask('load-balancer-subnet-too-small', text(4)).found).toEqual([
    'the load balancer Balancer stands in A, 10.0.1.0/28, where 7 addresses are free',
  ]);
});
