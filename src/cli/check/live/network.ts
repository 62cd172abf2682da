import {
  DescribeDhcpOptionsCommand,
  DescribeInternetGatewaysCommand,
  DescribeManagedPrefixListsCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribePrefixListsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type EC2ClientConfig,
} from '@aws-sdk/client-ec2';
import type { DescribeAnswers } from '../../../topology/answers.ts';
import type { LiveAnswers } from '../../../topology/from-live/answers.ts';
import { each, pagesOf } from './pages.ts';

/** The network; without all of it nothing can be said. */
export async function askNetwork(settings: EC2ClientConfig): Promise<DescribeAnswers> {
  const ec2 = new EC2Client(settings);
  const [vpcs, ...rest] = await Promise.all([
    pagesOf((more) => ec2.send(new DescribeVpcsCommand(more))),
    pagesOf((more) => ec2.send(new DescribeDhcpOptionsCommand(more))),
    pagesOf((more) => ec2.send(new DescribeSubnetsCommand(more))),
    pagesOf((more) => ec2.send(new DescribeRouteTablesCommand(more))),
    pagesOf((more) => ec2.send(new DescribeNetworkAclsCommand(more))),
    pagesOf((more) => ec2.send(new DescribeSecurityGroupsCommand(more))),
    pagesOf((more) => ec2.send(new DescribeSecurityGroupRulesCommand(more))),
    pagesOf((more) => ec2.send(new DescribeNetworkInterfacesCommand(more))),
    pagesOf((more) => ec2.send(new DescribeInternetGatewaysCommand(more))),
    pagesOf((more) => ec2.send(new DescribeNatGatewaysCommand(more))),
    pagesOf((more) => ec2.send(new DescribeVpcEndpointsCommand(more))),
    pagesOf((more) => ec2.send(new DescribePrefixListsCommand(more))),
    pagesOf((more) => ec2.send(new DescribeManagedPrefixListsCommand(more))),
  ]);
  const ids = vpcs.flatMap(({ Vpcs = [] }) => Vpcs.flatMap(({ VpcId }) => VpcId ?? []));
  const attributes = await each(
    ids.flatMap((VpcId) =>
      (['enableDnsSupport', 'enableDnsHostnames'] as const).map((Attribute) => ({ VpcId, Attribute })),
    ),
    (input) => pagesOf(() => ec2.send(new DescribeVpcAttributeCommand(input))),
  );
  ec2.destroy();
  const [dhcp, subnets, tables, acls, groups, rules, interfaces, gateways, nat, endpoints, lists, managed] =
    rest;
  return {
    DescribeVpcs: vpcs,
    DescribeVpcAttribute: attributes.flat(),
    DescribeDhcpOptions: dhcp,
    DescribeSubnets: subnets,
    DescribeRouteTables: tables,
    DescribeNetworkAcls: acls,
    DescribeSecurityGroups: groups,
    DescribeSecurityGroupRules: rules,
    DescribeNetworkInterfaces: interfaces,
    DescribeInternetGateways: gateways,
    DescribeNatGateways: nat,
    DescribeVpcEndpoints: endpoints,
    DescribePrefixLists: lists,
    DescribeManagedPrefixLists: managed,
  } as DescribeAnswers;
}

export async function askPeerings(settings: EC2ClientConfig): Promise<Partial<LiveAnswers>> {
  const ec2 = new EC2Client(settings);
  return {
    DescribeVpcPeeringConnections: await pagesOf((more) =>
      ec2.send(new DescribeVpcPeeringConnectionsCommand(more)),
    ),
  };
}
