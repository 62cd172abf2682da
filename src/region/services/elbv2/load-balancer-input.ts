import type { SubnetMapping } from '@aws-sdk/client-elastic-load-balancing-v2';
import { parseCidr, size } from '../../../topology/cidr.ts';
import type { Subnet } from '../../../topology/model.ts';
import { ApiError } from '../../gateway/api-error.ts';
import { invalidConfiguration, notEnacted, refuseOthers, validation } from './errors.ts';
import type { Elbv2 } from './state.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
export function checkName(name: string | undefined, what: 'Load balancer' | 'Target group'): string {
  if (!name) throw validation(`${what} name must be specified`);
  if (name.length > 32) throw validation(`${what} name '${name}' cannot be longer than '32' characters`);
  if (!/^[A-Za-z0-9-]+$/.test(name))
    throw validation(
      `${what} name '${name}' can only contain characters that are alphanumeric characters and hyphens(-)`,
    );
  if (/^-|-$/.test(name)) throw validation(`${what} name '${name}' cannot begin or end with a hyphen(-)`);
  if (what === 'Load balancer' && name.startsWith('internal-'))
    throw validation(`Load balancer name '${name}' cannot begin with 'internal-'`);
  return name;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html */
export function checkSubnets(
  { region }: Elbv2,
  ids: readonly string[] | undefined,
  mappings: readonly SubnetMapping[] | undefined,
  type: 'application' | 'network' = 'application',
): readonly Subnet[] {
  if (ids?.length && mappings?.length)
    throw validation('You can only specify either subnets or subnet mappings, not both');
  for (const mapping of mappings ?? []) refuseOthers(mapping, ['SubnetId']);
  const wanted = [...new Set(ids?.length ? ids : (mappings ?? []).map(({ SubnetId = '' }) => SubnetId))];
  if (wanted.length === 0) throw validation('A subnet must be specified');
  const { subnets } = region.internal.ec2.topology();
  const found = wanted.map((id) => {
    const subnet = subnets.find((candidate) => candidate.id === id);
    if (!subnet) throw new ApiError('SubnetNotFound', `The subnet ID '${id}' does not exist`);
    return subnet;
  });
  if (new Set(found.map(({ vpcId }) => vpcId)).size > 1)
    throw invalidConfiguration('All subnets must belong to the same VPC');
  const zones = new Set(found.map(({ zone }) => zone));
  if (zones.size < found.length)
    throw invalidConfiguration(
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    );
  // One zone is enough: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
  if (type === 'network') return found;
  if (zones.size < 2)
    throw validation('At least two subnets in two different Availability Zones must be specified');
  for (const { id, cidr } of found) {
    const parsed = parseCidr(cidr);
    if (parsed && size(parsed) < 32)
      throw new ApiError('InvalidSubnet', `Subnet '${id}' is smaller than /27 (${cidr})`);
  }
  return found;
}

/** An internet-facing load balancer wants a way in. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html */
export function checkGateway({ region }: Elbv2, vpcId: string): void {
  const { internetGateways } = region.internal.ec2.topology();
  if (!internetGateways.some(({ vpcIds }) => vpcIds.includes(vpcId)))
    throw new ApiError('InvalidSubnet', `VPC ${vpcId} has no internet gateway`);
}

/** The groups given, or the VPC's default group. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSecurityGroups.html */
export function checkGroups(
  { region }: Elbv2,
  vpcId: string,
  given: readonly string[] | undefined,
): readonly string[] {
  const { securityGroups } = region.internal.ec2.topology();
  const own = securityGroups.filter((group) => group.vpcId === vpcId);
  if (!given?.length) return own.filter(({ name }) => name === 'default').map(({ id }) => id);
  for (const id of given)
    if (!own.some((group) => group.id === id))
      throw new ApiError(
        'InvalidSecurityGroup',
        securityGroups.some((group) => group.id === id)
          ? `One or more security groups are invalid: '${id}' does not belong to VPC '${vpcId}'`
          : `The security group '${id}' does not exist`,
      );
  return [...new Set(given)];
}

export function checkAddressType(type: string | undefined): void {
  if (type !== undefined && type !== 'ipv4') throw notEnacted(`IpAddressType ${type}`);
}
