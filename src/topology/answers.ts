import type * as ec2 from '@aws-sdk/client-ec2';

/**
 * What a region says of its network: per Describe* operation the answers, page by page, as the SDK returns them or as a
 * folder of recorded JSON holds them. The local region hands in its own; nothing here knows where they are from.
 */
export interface DescribeAnswers {
  readonly DescribeVpcs: readonly Pages<ec2.DescribeVpcsResult>[];
  /** One for each VPC and attribute (`enableDnsSupport`, `enableDnsHostnames`). */
  readonly DescribeVpcAttribute: readonly Pages<ec2.DescribeVpcAttributeResult>[];
  readonly DescribeDhcpOptions: readonly Pages<ec2.DescribeDhcpOptionsResult>[];
  readonly DescribeSubnets: readonly Pages<ec2.DescribeSubnetsResult>[];
  readonly DescribeRouteTables: readonly Pages<ec2.DescribeRouteTablesResult>[];
  readonly DescribeNetworkAcls: readonly Pages<ec2.DescribeNetworkAclsResult>[];
  readonly DescribeSecurityGroups: readonly Pages<ec2.DescribeSecurityGroupsResult>[];
  /** Absent: rules are read from the groups' permissions, and have no ids. */
  readonly DescribeSecurityGroupRules?: readonly Pages<ec2.DescribeSecurityGroupRulesResult>[];
  readonly DescribeNetworkInterfaces: readonly Pages<ec2.DescribeNetworkInterfacesResult>[];
  readonly DescribeInternetGateways: readonly Pages<ec2.DescribeInternetGatewaysResult>[];
  readonly DescribeNatGateways: readonly Pages<ec2.DescribeNatGatewaysResult>[];
  readonly DescribeVpcEndpoints: readonly Pages<ec2.DescribeVpcEndpointsResult>[];
  /** AWS's own lists with their blocks. */
  readonly DescribePrefixLists: readonly Pages<ec2.DescribePrefixListsResult>[];
  /** Every list's name; the blocks of those AWS does not own are not in it. */
  readonly DescribeManagedPrefixLists?: readonly Pages<ec2.DescribeManagedPrefixListsResult>[];
}

/** Recorded answers carry no `$metadata`, and what was read is not written to. */
type Pages<T> = Readonly<T>;

/** All elements of one member over all pages. */
export function collect<T, K extends keyof T>(
  pages: readonly T[] | undefined,
  member: K,
): readonly Element<T[K]>[] {
  const lists = (pages ?? []).map((page) => (page[member] ?? []) as readonly Element<T[K]>[]);
  return lists.length === 1 ? lists[0]! : lists.flat();
}
type Element<L> = NonNullable<L> extends readonly (infer E)[] ? E : never;
