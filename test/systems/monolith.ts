import { fixture, type System } from './system.ts';

export const monolith: readonly System[] = [
  {
    name: 'monolith',
    text: fixture('monolith'),
    untold: ['a health check path that your program does not serve'],
    mistakes: [
      {
        name: 'targets missing from the target group',
        changes: [{ resource: 'UsersRule' }],
        finds: [
          {
            id: 'target-group-unattached',
            resource: 'UsersService',
            line: 'TargetGroupArn: !Ref UsersTargets',
          },
        ],
      },
      {
        name: 'the host ports closed to the load balancer',
        changes: [
          {
            resource: 'InstanceGroup',
            from: 'FromPort: 32768\n          ToPort: 65535',
            to: 'FromPort: 3000\n          ToPort: 3000',
          },
        ],
        finds: [
          { id: 'bridge-ephemeral-range-closed', resource: 'InstanceGroup', line: 'SecurityGroupIngress:' },
        ],
      },
      {
        name: 'a memory reservation that no instance can hold',
        changes: [{ resource: 'UsersTask', from: 'MemoryReservation: 128', to: 'MemoryReservation: 2048' }],
        finds: [{ id: 'instance-too-small', resource: 'UsersTask', line: 'MemoryReservation: 2048' }],
      },
      {
        name: 'A records in bridge mode',
        changes: [
          {
            resource: 'UsersService',
            from: '      LaunchType: EC2\n',
            to: '      LaunchType: EC2\n      ServiceRegistries:\n        - RegistryArn: !GetAtt UsersName.Arn\n          ContainerName: users\n          ContainerPort: 3000\n',
          },
          {
            resource: 'UsersTargets',
            from: '  UsersTargets:\n',
            to: `  Namespace:
    Type: AWS::ServiceDiscovery::PrivateDnsNamespace
    Properties: { Name: local, Vpc: !Ref Vpc }
  UsersName:
    Type: AWS::ServiceDiscovery::Service
    Properties:
      Name: users
      NamespaceId: !Ref Namespace
      DnsConfig:
        DnsRecords:
          - { Type: A, TTL: 10 }
  UsersTargets:
`,
          },
        ],
        finds: [{ id: 'target-type-mismatch', resource: 'UsersName', line: 'Type: A,' }],
      },
    ],
  },
  {
    name: 'monolith-fargate',
    text: fixture('monolith-fargate'),
    mistakes: [
      {
        name: 'a health check path that answers 404',
        changes: [{ resource: 'NginxTargets', from: 'HealthCheckPath: /', to: 'HealthCheckPath: /health' }],
        finds: [
          { id: 'health-check-never-passes', resource: 'NginxTargets', line: 'HealthCheckPath: /health' },
        ],
      },
      {
        name: 'no NAT gateway for pulls',
        changes: [{ resource: 'PrivateTableDefault' }],
        finds: [{ id: 'image-unreachable', resource: 'PrivateTable', line: 'PrivateTable:' }],
      },
      {
        name: 'a group that lets the tasks not call each other',
        changes: [{ resource: 'TaskGroupAmong' }],
        finds: [
          { id: 'service-unreachable', resource: 'TaskGroup', line: 'SecurityGroupIngress:' },
          { id: 'service-unreachable', resource: 'TaskGroup', line: 'SecurityGroupIngress:' },
        ],
      },
    ],
  },
];
