import type { Region } from '../../region.ts';
import { addressPool, type AddressPool } from './address-pool.ts';
import type {
  AddressRecord,
  EndpointRecord,
  InterfaceRecord,
  NetworkAclAssociation,
  RouteTableAssociation,
  RuleRecord,
  SecurityGroupRecord,
  SubnetRecord,
} from './records.ts';
import { indexBy, openTables, type Index, type Tables } from './tables.ts';

/** Everything the handlers of EC2 share: tables, what is looked up by other keys than ids, and addresses in use. */
export interface Ec2 {
  readonly region: Region;
  readonly tables: Tables;
  readonly by: {
    readonly subnetsOfVpc: Index<SubnetRecord>;
    readonly groupsOfVpc: Index<SecurityGroupRecord>;
    readonly rulesOfGroup: Index<RuleRecord>;
    /** Rules by the group they name as their peer. */
    readonly rulesNamingGroup: Index<RuleRecord>;
    readonly interfacesOfSubnet: Index<InterfaceRecord>;
    readonly interfacesOfGroup: Index<InterfaceRecord>;
    readonly addressOfInterface: Index<AddressRecord>;
    readonly tableAssociationsOfTable: Index<RouteTableAssociation>;
    readonly tableAssociationsOfVpc: Index<RouteTableAssociation>;
    readonly tableAssociationOfSubnet: Index<RouteTableAssociation>;
    readonly aclAssociationsOfAcl: Index<NetworkAclAssociation>;
    readonly aclAssociationOfSubnet: Index<NetworkAclAssociation>;
    readonly endpointsOfTable: Index<EndpointRecord>;
  };
  readonly addresses: AddressPool;
  /** Grows with every write; what is derived of all tables is fresh while it stands. */
  version(): number;
}

export function openEc2(region: Region): Ec2 {
  const tables = openTables(region.store);
  let version = 0;
  for (const table of Object.values(tables)) table.onChange(() => void (version += 1));
  return {
    region,
    tables,
    by: {
      subnetsOfVpc: indexBy(tables.subnet, ({ vpcId }) => [vpcId]),
      groupsOfVpc: indexBy(tables['security-group'], ({ vpcId }) => [vpcId]),
      rulesOfGroup: indexBy(tables['security-group-rule'], ({ groupId }) => [groupId]),
      rulesNamingGroup: indexBy(tables['security-group-rule'], ({ peer }) =>
        peer.kind === 'group' ? [peer.groupId] : [],
      ),
      interfacesOfSubnet: indexBy(tables['network-interface'], ({ subnetId }) => [subnetId]),
      interfacesOfGroup: indexBy(tables['network-interface'], ({ groupIds }) => groupIds),
      addressOfInterface: indexBy(tables['elastic-ip'], ({ association }) => [association?.interfaceId]),
      tableAssociationsOfTable: indexBy(tables['route-table-association'], (each) => [each.routeTableId]),
      tableAssociationsOfVpc: indexBy(tables['route-table-association'], ({ vpcId }) => [vpcId]),
      tableAssociationOfSubnet: indexBy(tables['route-table-association'], ({ subnetId }) => [subnetId]),
      aclAssociationsOfAcl: indexBy(tables['network-acl-association'], (each) => [each.networkAclId]),
      aclAssociationOfSubnet: indexBy(tables['network-acl-association'], ({ subnetId }) => [subnetId]),
      endpointsOfTable: indexBy(tables['vpc-endpoint'], ({ routeTableIds }) => routeTableIds),
    },
    addresses: addressPool(region.clock, tables),
    version: () => version,
  };
}
