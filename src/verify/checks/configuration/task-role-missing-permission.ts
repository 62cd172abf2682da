import { isUnknown, type System, type TaskDefinition } from '../../../topology/system.ts';
import type { Origin } from '../../../topology/model.ts';
import { allows, allowsSome, type Answer } from '../../iam/allows.ts';
import { askedOf } from '../../iam/arn.ts';
import { isRole, roleOf, type Role } from '../../iam/roles.ts';
import type { Check, Report } from '../../model.ts';
import { cannotTell, found } from '../../report.ts';
import { grantTo, newRole, type Grant } from './grants.ts';
import { onFargate } from './needs.ts';
import { callsIt, hasMasterSecret, isMasterSecret, masterSecretOf, namedBy } from './references.ts';

interface Call {
  readonly variable: string;
  readonly origin: Origin;
  readonly id: string;
  readonly type: string;
}

interface Use {
  readonly service: string;
  readonly exact?: string;
  readonly grant: (id: string) => Grant[];
}
const MASTER_SECRET: Use = {
  service: 'secretsmanager',
  exact: 'secretsmanager:GetSecretValue',
  grant: (id) => [{ actions: ['secretsmanager:GetSecretValue'], resource: masterSecretOf(id) }],
};

/** What a program does with a resource whose name it is given; without `exact`, any action of the service will do. */
const CALLS: Readonly<Record<string, Use>> = {
  'AWS::RDS::DBInstance': MASTER_SECRET,
  'AWS::RDS::DBCluster': MASTER_SECRET,
  'AWS::DocDB::DBCluster': MASTER_SECRET,
  'AWS::SecretsManager::Secret': {
    service: 'secretsmanager',
    exact: 'secretsmanager:GetSecretValue',
    grant: (id) => [{ actions: ['secretsmanager:GetSecretValue'], resource: { Ref: id } }],
  },
  'AWS::SSM::Parameter': {
    service: 'ssm',
    exact: 'ssm:GetParameter',
    grant: (id) => [
      {
        actions: ['ssm:GetParameter', 'ssm:GetParameters'],
        resource: {
          'Fn::Sub': `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/\${${id}}`,
        },
      },
    ],
  },
  'AWS::S3::Bucket': {
    service: 's3',
    grant: (id) => [
      {
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        resource: { 'Fn::Sub': `\${${id}.Arn}/*` },
      },
      { actions: ['s3:ListBucket'], resource: { 'Fn::GetAtt': [id, 'Arn'] } },
    ],
  },
  'AWS::SQS::Queue': {
    service: 'sqs',
    grant: (id) => [
      {
        actions: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        resource: { 'Fn::GetAtt': [id, 'Arn'] },
      },
    ],
  },
  'AWS::SNS::Topic': {
    service: 'sns',
    grant: (id) => [{ actions: ['sns:Publish'], resource: { Ref: id } }],
  },
  'AWS::DynamoDB::Table': {
    service: 'dynamodb',
    grant: (id) => [
      {
        actions: [
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
          'dynamodb:DeleteItem',
          'dynamodb:Query',
          'dynamodb:Scan',
        ],
        resource: { 'Fn::GetAtt': [id, 'Arn'] },
      },
    ],
  },
};

export const taskRoleMissingPermission: Check = {
  id: 'task-role-missing-permission',
  title: 'The task role may use what the program is told to use',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html',
  why: 'The program’s own calls are made with the task role, not with the execution role: “AccessDeniedException: User … is not authorized to perform … because no identity-based policy allows the … action”.',
  *find({ system }) {
    for (const definition of system.taskDefinitions) {
      const calls = callsOf(system, definition);
      if (calls.length === 0) continue;
      const { taskRoleId } = definition;
      if (taskRoleId === undefined) {
        yield* withoutRole(system, definition, calls);
        continue;
      }
      const role = roleOf(system, taskRoleId);
      if (!isRole(role)) yield cannotTell(definition.id, calls[0]!.origin, role.unknown);
      else yield* lacking(system, role, calls, definition);
    }
  },
};

function callsOf(system: System, { containers }: TaskDefinition): Call[] {
  return containers.flatMap(({ properties, environment }) => {
    const written = Array.isArray(properties['Environment']) ? (properties['Environment'] as unknown[]) : [];
    return environment.flatMap(({ name, origin }): Call[] => {
      const value = (written[Number(origin.path.at(-1))] as { readonly Value?: unknown } | undefined)?.Value;
      const named = namedBy(system, value);
      if (named.kind !== 'resource' || !callsIt(value)) return [];
      const { id, type } = named.declared;
      if (hasMasterSecret(type) && !isMasterSecret(value)) return [];
      return Object.hasOwn(CALLS, type) ? [{ variable: name, origin, id, type }] : [];
    });
  });
}

function* withoutRole(system: System, definition: TaskDefinition, calls: readonly Call[]): Iterable<Report> {
  const [first] = calls;
  if (!onFargate(system, definition)) {
    yield cannotTell(definition.id, first!.origin, 'its tasks may have the role of the instance they are on');
    return;
  }
  const names = [...new Map(calls.map((call) => [call.id, call])).values()];
  const Statement = names.flatMap(({ id, type }) =>
    CALLS[type]!.grant(id).map(({ actions, resource }) => ({
      Effect: 'Allow',
      Action: actions,
      Resource: resource,
    })),
  );
  yield found(definition.id, first!.origin, {
    message: `${definition.id} is told of ${names.map(({ id }) => id).join(', ')}, and has no task role to use ${names.length === 1 ? 'it' : 'them'} with`,
    fix: newRole(definition, 'TaskRoleArn', (id) => system.resources.has(id), {
      Policies: [{ PolicyName: 'program', PolicyDocument: { Version: '2012-10-17', Statement } }],
    }),
  });
}

function* lacking(
  system: System,
  role: Role,
  calls: readonly Call[],
  definition: TaskDefinition,
): Iterable<Report> {
  const isResource = (id: string): boolean => system.resources.has(id);
  const seen = new Set<string>();
  for (const { id, type, variable, origin } of calls) {
    if (seen.has(id)) continue;
    seen.add(id);
    const { service, exact, grant } = CALLS[type]!;
    const asked = askedOf(system.resources.get(id)!)!;
    const answer: Answer =
      exact === undefined
        ? allowsSome(role, service, asked, isResource)
        : allows(role, exact, asked, isResource);
    if (answer === 'yes') continue;
    if (isUnknown(answer)) yield cannotTell(definition.id, origin, answer.unknown);
    else if (hasPolicy(system, id))
      yield cannotTell(definition.id, origin, `${id} has a policy of its own, which may allow it`);
    else
      yield found(definition.id, origin, {
        message: `${variable} tells the program of ${id}, and its task role ${role.id} ${exact === undefined ? `allows no action of ${service} with it` : `does not allow ${exact} on it`}`,
        fix: grantTo(role.declared, `use-${id}`, grant(id)),
      });
  }
}

/** In one account a policy of the resource is enough: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
function hasPolicy({ resources }: System, id: string): boolean {
  return [...resources.values()].some(
    ({ type, properties }) =>
      /::(BucketPolicy|QueuePolicy|TopicPolicy|ResourcePolicy)$/.test(type) &&
      JSON.stringify(properties).includes(`"${id}"`),
  );
}
