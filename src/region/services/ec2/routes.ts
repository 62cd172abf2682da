import type { CreateRouteRequest } from '@aws-sdk/client-ec2';
import { contains, formatCidr, parseCidr, type Cidr } from '../../../topology/cidr.ts';
import { ApiError } from '../../gateway/api-error.ts';
import { combination, invalid, invalidValue, missing } from './errors.ts';
import { find } from './find.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { findPrefixList } from './prefix-lists.ts';
import type { RouteTableRecord, StoredRoute } from './records.ts';
import { routeItems } from './route-items.ts';
import type { Ec2 } from './state.ts';

const MEMBERS = [
  'RouteTableId',
  'DestinationCidrBlock',
  'DestinationPrefixListId',
  'GatewayId',
  'NatGatewayId',
  'NetworkInterfaceId',
] as const;

/** Routes a table holds besides those AWS makes. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MOST = 50;

export function routes(ec2: Ec2): Ec2Handlers {
  const put = (table: RouteTableRecord, all: readonly StoredRoute[]) =>
    ec2.tables['route-table'].patch(table.id, { routes: all });
  return {
    CreateRoute: operation(MEMBERS, (input) => {
      const table = find(ec2, 'route-table', input.RouteTableId);
      const route = routeFrom(ec2, table, input);
      if (routeItems(ec2, table).some((each) => destinationOf(each) === route.destination))
        throw new ApiError(
          'RouteAlreadyExists',
          `The route identified by ${route.destination} already exists.`,
        );
      if (table.routes.length >= MOST)
        throw new ApiError('RouteLimitExceeded', `The maximum of ${MOST} routes in a table is reached.`);
      put(table, [...table.routes, route]);
      return { Return: true };
    }),
    ReplaceRoute: operation(MEMBERS, (input) => {
      const table = find(ec2, 'route-table', input.RouteTableId);
      const route = routeFrom(ec2, table, input);
      if (!table.routes.some(({ destination }) => destination === route.destination))
        throw invalid(
          `There is no route defined for '${route.destination}' in the route table. Use CreateRoute instead.`,
        );
      put(
        table,
        table.routes.map((each) => (each.destination === route.destination ? route : each)),
      );
      return {};
    }),
    DeleteRoute: operation(['RouteTableId', 'DestinationCidrBlock', 'DestinationPrefixListId'], (input) => {
      const table = find(ec2, 'route-table', input.RouteTableId);
      const destination = destinationFrom(ec2, input);
      const left = table.routes.filter((each) => each.destination !== destination);
      if (left.length === table.routes.length) {
        const made = routeItems(ec2, table).find((each) => destinationOf(each) === destination);
        if (made?.GatewayId === 'local')
          throw invalid(`cannot remove local route ${destination} in route table ${table.id}`);
        // https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
        if (made) throw invalid(`cannot remove VPC endpoint route ${destination} in route table ${table.id}`);
        throw new ApiError(
          'InvalidRoute.NotFound',
          `no route with destination-cidr-block ${destination} in route table ${table.id}`,
        );
      }
      put(table, left);
      return {};
    }),
  };
}

const destinationOf = (route: {
  readonly DestinationCidrBlock?: string | undefined;
  readonly DestinationPrefixListId?: string | undefined;
}): string | undefined => route.DestinationCidrBlock ?? route.DestinationPrefixListId;

type Given = Partial<CreateRouteRequest>;

function routeFrom(ec2: Ec2, table: RouteTableRecord, input: Given): StoredRoute {
  const destination = destinationFrom(ec2, input);
  const target = targetFrom(ec2, table, input);
  const cidr = parseCidr(destination);
  if (cidr) checkWithinVpc(ec2, table, cidr, target);
  return { destination, target };
}

/** Exactly one, host bits cleared; none of AWS's own link-local range. https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html */
function destinationFrom(
  ec2: Ec2,
  { DestinationCidrBlock: text, DestinationPrefixListId: list }: Given,
): string {
  if (text && list) throw combination('Only one destination may be given');
  if (list) return findPrefixList(ec2, list).id;
  if (!text) throw missing('destinationCidrBlock');
  const cidr = parseCidr(text);
  if (!cidr) throw invalidValue('destinationCidrBlock', text, 'This is not a valid CIDR block.');
  const reserved = parseCidr('169.254.168.0/22');
  if (reserved && contains(reserved, cidr))
    throw invalidValue('destinationCidrBlock', text, 'The range 169.254.168.0/22 is reserved.');
  return formatCidr(cidr);
}

/** Exactly one, and there, in the same network. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html */
function targetFrom(
  ec2: Ec2,
  table: RouteTableRecord,
  { GatewayId: gateway, NatGatewayId: nat, NetworkInterfaceId: eni }: Given,
): string {
  const given = [gateway, nat, eni].filter((id) => id !== undefined);
  if (given.length > 1) throw combination('Only one target may be given');
  const [target] = given;
  if (!target) throw missing('gatewayId, natGatewayId or networkInterfaceId');
  const apart = (kind: string) =>
    invalid(`route table ${table.id} and ${kind} ${target} belong to different networks`);
  if (nat) {
    const record = ec2.tables.natgateway.get(nat);
    if (!record || record.state === 'deleted')
      throw new ApiError('InvalidNatGatewayID.NotFound', `The natGateway ID '${nat}' does not exist`);
    if (record.vpcId !== table.vpcId) throw apart('NAT gateway');
  } else if (eni) {
    if (find(ec2, 'network-interface', eni).vpcId !== table.vpcId) throw apart('interface');
  } else {
    const record = ec2.tables['internet-gateway'].get(target);
    if (!record) throw new ApiError('InvalidGatewayID.NotFound', `The gateway ID '${target}' does not exist`);
    if (record.vpcId !== table.vpcId) throw apart('network gateway');
  }
  return target;
}

/**
 * More specific than local: only for a whole subnet, and never to a gateway.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
 */
function checkWithinVpc(ec2: Ec2, table: RouteTableRecord, cidr: Cidr, target: string): void {
  const vpc = parseCidr(ec2.tables.vpc.get(table.vpcId)?.cidr ?? '');
  if (!vpc || !contains(vpc, cidr) || formatCidr(vpc) === formatCidr(cidr)) return;
  const text = formatCidr(cidr);
  if (target.startsWith('igw-'))
    throw invalidValue('destinationCidrBlock', text, `It lies within the VPC's CIDR ${formatCidr(vpc)}.`);
  if (!ec2.by.subnetsOfVpc.get(table.vpcId).some((subnet) => subnet.cidr === text))
    throw invalidValue('destinationCidrBlock', text, 'It is not the CIDR of a whole subnet.');
}
