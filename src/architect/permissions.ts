import type { Service } from '../compose/app.ts';
import { getAtt, resource, sub, type Resources } from './intrinsics.ts';
import { logicalId } from './naming.ts';
import type { Plan } from './plan.ts';
import { mountStatements } from './state/file-systems.ts';
import { secretResource } from './state/secrets.ts';
import { infrastructureRole } from './state/task-volumes.ts';
import { members, type Task } from './tasks.ts';

const trust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
};

/** These know no resource, and write to the root: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html */
export const takesExec = ({ readonlyRoot }: Service): boolean => !readonlyRoot;
const EXEC = {
  PolicyName: 'exec',
  PolicyDocument: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        Resource: '*',
      },
    ],
  },
};

/**
 * The execution role pulls images, reads secrets and writes logs, and only those of this project; a task role is what the program
 * itself may do: take `fairway exec`, where it can, mount its volumes, and what the file says.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export function permissions(plan: Plan): Resources {
  return {
    ExecutionRole: resource('the role that starts tasks', 'AWS::IAM::Role', {
      AssumeRolePolicyDocument: trust,
      Policies: [
        {
          PolicyName: 'start-tasks',
          PolicyDocument: { Version: '2012-10-17', Statement: startStatements(plan) },
        },
      ],
    }),
    ...Object.fromEntries(
      plan.tasks.map((task) => [logicalId.taskRole(task.owner.name), taskRole(plan, task)]),
    ),
    ...infrastructureRole(plan),
  };
}

function startStatements({ services, secrets, target }: Plan): unknown[] {
  const pullsFromEcr = services.some(
    ({ build, image }) => build !== undefined || /\.dkr\.ecr\./.test(image?.value ?? ''),
  );
  const readable = [
    ...secrets.map(secretResource),
    ...(target === 'aws'
      ? [...new Set(services.flatMap(({ settings }) => settings.pullCredentials?.value ?? []))]
      : []),
  ];
  return [
    ...(pullsFromEcr
      ? [
          // This action knows no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
          { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
          {
            Effect: 'Allow',
            Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
            Resource: sub('arn:${AWS::Partition}:ecr:*:${AWS::AccountId}:repository/*'),
          },
        ]
      : []),
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: services.map(({ name }) => getAtt(logicalId.logGroup(name), 'Arn')),
    },
    ...(readable.length > 0
      ? [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: readable }]
      : []),
  ];
}

function taskRole(plan: Plan, task: Task) {
  const { name } = task.owner;
  const all = members(task);
  const mounts = mountStatements(plan, name);
  const policies = [
    ...(all.every(takesExec) ? [EXEC] : []),
    ...(mounts.length > 0
      ? [{ PolicyName: 'volumes', PolicyDocument: { Version: '2012-10-17', Statement: mounts } }]
      : []),
    ...all.flatMap((service) =>
      service.settings.role
        ? [{ PolicyName: `role-of-${service.name}`, PolicyDocument: service.settings.role.value }]
        : [],
    ),
  ];
  const managed = [...new Set(all.flatMap(({ settings }) => settings.policies.map(({ value }) => value)))];
  return resource(`${name}: the role of its program`, 'AWS::IAM::Role', {
    AssumeRolePolicyDocument: trust,
    ...(managed.length > 0 ? { ManagedPolicyArns: managed } : {}),
    ...(policies.length > 0 ? { Policies: policies } : {}),
  });
}
