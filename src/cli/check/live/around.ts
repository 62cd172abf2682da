import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  type CloudWatchLogsClientConfig,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  DescribeMountTargetSecurityGroupsCommand,
  EFSClient,
  type EFSClientConfig,
} from '@aws-sdk/client-efs';
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  type IAMClientConfig,
} from '@aws-sdk/client-iam';
import {
  ListSecretsCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import {
  GetServiceCommand,
  ListNamespacesCommand,
  ListServicesCommand,
  ServiceDiscoveryClient,
  type ServiceDiscoveryClientConfig,
} from '@aws-sdk/client-servicediscovery';
import type { LiveAnswers } from '../../../topology/from-live/answers.ts';
import { each, pagesOf } from './pages.ts';

/** Names of Cloud Map. */
export async function askNames(settings: ServiceDiscoveryClientConfig): Promise<Partial<LiveAnswers>> {
  const client = new ServiceDiscoveryClient(settings);
  const namespaces = await pagesOf((more) => client.send(new ListNamespacesCommand(more)));
  const services = await pagesOf((more) => client.send(new ListServicesCommand(more)));
  const ids = services.flatMap(({ Services = [] }) => Services.flatMap(({ Id }) => Id ?? []));
  const details = await each(ids, (Id) => pagesOf(() => client.send(new GetServiceCommand({ Id }))));
  client.destroy();
  return { ListNamespaces: namespaces, GetService: details.flat() };
}

/** The roles that task definitions name, with what they allow. */
export async function askRoles(
  settings: IAMClientConfig,
  definitions: LiveAnswers['DescribeTaskDefinition'],
): Promise<Partial<LiveAnswers>> {
  const client = new IAMClient(settings);
  const arns = (definitions ?? []).flatMap(({ taskDefinition }) =>
    [taskDefinition?.executionRoleArn, taskDefinition?.taskRoleArn].flatMap((arn) => arn ?? []),
  );
  const names = [...new Set(arns)].map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
  const answers = await each(names, async (RoleName) => {
    const inline = await pagesOf((more) => client.send(new ListRolePoliciesCommand({ RoleName, ...more })));
    return {
      GetRole: await pagesOf(() => client.send(new GetRoleCommand({ RoleName }))),
      GetRolePolicy: await each(
        inline.flatMap(({ PolicyNames = [] }) => PolicyNames),
        (PolicyName) => pagesOf(() => client.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
      ),
      ListAttachedRolePolicies: (
        await pagesOf((more) => client.send(new ListAttachedRolePoliciesCommand({ RoleName, ...more })))
      ).map((page) => ({ ...page, RoleName })),
    };
  });
  client.destroy();
  return {
    GetRole: answers.flatMap(({ GetRole }) => GetRole),
    GetRolePolicy: answers.flatMap(({ GetRolePolicy }) => GetRolePolicy.flat()),
    ListAttachedRolePolicies: answers.flatMap(({ ListAttachedRolePolicies }) => ListAttachedRolePolicies),
  };
}

export async function askLogGroups(settings: CloudWatchLogsClientConfig): Promise<Partial<LiveAnswers>> {
  const client = new CloudWatchLogsClient(settings);
  return { DescribeLogGroups: await pagesOf((more) => client.send(new DescribeLogGroupsCommand(more))) };
}

/** Names of secrets, never their values. */
export async function askSecrets(settings: SecretsManagerClientConfig): Promise<Partial<LiveAnswers>> {
  const client = new SecretsManagerClient(settings);
  return { ListSecrets: await pagesOf((more) => client.send(new ListSecretsCommand(more))) };
}

export async function askFiles(settings: EFSClientConfig): Promise<Partial<LiveAnswers>> {
  const client = new EFSClient(settings);
  const systems = await pagesOf((more) => client.send(new DescribeFileSystemsCommand(more)));
  const ids = systems.flatMap(({ FileSystems = [] }) =>
    FileSystems.flatMap(({ FileSystemId }) => FileSystemId ?? []),
  );
  const targets = (
    await each(ids, (FileSystemId) =>
      pagesOf((more) => client.send(new DescribeMountTargetsCommand({ FileSystemId, ...more }))),
    )
  ).flat();
  const targetIds = targets.flatMap(({ MountTargets = [] }) =>
    MountTargets.flatMap(({ MountTargetId }) => MountTargetId ?? []),
  );
  const groups = await each(targetIds, async (MountTargetId) => {
    const pages = await pagesOf(() =>
      client.send(new DescribeMountTargetSecurityGroupsCommand({ MountTargetId })),
    );
    return pages.map((page) => ({ ...page, MountTargetId }));
  });
  client.destroy();
  return {
    DescribeFileSystems: systems,
    DescribeMountTargets: targets,
    DescribeMountTargetSecurityGroups: groups.flat(),
  };
}
