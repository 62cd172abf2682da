import { fixture, type System } from './system.ts';

export const shop: readonly System[] = [
  {
    name: 'shop',
    text: fixture('shop'),
    untold: ['a health check path that your program does not serve'],
    mistakes: [
      {
        name: 'neither endpoint nor NAT gateway',
        changes: [{ resource: 'SecretsEndpoint' }],
        finds: [{ id: 'secrets-unreachable', resource: 'PrivateTable', line: 'PrivateTable:' }],
      },
      {
        name: 'the group of the endpoint closed to the task',
        changes: [
          {
            resource: 'SecretsEndpoint',
            from: '[!Ref EndpointGroup]',
            to: '[!Ref BackendGroup]',
          },
        ],
        finds: [
          { id: 'secrets-unreachable', resource: 'BackendGroup', line: 'SecurityGroupIngress:' },
          { id: 'secrets-unreachable', resource: 'BackendGroup', line: 'SecurityGroupIngress:' },
        ],
      },
      {
        name: 'a task role without secretsmanager:GetSecretValue',
        changes: [
          {
            resource: 'TaskRole',
            from: 'secretsmanager:GetSecretValue',
            to: 'secretsmanager:DescribeSecret',
          },
        ],
        finds: [
          { id: 'task-role-missing-permission', resource: 'AuthTask', line: 'DB_SECRET' },
          { id: 'task-role-missing-permission', resource: 'BackendTask', line: 'DB_SECRET' },
        ],
      },
      {
        name: 'the old address of auth',
        changes: [{ resource: 'BackendTask', from: 'auth.shop.local', to: 'login.shop.local' }],
        finds: [{ id: 'name-does-not-resolve', resource: 'BackendTask', line: 'login.shop.local' }],
      },
      {
        name: 'exec without permissions',
        changes: [{ resource: 'TaskRole', from: 'ssmmessages:OpenDataChannel' }],
        finds: [{ id: 'exec-permission-missing', resource: 'AuthService', line: 'EnableExecuteCommand' }],
      },
      {
        name: 'exec without a path',
        changes: [{ resource: 'ExecEndpoint' }],
        finds: [{ id: 'exec-unreachable', resource: 'PrivateTable', line: 'PrivateTable:' }],
      },
    ],
  },
  {
    name: 'shop-instances',
    text: fixture('shop-instances'),
    mistakes: [
      {
        name: 'more memory than any instance has',
        changes: [{ resource: 'BackendTask', from: "Memory: '512'", to: "Memory: '4096'" }],
        finds: [{ id: 'instance-too-small', resource: 'BackendTask', line: "Memory: '4096'" }],
      },
      {
        name: 'no network interfaces left',
        changes: [{ resource: 'AuthService', from: 'DesiredCount: 2', to: 'DesiredCount: 6' }],
        finds: [
          { id: 'instance-out-of-enis', resource: 'Instances', in: 'LaunchTemplate', line: 'InstanceType' },
        ],
      },
      {
        name: 'targets of type ip in host mode',
        changes: [{ resource: 'BackendTargets', from: 'TargetType: instance', to: 'TargetType: ip' }],
        finds: [{ id: 'target-type-mismatch', resource: 'BackendTargets', line: 'TargetType: ip' }],
      },
    ],
  },
];
