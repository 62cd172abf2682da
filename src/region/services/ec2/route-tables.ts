import type { RouteTable } from '@aws-sdk/client-ec2';
import { ApiError } from '../../gateway/api-error.ts';
import { inUse, invalid, missing } from './errors.ts';
import { find } from './find.ts';
import { newId } from './ids.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { describe, type Listing } from './pages.ts';
import type { RouteTableAssociation, RouteTableRecord } from './records.ts';
import { routeItems } from './route-items.ts';
import type { Ec2 } from './state.ts';
import { tagList, tagsFor } from './tags.ts';

export function tableItem(ec2: Ec2, record: RouteTableRecord): RouteTable {
  return {
    RouteTableId: record.id,
    VpcId: record.vpcId,
    OwnerId: ec2.region.identity.accountId,
    Associations: ec2.by.tableAssociationsOfTable.get(record.id).map(({ id, routeTableId, subnetId }) => ({
      RouteTableAssociationId: id,
      RouteTableId: routeTableId,
      Main: subnetId === undefined,
      ...(subnetId === undefined ? {} : { SubnetId: subnetId }),
      AssociationState: { State: 'associated' },
    })),
    PropagatingVgws: [],
    Routes: routeItems(ec2, record),
    Tags: tagList(record.tags),
  };
}

const listing: Listing<'route-table', RouteTable> = {
  kind: 'route-table',
  item: tableItem,
  filters: {
    'route-table-id': (table) => table.RouteTableId,
    'vpc-id': (table) => table.VpcId,
    'owner-id': (table) => table.OwnerId,
    'association.gateway-id': () => undefined,
    'association.main': (table) => table.Associations?.map(({ Main }) => Main),
    'association.route-table-association-id': (table) =>
      table.Associations?.map((each) => each.RouteTableAssociationId),
    'association.route-table-id': (table) => table.Associations?.map((each) => each.RouteTableId),
    'association.subnet-id': (table) => table.Associations?.map((each) => each.SubnetId),
    'route.destination-cidr-block': (table) => table.Routes?.map((route) => route.DestinationCidrBlock),
    'route.destination-ipv6-cidr-block': () => undefined,
    'route.destination-prefix-list-id': (table) =>
      table.Routes?.map((route) => route.DestinationPrefixListId),
    'route.egress-only-internet-gateway-id': () => undefined,
    'route.gateway-id': (table) => table.Routes?.map((route) => route.GatewayId),
    'route.instance-id': () => undefined,
    'route.nat-gateway-id': (table) => table.Routes?.map((route) => route.NatGatewayId),
    'route.origin': (table) => table.Routes?.map((route) => route.Origin),
    'route.state': (table) => table.Routes?.map((route) => route.State),
    'route.transit-gateway-id': () => undefined,
    'route.vpc-peering-connection-id': () => undefined,
  },
};

export function routeTables(ec2: Ec2): Ec2Handlers {
  const associations = ec2.tables['route-table-association'];
  return {
    CreateRouteTable: operation(['VpcId', 'TagSpecifications', 'ClientToken'], (input) => {
      const vpc = find(ec2, 'vpc', input.VpcId);
      const tags = tagsFor('route-table', input.TagSpecifications);
      const table: RouteTableRecord = { id: newId('rtb'), tags, vpcId: vpc.id, routes: [] };
      ec2.tables['route-table'].put(table.id, table);
      return { RouteTable: tableItem(ec2, table) };
    }),
    DescribeRouteTables: operation(['RouteTableIds', 'Filters', 'MaxResults', 'NextToken'], (input) => {
      const { items: RouteTables, ...rest } = describe(ec2, listing, input.RouteTableIds, input);
      return { RouteTables, ...rest };
    }),
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html
    DeleteRouteTable: operation(['RouteTableId'], ({ RouteTableId }) => {
      const { id } = find(ec2, 'route-table', RouteTableId);
      if (ec2.by.tableAssociationsOfTable.has(id)) throw inUse('routeTable', id);
      for (const endpoint of ec2.by.endpointsOfTable.get(id)) {
        const routeTableIds = endpoint.routeTableIds.filter((each) => each !== id);
        ec2.tables['vpc-endpoint'].patch(endpoint.id, { routeTableIds });
      }
      ec2.tables['route-table'].delete(id);
      return {};
    }),
    AssociateRouteTable: operation(['RouteTableId', 'SubnetId'], (input) => {
      const table = find(ec2, 'route-table', input.RouteTableId);
      const subnet = find(ec2, 'subnet', input.SubnetId);
      sameNetwork(table, subnet.vpcId, `subnet ${subnet.id}`);
      const [before] = ec2.by.tableAssociationOfSubnet.get(subnet.id);
      if (before && before.routeTableId !== table.id)
        throw new ApiError(
          'Resource.AlreadyAssociated',
          `the specified association for route table ${table.id} conflicts with an existing association`,
        );
      const association = before ?? {
        id: newId('rtbassoc'),
        routeTableId: table.id,
        vpcId: table.vpcId,
        subnetId: subnet.id,
      };
      associations.put(association.id, association);
      return { AssociationId: association.id, AssociationState: { State: 'associated' } };
    }),
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateRouteTable.html
    DisassociateRouteTable: operation(['AssociationId'], ({ AssociationId }) => {
      const { id, subnetId } = find(ec2, 'route-table-association', AssociationId);
      if (subnetId === undefined) throw invalid(`cannot disassociate the main route table association ${id}`);
      associations.delete(id);
      return {};
    }),
    // The main association moves like any other. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRouteTableAssociation.html
    ReplaceRouteTableAssociation: operation(['AssociationId', 'RouteTableId'], (input) => {
      const before = find(ec2, 'route-table-association', input.AssociationId);
      if (!input.RouteTableId) throw missing('routeTableId');
      const table = find(ec2, 'route-table', input.RouteTableId);
      sameNetwork(table, before.vpcId, `association ${before.id}`);
      const after: RouteTableAssociation = { ...before, id: newId('rtbassoc'), routeTableId: table.id };
      associations.put(after.id, after);
      associations.delete(before.id);
      return { NewAssociationId: after.id, AssociationState: { State: 'associated' } };
    }),
  };
}

function sameNetwork(table: RouteTableRecord, vpcId: string, what: string): void {
  if (table.vpcId !== vpcId)
    throw invalid(`route table ${table.id} and ${what} belong to different networks`);
}

export function mainTableId(ec2: Ec2, vpcId: string): string {
  const main = ec2.by.tableAssociationsOfVpc.get(vpcId).find(({ subnetId }) => subnetId === undefined);
  if (!main) throw new Error(`VPC ${vpcId} has no main route table`);
  return main.routeTableId;
}
