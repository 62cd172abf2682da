import { fixture, type System } from './system.ts';

export const todo: readonly System[] = [
  {
    name: 'todo',
    text: fixture('todo'),
    untold: [
      'a health check path that your program does not serve',
      'a hard limit below what the program needs',
    ],
    mistakes: [
      {
        name: 'a database that is reachable from nowhere',
        changes: [
          {
            resource: 'DatabaseGroup',
            from: 'SourceSecurityGroupId: !Ref TaskGroup',
            to: 'SourceSecurityGroupId: !Ref BalancerGroup',
          },
        ],
        finds: [{ id: 'database-unreachable', resource: 'DatabaseGroup', line: 'SecurityGroupIngress:' }],
      },
      {
        name: 'a database that is reachable from everywhere',
        changes: [
          {
            resource: 'DatabaseGroup',
            from: 'SourceSecurityGroupId: !Ref TaskGroup',
            to: 'CidrIp: 0.0.0.0/0',
          },
        ],
        finds: [{ id: 'database-open-to-world', resource: 'DatabaseGroup', line: '- IpProtocol' }],
      },
      {
        name: 'a hard limit above what the task has',
        changes: [{ resource: 'TodoTask', from: 'Memory: 500', to: 'Memory: 600' }],
        finds: [{ id: 'container-exceeds-task', resource: 'TodoTask', line: 'Memory: 600' }],
      },
    ],
  },
];
