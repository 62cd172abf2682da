import type * as logs from '@aws-sdk/client-cloudwatch-logs';
import type * as ec2 from '@aws-sdk/client-ec2';
import type * as ecs from '@aws-sdk/client-ecs';
import type * as efs from '@aws-sdk/client-efs';
import type * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type * as iam from '@aws-sdk/client-iam';
import type * as secrets from '@aws-sdk/client-secrets-manager';
import type * as discovery from '@aws-sdk/client-servicediscovery';
import type { DescribeAnswers } from '../answers.ts';

/**
 * What a region says of everything that stands in it: per operation the answers, page by page, as the SDK returns them or as a folder
 * of recorded JSON holds them.
 */
export interface LiveAnswers extends DescribeAnswers {
  readonly DescribeVpcPeeringConnections?: readonly Partial<ec2.DescribeVpcPeeringConnectionsResult>[];
  /** Of ECS. */
  readonly DescribeServices?: readonly Partial<ecs.DescribeServicesCommandOutput>[];
  readonly DescribeTaskDefinition?: readonly Partial<ecs.DescribeTaskDefinitionCommandOutput>[];
  readonly DescribeLoadBalancers?: readonly Partial<elb.DescribeLoadBalancersCommandOutput>[];
  readonly DescribeListeners?: readonly Partial<elb.DescribeListenersCommandOutput>[];
  readonly DescribeRules?: readonly Partial<elb.DescribeRulesCommandOutput>[];
  readonly DescribeTargetGroups?: readonly Partial<elb.DescribeTargetGroupsCommandOutput>[];
  readonly ListNamespaces?: readonly Partial<discovery.ListNamespacesCommandOutput>[];
  /** Of Cloud Map, one for each service: the list does not tell the namespace. */
  readonly GetService?: readonly Partial<discovery.GetServiceCommandOutput>[];
  readonly GetRole?: readonly Partial<iam.GetRoleCommandOutput>[];
  readonly GetRolePolicy?: readonly Partial<iam.GetRolePolicyCommandOutput>[];
  /** With the name of the role that was asked for, which the answer lacks. */
  readonly ListAttachedRolePolicies?: readonly (Partial<iam.ListAttachedRolePoliciesCommandOutput> & {
    readonly RoleName?: string;
  })[];
  readonly DescribeLogGroups?: readonly Partial<logs.DescribeLogGroupsCommandOutput>[];
  readonly ListSecrets?: readonly Partial<secrets.ListSecretsCommandOutput>[];
  readonly DescribeFileSystems?: readonly Partial<efs.DescribeFileSystemsCommandOutput>[];
  readonly DescribeMountTargets?: readonly Partial<efs.DescribeMountTargetsCommandOutput>[];
  /** With the id of the mount target that was asked for, which the answer lacks. */
  readonly DescribeMountTargetSecurityGroups?: readonly (Partial<efs.DescribeMountTargetSecurityGroupsCommandOutput> & {
    readonly MountTargetId?: string;
  })[];
}
