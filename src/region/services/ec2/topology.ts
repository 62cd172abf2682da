import type { DescribeAnswers } from '../../../topology/answers.ts';
import { topologyFromDescribe } from '../../../topology/from-describe.ts';
import type { Topology } from '../../../topology/model.ts';
import { dhcpItem } from './dhcp-options.ts';
import { gatewayItem } from './internet-gateways.ts';
import { natItem } from './nat-gateways.ts';
import { aclItem } from './network-acls.ts';
import { interfaceItem } from './network-interface-items.ts';
import { managedItem, prefixListItem, prefixListsOf } from './prefix-lists.ts';
import type { Kind, Kinds } from './records.ts';
import { tableItem } from './route-tables.ts';
import { ruleItem } from './security-group-rules.ts';
import { groupItem } from './security-groups.ts';
import type { Ec2 } from './state.ts';
import { subnetItem } from './subnets.ts';
import { endpointItem } from './vpc-endpoints.ts';
import { vpcItem } from './vpcs.ts';

/** The topology of what the Describe calls answer now; made anew only after a write. */
export function topologyOf(ec2: Ec2): () => Topology {
  let made: { readonly version: number; readonly topology: Topology } | undefined;
  return () => {
    const version = ec2.version();
    if (made?.version !== version) made = { version, topology: topologyFromDescribe(answersOf(ec2)) };
    return made.topology;
  };
}

/** What every Describe call would answer without filters, from the very functions that its handler uses. */
export function answersOf(ec2: Ec2): DescribeAnswers {
  const all = <K extends Kind, D>(kind: K, item: (ec2: Ec2, record: Readonly<Kinds[K]>) => D): D[] =>
    Array.from(ec2.tables[kind].values() as Iterable<Readonly<Kinds[K]>>, (record) => item(ec2, record));
  const lists = prefixListsOf(ec2);
  return {
    DescribeVpcs: [{ Vpcs: all('vpc', vpcItem) }],
    DescribeVpcAttribute: all('vpc', (_ec2, { id, dnsSupport, dnsHostnames }) => ({
      VpcId: id,
      EnableDnsSupport: { Value: dnsSupport },
      EnableDnsHostnames: { Value: dnsHostnames },
    })),
    DescribeDhcpOptions: [{ DhcpOptions: all('dhcp-options', dhcpItem) }],
    DescribeSubnets: [{ Subnets: all('subnet', subnetItem) }],
    DescribeRouteTables: [{ RouteTables: all('route-table', tableItem) }],
    DescribeNetworkAcls: [{ NetworkAcls: all('network-acl', aclItem) }],
    DescribeSecurityGroups: [{ SecurityGroups: all('security-group', groupItem) }],
    DescribeSecurityGroupRules: [{ SecurityGroupRules: all('security-group-rule', ruleItem) }],
    DescribeNetworkInterfaces: [{ NetworkInterfaces: all('network-interface', interfaceItem) }],
    DescribeInternetGateways: [{ InternetGateways: all('internet-gateway', gatewayItem) }],
    // A gateway that is gone is shown for an hour, and is no part of the network.
    DescribeNatGateways: [
      {
        NatGateways: all('natgateway', natItem).filter(
          ({ State }) => State !== 'deleted' && State !== 'failed',
        ),
      },
    ],
    DescribeVpcEndpoints: [{ VpcEndpoints: all('vpc-endpoint', endpointItem) }],
    DescribePrefixLists: [{ PrefixLists: lists.map(prefixListItem) }],
    DescribeManagedPrefixLists: [{ PrefixLists: lists.map((list) => managedItem(ec2, list)) }],
  };
}
