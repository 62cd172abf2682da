import { collect } from '../answers.ts';
import { isRecord } from '../from-template/values.ts';
import type { LiveAnswers } from './answers.ts';
import type { Names } from './names.ts';
import { resource, untold, type Resource } from './resource.ts';

/** Names, roles, log groups, secrets and file systems: what tasks need besides the network. */
export function aroundFrom(answers: LiveAnswers, name: Names): Resource[] {
  return [...discovery(answers, name), ...roles(answers), ...stores(answers)];
}

function discovery(answers: LiveAnswers, name: Names): Resource[] {
  const namespaces = collect(answers.ListNamespaces, 'Namespaces').map(({ Id = '', Name, Type }) =>
    Type === 'DNS_PRIVATE'
      ? // Which VPCs the zone is associated with, Route 53 alone tells.
        resource(Id, 'AWS::ServiceDiscovery::PrivateDnsNamespace', {
          Name,
          Vpc: untold('the VPC of the zone'),
        })
      : resource(Id, `AWS::ServiceDiscovery::${Type === 'HTTP' ? 'HttpNamespace' : 'PublicDnsNamespace'}`, {
          Name,
        }),
  );
  const services = (answers.GetService ?? []).flatMap(({ Service }) =>
    Service
      ? [
          resource(name(Service.Arn)!, 'AWS::ServiceDiscovery::Service', {
            Name: Service.Name,
            NamespaceId: Service.NamespaceId,
            DnsConfig: Service.DnsConfig,
          }),
        ]
      : [],
  );
  return [...namespaces, ...services];
}

function roles(answers: LiveAnswers): Resource[] {
  const arns = arnsIn(answers);
  return (answers.GetRole ?? []).flatMap(({ Role }) => {
    const roleName = Role?.RoleName;
    if (roleName === undefined) return [];
    return [
      resource(roleName, 'AWS::IAM::Role', {
        RoleName: roleName,
        AssumeRolePolicyDocument: policy(Role?.AssumeRolePolicyDocument),
        Policies: (answers.GetRolePolicy ?? [])
          .filter(({ RoleName }) => RoleName === roleName)
          .map(({ PolicyName, PolicyDocument }) => ({
            PolicyName,
            PolicyDocument: referring(policy(PolicyDocument), arns),
          })),
        ManagedPolicyArns: (answers.ListAttachedRolePolicies ?? [])
          .filter(({ RoleName }) => RoleName === roleName)
          .flatMap(({ AttachedPolicies = [] }) =>
            AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []),
          ),
      }),
    ];
  });
}

/** ARNs that policies name, with the resource that each is of. */
function arnsIn(answers: LiveAnswers): ReadonlyMap<string, unknown> {
  const groups = collect(answers.DescribeLogGroups, 'logGroups').map(
    ({ arn = '', logGroupName }) => [arn, { 'Fn::GetAtt': [logGroupName, 'Arn'] }] as const,
  );
  const secrets = collect(answers.ListSecrets, 'SecretList').map(
    ({ ARN = '' }) => [ARN, { Ref: ARN }] as const,
  );
  const systems = collect(answers.DescribeFileSystems, 'FileSystems').map(
    ({ FileSystemArn = '', FileSystemId }) =>
      [FileSystemArn, { 'Fn::GetAtt': [FileSystemId, 'Arn'] }] as const,
  );
  return new Map<string, unknown>([...groups, ...secrets, ...systems]);
}

/** A document that refers to resources as one in a template does. */
function referring(value: unknown, arns: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') return arns.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => referring(item, arns));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, referring(member, arns)]));
}

/** IAM sends documents as URL-encoded JSON: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
function policy(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.startsWith('{') ? text : decodeURIComponent(text)) as unknown;
  } catch {
    return untold('a policy that cannot be read');
  }
}

function stores(answers: LiveAnswers): Resource[] {
  const groups = collect(answers.DescribeLogGroups, 'logGroups').map(({ logGroupName = '' }) =>
    resource(logGroupName, 'AWS::Logs::LogGroup', { LogGroupName: logGroupName }),
  );
  const secrets = collect(answers.ListSecrets, 'SecretList').map(({ ARN = '', Name }) =>
    resource(ARN, 'AWS::SecretsManager::Secret', { Name }),
  );
  const systems = collect(answers.DescribeFileSystems, 'FileSystems').map(({ FileSystemId = '' }) =>
    resource(FileSystemId, 'AWS::EFS::FileSystem', {}),
  );
  const targets = collect(answers.DescribeMountTargets, 'MountTargets').map((target) =>
    resource(target.MountTargetId ?? '', 'AWS::EFS::MountTarget', {
      FileSystemId: target.FileSystemId,
      SubnetId: target.SubnetId,
      SecurityGroups: (answers.DescribeMountTargetSecurityGroups ?? []).find(
        ({ MountTargetId }) => MountTargetId === target.MountTargetId,
      )?.SecurityGroups,
    }),
  );
  return [...groups, ...secrets, ...systems, ...targets];
}
