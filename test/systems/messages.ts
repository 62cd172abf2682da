import { fixture, type System } from './system.ts';

export const messages: readonly System[] = [
  {
    name: 'messages',
    text: fixture('messages'),
    mistakes: [
      {
        name: 'Local as driver',
        changes: [{ resource: 'RedisTask', from: 'Driver: local', to: 'Driver: Local' }],
        finds: [{ id: 'volume-driver-case', resource: 'RedisTask', line: 'Driver: Local' }],
      },
      {
        name: 'awsvpc tasks on instances in a public subnet',
        changes: [
          { resource: 'ArchiveTask', from: 'NetworkMode: bridge', to: 'NetworkMode: awsvpc' },
          { resource: 'ArchiveTask', from: ', HostPort: 0', to: '' },
          {
            resource: 'ArchiveService',
            from: '      LaunchType: EC2\n',
            to: '      LaunchType: EC2\n      NetworkConfiguration:\n        AwsvpcConfiguration:\n          Subnets: [!Ref PublicA]\n          SecurityGroups: [!Ref InstanceGroup]\n',
          },
        ],
        finds: [{ id: 'public-address-useless', resource: 'ArchiveService', line: 'Subnets' }],
      },
      {
        name: 'memory above what a t3.micro offers',
        changes: [{ resource: 'MessagesTask', from: "Memory: '256'", to: "Memory: '1024'" }],
        finds: [{ id: 'instance-too-small', resource: 'MessagesTask', line: "Memory: '1024'" }],
      },
      {
        name: 'nothing reserved for the proxy',
        changes: [{ resource: 'MessagesTask', from: "Memory: '256'", to: "Memory: '128'" }],
        finds: [{ id: 'proxy-resources-missing', resource: 'MessagesTask', line: "Memory: '128'" }],
      },
      {
        name: 'a data directory that is not empty',
        changes: [{ resource: 'ArchiveTask', from: '/data/messages', to: '/data' }],
        finds: [{ id: 'data-directory-not-empty', resource: 'ArchiveTask', line: 'ContainerPath' }],
      },
      {
        name: 'the proxy’s ports closed',
        changes: [{ resource: 'InstanceGroupAmong' }],
        finds: [
          { id: 'bridge-ephemeral-range-closed', resource: 'InstanceGroup', line: 'SecurityGroupIngress:' },
        ],
      },
    ],
  },
  {
    name: 'messages-instances',
    text: fixture('messages-instances'),
    mistakes: [
      {
        name: 'a volume in another zone',
        changes: [{ resource: 'RedisData', from: '!Select [1, ', to: '!Select [2, ' }],
        finds: [{ id: 'volume-zone', resource: 'RedisData', line: 'AvailabilityZone' }],
      },
    ],
  },
];
