import { expect, it } from 'vitest';
import { checkText } from '../../testing/check.ts';
import { balancing } from '../balancing/index.ts';
import { compute } from './index.ts';

/** Services in bridge mode on instances: a monolith broken up behind one load balancer, and messages by Service Connect. */
const shop = `
Parameters:
  Image:
    Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>
    Default: /aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.0.0.0/16 }
  PublicA:
    Type: AWS::EC2::Subnet
    Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: !Select [0, !GetAZs ''] }
  PublicB:
    Type: AWS::EC2::Subnet
    Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: !Select [1, !GetAZs ''] }
  Cluster:
    Type: AWS::ECS::Cluster
  Instances:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: { ResourceSignal: { Count: 2, Timeout: PT15M } }
    Properties:
      MinSize: 2
      MaxSize: 4
      VPCZoneIdentifier: [!Ref PublicA, !Ref PublicB]
      LaunchTemplate: { LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber }
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: !Ref Image
        InstanceType: t3.micro
        UserData: !Base64
          Fn::Sub: |
            #!/bin/bash
            echo ECS_CLUSTER=\${Cluster} >> /etc/ecs/ecs.config
            /opt/aws/bin/cfn-signal -e $? --stack \${AWS::StackName} --resource Instances
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: { Subnets: [!Ref PublicA, !Ref PublicB] }
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: 80
      Protocol: HTTP
      DefaultActions:
        - { Type: fixed-response, FixedResponseConfig: { StatusCode: '404' } }
  UsersRule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 1
      Conditions: [{ Field: path-pattern, Values: ['/api/users*'] }]
      Actions: [{ Type: forward, TargetGroupArn: !Ref UsersTargets }]
  UsersTargets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { VpcId: !Ref Vpc, Port: 3000, Protocol: HTTP, HealthCheckPath: /api/users }
  Users:
    Type: AWS::ECS::Service
    DependsOn: UsersRule
    Properties:
      Cluster: !Ref Cluster
      DesiredCount: 2
      TaskDefinition: !Ref UsersTask
      LoadBalancers:
        - { ContainerName: users, ContainerPort: 3000, TargetGroupArn: !Ref UsersTargets }
      ServiceConnectConfiguration: { Enabled: true, Namespace: shop }
  UsersTask:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: bridge
      Cpu: '512'
      Memory: '320'
      RuntimePlatform: { CpuArchitecture: X86_64, OperatingSystemFamily: LINUX }
      ContainerDefinitions:
        - Name: users
          Image: example/users:1
          Cpu: 256
          Memory: 256
          PortMappings: [{ ContainerPort: 3000, HostPort: 0 }]
  Redis:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      DesiredCount: 1
      DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 }
      TaskDefinition: !Ref RedisTask
      ServiceConnectConfiguration:
        Enabled: true
        Namespace: shop
        Services:
          - { PortName: redis, DiscoveryName: redis, ClientAliases: [{ Port: 6379, DnsName: redis }] }
  RedisTask:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: bridge
      Memory: '192'
      RuntimePlatform: { CpuArchitecture: X86_64, OperatingSystemFamily: LINUX }
      ContainerDefinitions:
        - Name: redis
          Image: redis:7
          Memory: 128
          PortMappings: [{ ContainerPort: 6379, Name: redis }]
          MountPoints: [{ SourceVolume: data, ContainerPath: /data }]
      Volumes:
        - Name: data
          DockerVolumeConfiguration: { Driver: local, Scope: shared, Autoprovision: true }
`;
const architectures = new Map([
  ['example/users:1', ['amd64']],
  ['redis:7', ['amd64', 'arm64']],
]);
const check = (text: string) => checkText(text, [...balancing, ...compute], { architectures });

it('says nothing of services on instances as they should be, and leaves nothing open', () => {
  expect(check(shop)).toEqual({ findings: [], unknowns: [] });
});

it.each([
  ['Driver: local', 'Driver: Local', 'volume-driver-case'],
  ['HostPort: 0', 'HostPort: 3000', 'deployment-cannot-proceed'],
  ["Memory: '320'", "Memory: '1024'", 'instance-too-small'],
  ["Cpu: '512'", "Cpu: '384'", 'proxy-resources-missing'],
  ["      Memory: '192'\n", '', 'proxy-resources-missing'],
  ['HealthCheckPath: /api/users }', 'TargetType: ip }', 'target-type-mismatch'],
  ['    DependsOn: UsersRule\n', '', 'target-group-unattached'],
  ['!Select [1, !GetAZs ', '!Select [0, !GetAZs ', 'load-balancer-zones'],
  ['Scope: shared, Autoprovision: true', 'Scope: task', 'state-undecided'],
  ['ContainerPort: 3000, TargetGroupArn', 'ContainerPort: 80, TargetGroupArn', 'container-port-missing'],
])('with %s as %s it finds %s alone', (right, wrong, id) => {
  expect(shop).toContain(right);
  const { findings } = check(shop.replace(right, wrong));
  expect(findings.map((finding) => finding.id)).toEqual([id]);
});
