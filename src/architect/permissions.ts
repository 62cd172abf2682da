import type { Service } from '../compose/app.ts';
import { getAtt, resource, sub, type Resources } from './intrinsics.ts';
import { logicalId } from './naming.ts';
import type { Plan } from './plan.ts';

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
 * The execution role pulls images and writes logs, and only those of this project; a task role is what the program itself may
 * do: take `fairway exec`, where it can, and nothing else.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export function permissions({ services }: Plan): Resources {
  const pullsFromEcr = services.some(
    ({ build, image }) => build !== undefined || /\.dkr\.ecr\./.test(image?.value ?? ''),
  );
  const statements = [
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
  ];
  return {
    ExecutionRole: resource('the role that starts tasks', 'AWS::IAM::Role', {
      AssumeRolePolicyDocument: trust,
      Policies: [
        { PolicyName: 'start-tasks', PolicyDocument: { Version: '2012-10-17', Statement: statements } },
      ],
    }),
    ...Object.fromEntries(
      services.map((service) => [
        logicalId.taskRole(service.name),
        resource(`${service.name}: the role of its program`, 'AWS::IAM::Role', {
          AssumeRolePolicyDocument: trust,
          ...(takesExec(service) ? { Policies: [EXEC] } : {}),
        }),
      ]),
    ),
  };
}
