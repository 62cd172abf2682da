/** One state of a small system, as a user's edits go from one to the next. */
export interface Shape {
  /** CIDR's third and fourth part are the stack's own; another name of the group replaces it and what hangs on it. */
  readonly groupDescription: string;
  readonly services: readonly ServiceShape[];
  /** Log groups, each by its retention in days. */
  readonly logs: readonly number[];
  readonly tagged: string;
  /** Resources after which a resource that cannot be made is to be made; absent: none is. */
  readonly doomedAfter?: readonly string[] | undefined;
}
export interface ServiceShape {
  readonly name: string;
  /** `good:1`, `crash:1`, `sick:1`, `missing:1`: see `programs`. */
  readonly image: string;
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly rollback: boolean;
  readonly balanced: boolean;
  readonly checked: boolean;
  readonly discovered: boolean;
}

const ref = (name: string) => ({ Ref: name });
const att = (name: string, attribute: string) => ({ 'Fn::GetAtt': [name, attribute] });
const imported = (name: string) => ({ 'Fn::ImportValue': `base-${name}` });
const titled = (name: string) => `${name[0]!.toUpperCase()}${name.slice(1)}`;

/** The stack that the others stand on: a network, a cluster, names and a load balancer, all exported. */
export function baseTemplate(): string {
  const subnet = (index: number) => ({
    Type: 'AWS::EC2::Subnet',
    Properties: {
      VpcId: ref('Vpc'),
      CidrBlock: `10.0.${index}.0/24`,
      AvailabilityZone: { 'Fn::Select': [index, { 'Fn::GetAZs': '' }] },
    },
  });
  const exported = {
    vpc: ref('Vpc'),
    subnet0: ref('Subnet0'),
    subnet1: ref('Subnet1'),
    cluster: ref('Cluster'),
    role: att('Role', 'Arn'),
    namespace: ref('Names'),
    listener: ref('Listener'),
  };
  return JSON.stringify({
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16', EnableDnsHostnames: true } },
      Gateway: { Type: 'AWS::EC2::InternetGateway' },
      Attachment: {
        Type: 'AWS::EC2::VPCGatewayAttachment',
        Properties: { VpcId: ref('Vpc'), InternetGatewayId: ref('Gateway') },
      },
      Subnet0: subnet(0),
      Subnet1: subnet(1),
      Cluster: { Type: 'AWS::ECS::Cluster' },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'ecs-tasks.amazonaws.com' },
                Action: 'sts:AssumeRole',
              },
            ],
          },
        },
      },
      Names: {
        Type: 'AWS::ServiceDiscovery::PrivateDnsNamespace',
        Properties: { Name: 'base.internal', Vpc: ref('Vpc') },
      },
      Balancer: {
        Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
        DependsOn: 'Attachment',
        Properties: { Subnets: [ref('Subnet0'), ref('Subnet1')] },
      },
      Listener: {
        Type: 'AWS::ElasticLoadBalancingV2::Listener',
        Properties: {
          LoadBalancerArn: ref('Balancer'),
          Port: 80,
          Protocol: 'HTTP',
          DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
        },
      },
    },
    Outputs: Object.fromEntries(
      Object.entries(exported).map(([name, Value]) => [
        titled(name),
        { Value, Export: { Name: `base-${name}` } },
      ]),
    ),
  });
}

/** A stack of services on the base. `index` keeps the stacks' listener rules apart. */
export function appTemplate(shape: Shape, index = 0): string {
  const resources: Record<string, object> = {
    Group: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: shape.groupDescription,
        VpcId: imported('vpc'),
        SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '10.0.0.0/16' }],
        Tags: [{ Key: 'purpose', Value: shape.tagged }],
      },
    },
  };
  for (const [number, RetentionInDays] of shape.logs.entries())
    resources[`Logs${number}`] = { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays } };
  for (const service of shape.services)
    Object.assign(resources, serviceResources(service, index * 10 + SERVICES.indexOf(service.name) + 1));
  if (shape.doomedAfter)
    resources['Doomed'] = {
      Type: 'AWS::Logs::LogGroup',
      DependsOn: shape.doomedAfter.filter((id) => id in resources),
      Properties: { LogGroupName: TAKEN },
    };
  return JSON.stringify({
    Resources: resources,
    Outputs: { Group: { Value: ref('Group'), Export: { Name: { 'Fn::Sub': '${AWS::StackName}-group' } } } },
  });
}

/** What services are called; each has a priority of its own. */
export const SERVICES = ['web', 'api', 'worker'];

/** The name of a log group that exists, so that no stack can make it. */
export const TAKEN = '/taken';

function serviceResources(service: ServiceShape, priority: number): Record<string, object> {
  const { name, balanced, checked, discovered } = service;
  const id = titled(name);
  return {
    [`${id}Task`]: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        RequiresCompatibilities: ['FARGATE'],
        NetworkMode: 'awsvpc',
        Cpu: '256',
        Memory: '512',
        ExecutionRoleArn: imported('role'),
        ContainerDefinitions: [
          {
            Name: name,
            Image: service.image,
            PortMappings: [{ ContainerPort: 80 }],
            StopTimeout: 5,
            ...(checked
              ? {
                  HealthCheck: {
                    Command: ['CMD', 'check'],
                    Interval: 10,
                    Timeout: 5,
                    Retries: 2,
                    StartPeriod: 20,
                  },
                }
              : {}),
          },
        ],
      },
    },
    ...(balanced
      ? {
          [`${id}Targets`]: {
            Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
            Properties: {
              TargetType: 'ip',
              Port: 80,
              Protocol: 'HTTP',
              VpcId: imported('vpc'),
              HealthCheckIntervalSeconds: 10,
              UnhealthyThresholdCount: 2,
              TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '15' }],
            },
          },
          [`${id}Rule`]: {
            Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
            Properties: {
              ListenerArn: imported('listener'),
              Priority: priority,
              Conditions: [
                { Field: 'path-pattern', PathPatternConfig: { Values: [`/${name}${priority}/*`] } },
              ],
              Actions: [{ Type: 'forward', TargetGroupArn: ref(`${id}Targets`) }],
            },
          },
        }
      : {}),
    ...(discovered
      ? {
          [`${id}Name`]: {
            Type: 'AWS::ServiceDiscovery::Service',
            Properties: {
              Name: `${name}${priority}`,
              DnsConfig: { NamespaceId: imported('namespace'), DnsRecords: [{ Type: 'A', TTL: 10 }] },
              HealthCheckCustomConfig: { FailureThreshold: 1 },
            },
          },
        }
      : {}),
    [`${id}Service`]: {
      Type: 'AWS::ECS::Service',
      ...(balanced ? { DependsOn: `${id}Rule` } : {}),
      Properties: {
        Cluster: imported('cluster'),
        TaskDefinition: ref(`${id}Task`),
        DesiredCount: service.count,
        LaunchType: 'FARGATE',
        DeploymentConfiguration: {
          MinimumHealthyPercent: service.minimum,
          MaximumPercent: service.maximum,
          DeploymentCircuitBreaker: { Enable: true, Rollback: service.rollback },
        },
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            Subnets: [imported('subnet0'), imported('subnet1')],
            SecurityGroups: [ref('Group')],
          },
        },
        ...(balanced
          ? {
              HealthCheckGracePeriodSeconds: 90,
              LoadBalancers: [
                { ContainerName: name, ContainerPort: 80, TargetGroupArn: ref(`${id}Targets`) },
              ],
            }
          : {}),
        ...(discovered ? { ServiceRegistries: [{ RegistryArn: att(`${id}Name`, 'Arn') }] } : {}),
      },
    },
  };
}
