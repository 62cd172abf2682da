import { wellBehaved } from './program.ts';

export interface Rollout {
  readonly name: string;
  readonly port: number;
  readonly count: number;
  /** Seconds of draining. */
  readonly delay: number;
  readonly command?: readonly string[];
}

const open = { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 1, ToPort: 65_535 };

/** One load balancer, and a service behind each of its listeners. */
export function rolloutsTemplate(rollouts: readonly Rollout[]): string {
  const ref = (Ref: string) => ({ Ref });
  const get = (...path: readonly string[]) => ({ 'Fn::GetAtt': path });
  const zone = (index: number) => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] });
  const subnet = (index: number) => ({
    Type: 'AWS::EC2::Subnet',
    Properties: { VpcId: ref('Vpc'), CidrBlock: `10.9.${index}.0/24`, AvailabilityZone: zone(index) },
  });
  const association = (index: number) => ({
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    Properties: { RouteTableId: ref('Routes'), SubnetId: ref(`Subnet${index}`) },
  });
  const Subnets = [ref('Subnet0'), ref('Subnet1')];
  return JSON.stringify({
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.9.0.0/16', EnableDnsHostnames: true } },
      Gateway: { Type: 'AWS::EC2::InternetGateway' },
      Attachment: {
        Type: 'AWS::EC2::VPCGatewayAttachment',
        Properties: { VpcId: ref('Vpc'), InternetGatewayId: ref('Gateway') },
      },
      Subnet0: subnet(0),
      Subnet1: subnet(1),
      Routes: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('Vpc') } },
      Outward: {
        Type: 'AWS::EC2::Route',
        DependsOn: 'Attachment',
        Properties: {
          RouteTableId: ref('Routes'),
          DestinationCidrBlock: '0.0.0.0/0',
          GatewayId: ref('Gateway'),
        },
      },
      Association0: association(0),
      Association1: association(1),
      Group: {
        Type: 'AWS::EC2::SecurityGroup',
        Properties: { GroupDescription: 'all', VpcId: ref('Vpc'), SecurityGroupIngress: [open] },
      },
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
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy'],
        },
      },
      Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'rollouts' } },
      LoadBalancer: {
        Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
        DependsOn: 'Outward',
        Properties: { Name: 'rollouts', Subnets, SecurityGroups: [ref('Group')] },
      },
      ...Object.assign({}, ...rollouts.map((one) => resourcesOf(one, { ref, get, Subnets }))),
    },
  });
}

interface Words {
  ref(name: string): object;
  get(...path: readonly string[]): object;
  readonly Subnets: readonly object[];
}
function resourcesOf(
  { name, port, count, delay, command = wellBehaved('v1') }: Rollout,
  { ref, get, Subnets }: Words,
) {
  return {
    [`${name}Targets`]: {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties: {
        Name: name,
        TargetType: 'ip',
        Protocol: 'HTTP',
        Port: 8000,
        VpcId: ref('Vpc'),
        HealthCheckIntervalSeconds: 5,
        HealthCheckTimeoutSeconds: 2,
        TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: String(delay) }],
      },
    },
    [`${name}Listener`]: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        LoadBalancerArn: ref('LoadBalancer'),
        Protocol: 'HTTP',
        Port: port,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: ref(`${name}Targets`) }],
      },
    },
    [`${name}Task`]: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        Family: name,
        RequiresCompatibilities: ['FARGATE'],
        NetworkMode: 'awsvpc',
        Cpu: '256',
        Memory: '512',
        ExecutionRoleArn: get('Role', 'Arn'),
        ContainerDefinitions: [
          { Name: 'app', Image: 'node:20-slim', Command: command, PortMappings: [{ ContainerPort: 8000 }] },
        ],
      },
    },
    [`${name}Service`]: {
      Type: 'AWS::ECS::Service',
      DependsOn: [`${name}Listener`, 'Outward', 'Association0', 'Association1'],
      Properties: {
        ServiceName: name,
        Cluster: ref('Cluster'),
        TaskDefinition: ref(`${name}Task`),
        LaunchType: 'FARGATE',
        DesiredCount: count,
        DeploymentConfiguration: {
          DeploymentCircuitBreaker: { Enable: true, Rollback: true },
          MinimumHealthyPercent: 100,
          MaximumPercent: 200,
        },
        LoadBalancers: [{ ContainerName: 'app', ContainerPort: 8000, TargetGroupArn: ref(`${name}Targets`) }],
        NetworkConfiguration: {
          AwsvpcConfiguration: { Subnets, SecurityGroups: [ref('Group')], AssignPublicIp: 'ENABLED' },
        },
      },
    },
  };
}
