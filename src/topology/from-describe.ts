import { collect, type DescribeAnswers } from './answers.ts';
import { aclFrom } from './describe/acls.ts';
import { groupsFrom } from './describe/groups.ts';
import { interfaceFrom } from './describe/interfaces.ts';
import { prefixListsFrom } from './describe/prefix-lists.ts';
import { routeTableFrom, tableOfSubnet } from './describe/routes.ts';
import { vpcsFrom } from './describe/vpcs.ts';
import type { NotModelled, Topology } from './model.ts';

/**
 * The network that a region describes: of the local region, of AWS, or of a folder of recorded answers. Pure: the same
 * answers give an equal graph. IPv6, and whatever else the graph cannot say, is left out and listed in `notModelled`.
 */
export function topologyFromDescribe(answers: DescribeAnswers): Topology {
  const left: NotModelled[] = [];
  const tables = collect(answers.DescribeRouteTables, 'RouteTables');
  const acls = collect(answers.DescribeNetworkAcls, 'NetworkAcls');
  const tableOf = tableOfSubnet(tables);
  const aclOf = new Map(
    acls.flatMap(({ NetworkAclId = '', Associations = [] }) =>
      Associations.map(({ SubnetId = '' }) => [SubnetId, NetworkAclId] as const),
    ),
  );
  const topology: Topology = {
    vpcs: vpcsFrom(answers, left),
    subnets: collect(answers.DescribeSubnets, 'Subnets').flatMap((subnet) => {
      const { SubnetId: id = '', VpcId: vpcId = '', CidrBlock: cidr, AvailabilityZone: zone = '' } = subnet;
      for (const { Ipv6CidrBlock } of subnet.Ipv6CidrBlockAssociationSet ?? [])
        left.push({ id, what: `IPv6 block ${Ipv6CidrBlock}` });
      if (!cidr) {
        left.push({ id, what: 'subnet without an IPv4 block' });
        return [];
      }
      const routeTableId = tableOf(id, vpcId) ?? '';
      return [{ id, vpcId, cidr, zone, routeTableId, networkAclId: aclOf.get(id) ?? '' }];
    }),
    routeTables: tables.map((table) => routeTableFrom(table, left)),
    networkAcls: acls.map((acl) => aclFrom(acl, left)),
    securityGroups: groupsFrom(answers, left),
    interfaces: collect(answers.DescribeNetworkInterfaces, 'NetworkInterfaces').flatMap((eni) =>
      interfaceFrom(eni, left),
    ),
    internetGateways: collect(answers.DescribeInternetGateways, 'InternetGateways').map((gateway) => ({
      id: gateway.InternetGatewayId ?? '',
      vpcIds: (gateway.Attachments ?? []).flatMap(({ VpcId }) => (VpcId ? [VpcId] : [])),
    })),
    natGateways: collect(answers.DescribeNatGateways, 'NatGateways').flatMap((gateway) => {
      const { NatGatewayId: id = '', VpcId: vpcId = '', SubnetId: subnetId, State: state = '' } = gateway;
      if (!subnetId) {
        left.push({ id, what: 'regional NAT gateway' });
        return [];
      }
      const addresses = gateway.NatGatewayAddresses ?? [];
      const publicAddress = (addresses.find(({ IsPrimary }) => IsPrimary) ?? addresses[0])?.PublicIp;
      const connectivity = gateway.ConnectivityType === 'private' ? 'private' : 'public';
      return [{ id, vpcId, subnetId, state, connectivity, ...(publicAddress ? { publicAddress } : {}) }];
    }),
    endpoints: collect(answers.DescribeVpcEndpoints, 'VpcEndpoints').flatMap((endpoint) => {
      const { VpcEndpointId: id = '', VpcId: vpcId = '', VpcEndpointType: kind = '' } = endpoint;
      if (kind !== 'Gateway' && kind !== 'Interface') {
        left.push({ id, what: `endpoint of type ${kind}` });
        return [];
      }
      const routeTableIds = endpoint.RouteTableIds ?? [];
      return [
        {
          id,
          vpcId,
          kind,
          serviceName: endpoint.ServiceName ?? '',
          routeTableIds,
          subnetIds: endpoint.SubnetIds ?? [],
          groupIds: (endpoint.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
          privateDns: endpoint.PrivateDnsEnabled ?? false,
          hasPolicy: !isFullAccess(endpoint.PolicyDocument),
        },
      ];
    }),
    prefixLists: prefixListsFrom(answers, left),
  };
  return left.length > 0 ? { ...topology, notModelled: left } : topology;
}

/** The policy that an endpoint has when none is given: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html */
function isFullAccess(policy: string | undefined): boolean {
  if (policy === undefined) return true;
  const text = policy.replaceAll(/\s/g, '');
  return (
    ['"Effect":"Allow"', '"Principal":"*"', '"Action":"*"', '"Resource":"*"'].every((part) =>
      text.includes(part),
    ) &&
    !text.includes('"Deny"') &&
    !text.includes('"Condition"')
  );
}
