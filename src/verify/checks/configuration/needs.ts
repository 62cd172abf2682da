import { isRecord } from '../../../topology/from-template/values.ts';
import { isUnknown, known, type System, type TaskDefinition } from '../../../topology/system.ts';
import { askedOf, textOf, type Asked } from '../../iam/arn.ts';
import { hasMasterSecret, isMasterSecret, masterSecretOf, namedBy } from './references.ts';

/** Actions that an execution role has to be allowed, and what for. */
export interface Need {
  readonly actions: readonly string[];
  readonly asked: Asked;
  /** As a policy of the template would name it. */
  readonly resource: unknown;
  /** `to pull the image of web`. */
  readonly purpose: string;
  /** Without an execution role the instance's role does it, where there is an instance. */
  readonly byInstance: boolean;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html */
export function needsOf(system: System, { containers }: TaskDefinition): Need[] {
  return containers.flatMap((container): Need[] => {
    const name = known(container.name) ?? 'a container';
    const needs: Need[] = [];
    const image = container.properties['Image'];
    if (isPrivate(system, image)) {
      const to = { purpose: `to pull the image of ${name}`, byInstance: true };
      const asked = { arn: 'arn:aws:ecr:*:*:repository/*' };
      needs.push({ actions: ['ecr:GetAuthorizationToken'], asked: { arn: '*' }, resource: '*', ...to });
      needs.push({
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
        asked: repositoryOf(system, image) ?? asked,
        resource: '*',
        ...to,
      });
    }
    if (container.logDriver === 'awslogs') {
      const group = container.logOptions['awslogs-group'];
      const creates = String(container.logOptions['awslogs-create-group']) === 'true';
      const named = namedBy(system, group);
      const own = named.kind === 'resource' ? askedOf(named.declared) : undefined;
      const text = named.kind === 'text' ? named.text : '*';
      needs.push({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', ...(creates ? ['logs:CreateLogGroup'] : [])],
        asked: own ?? { arn: `arn:aws:logs:*:*:log-group:${text}:*` },
        resource: named.kind === 'resource' ? { 'Fn::GetAtt': [named.declared.id, 'Arn'] } : '*',
        purpose: `to write the log of ${name}`,
        byInstance: true,
      });
    }
    const credentials = container.properties['RepositoryCredentials'];
    const secrets = [
      ...container.secrets.map(({ name: variable, valueFrom }) => ({
        valueFrom,
        purpose: `to read ${variable} of ${name}`,
      })),
      ...(isRecord(credentials)
        ? [
            {
              valueFrom: credentials['CredentialsParameter'],
              purpose: `to log in where the image of ${name} is`,
            },
          ]
        : []),
    ];
    for (const { valueFrom, purpose } of secrets) needs.push(...secretNeed(system, valueFrom, purpose));
    return needs;
  });
}

/** Whether an image is in a private registry of ECR. */
function isPrivate(system: System, image: unknown): boolean {
  const text = textOf(image);
  if (/\.dkr\.ecr[.-]/.test(text)) return true;
  return repositoryOf(system, image) !== undefined;
}

function repositoryOf(system: System, image: unknown): Asked | undefined {
  const id =
    /⟦([^⟧.]*)\.RepositoryUri⟧/.exec(textOf(image))?.[1] ??
    /\.dkr\.ecr.*\/⟦([^⟧.]+)⟧/.exec(textOf(image))?.[1];
  const declared = id === undefined ? undefined : system.resources.get(id);
  return declared?.type === 'AWS::ECR::Repository' ? askedOf(declared) : undefined;
}

function secretNeed(system: System, valueFrom: unknown, purpose: string): Need[] {
  const target = namedBy(system, valueFrom);
  const base = { purpose, byInstance: false };
  if (target.kind === 'resource') {
    const { declared } = target;
    const asked = askedOf(declared);
    if (declared.type === 'AWS::SecretsManager::Secret')
      return [
        {
          actions: ['secretsmanager:GetSecretValue'],
          asked: asked!,
          resource: { Ref: declared.id },
          ...base,
        },
      ];
    if (hasMasterSecret(declared.type) && isMasterSecret(valueFrom))
      return [
        {
          actions: ['secretsmanager:GetSecretValue'],
          asked: asked!,
          resource: masterSecretOf(declared.id),
          ...base,
        },
      ];
    if (declared.type === 'AWS::SSM::Parameter')
      return [
        {
          actions: ['ssm:GetParameters'],
          asked: asked!,
          resource: {
            'Fn::Sub': `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/\${${declared.id}}`,
          },
          ...base,
        },
      ];
    return [];
  }
  if (target.kind === 'unknown') return [];
  const { text } = target;
  if (/^arn:[^:]*:secretsmanager:/.test(text)) {
    const named = text.split(':').slice(0, 7).join(':');
    // A partial ARN is the whole one to a policy: https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
    const arn = /-[A-Za-z0-9]{6}$/.test(named) ? named : `${named}-??????`;
    return [{ actions: ['secretsmanager:GetSecretValue'], asked: { arn }, resource: arn, ...base }];
  }
  const isArn = /^arn:[^:]*:ssm:/.test(text);
  const arn = isArn ? text : `arn:aws:ssm:*:*:parameter/${text.replace(/^\//, '')}`;
  const resource = isArn
    ? text
    : {
        'Fn::Sub': `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/${text.replace(/^\//, '')}`,
      };
  return text.includes('⟦') ? [] : [{ actions: ['ssm:GetParameters'], asked: { arn }, resource, ...base }];
}

export const onFargate = (system: System, definition: TaskDefinition): boolean =>
  definition.compatibilities.includes('FARGATE') ||
  system.services.some(
    ({ taskDefinitionId, launchType }) =>
      !isUnknown(taskDefinitionId) && taskDefinitionId === definition.id && launchType === 'FARGATE',
  );
