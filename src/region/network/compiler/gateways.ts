import type { NatGateway, Subnet, Topology } from '../../../topology/model.ts';
import { natPortsGate } from './acls.ts';
import { markOf, type ReasonBook } from './reasons.ts';
import { routesByPrefix } from './routes.ts';
import type { RulesetBuilder } from './ruleset.ts';

export interface GatewayContext {
  readonly topology: Topology;
  readonly vpcId: string;
  readonly rules: RulesetBuilder;
  readonly reasons: ReasonBook;
  readonly acl: (aclId: string, direction: 'ingress' | 'egress') => string;
}

/**
 * The chain of an internet gateway: it lets out who has a public address, and forwards nothing to private ranges.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
 * https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
 */
export function internetGateway(id: string, { rules, reasons }: GatewayContext): string {
  return rules.chain(`gateway_${id}`, [
    `ip daddr @unroutable ${reasons.deny(`internet gateway ${id}: the destination is a private address`, [id])}`,
    `ip saddr != @public ${reasons.deny(`internet gateway ${id}: the sender has no public address`, [id])}`,
    'ct mark set 1 goto outside',
  ]);
}

/**
 * The chain of a NAT gateway. It works for other subnets, through the network ACL and the route table of its own, which must lead
 * to an internet gateway. https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
 */
export function natGateway(nat: NatGateway, context: GatewayContext): string {
  const { topology, rules, reasons, acl } = context;
  const { id } = nat;
  const subnet = topology.subnets.find((each) => each.id === nat.subnetId);
  if (!subnet) return rules.chain(`gateway_${id}`, [reasons.deny(`NAT gateway ${id}: no subnet`, [id])]);
  // A flow keeps the gateway it left by: its replies pass the same network ACLs.
  const mark = natMark(nat);
  rules.chain(`behind_${id}`, [
    `ct mark set ${mark}`,
    ...routesByPrefix(topology, subnet.routeTableId).flatMap(({ cidr, route: { target, state } }) => {
      const match = cidr === '0.0.0.0/0' ? '' : `ip daddr ${cidr} `;
      const forwards =
        state === 'active' && (target.kind === 'internet-gateway' || target.kind === 'gateway-endpoint');
      // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html (the internet gateway drops what a private one sends)
      if (forwards && target.kind === 'internet-gateway' && nat.publicAddress === undefined)
        return [
          `${match}${reasons.deny(`NAT gateway ${id}: it is private, and internet gateway ${target.id} drops what it sends`, [id, target.id])}`,
        ];
      return [
        `${match}${
          forwards
            ? 'goto outside'
            : reasons.deny(
                `NAT gateway ${id}: its route table ${subnet.routeTableId} leads to ${'id' in target ? target.id : 'the VPC'}${state === 'active' ? '' : ` (${state})`}, which is no internet gateway`,
                [id, subnet.routeTableId],
              )
        }`,
      ];
    }),
    reasons.deny(`NAT gateway ${id}: its route table ${subnet.routeTableId} has no route`, [
      id,
      subnet.routeTableId,
    ]),
  ]);
  return rules.chain(`gateway_${id}`, [
    `ip daddr @unroutable ${reasons.deny(`NAT gateway ${id}: the destination is a private address`, [id])}`,
    `ip saddr ${subnet.cidr} goto behind_${id}`,
    acl(subnet.networkAclId, 'ingress'),
    acl(subnet.networkAclId, 'egress'),
    `goto behind_${id}`,
  ]);
}

export const natMark = ({ id }: NatGateway): number => markOf(`replies ${id}`);

/** The way back through the NAT gateway's subnet, for the hook that replies from outside pass. */
export function natReplies(nat: NatGateway, subnet: Subnet, context: GatewayContext): string {
  const { topology, rules, reasons, acl } = context;
  const { networkAclId } = subnet;
  const own = topology.networkAcls.find(({ id }) => id === networkAclId);
  return rules.chain(`replies_${nat.id}`, [
    `ip daddr ${subnet.cidr} goto replies`,
    ...(own ? natPortsGate(own, rules, reasons) : [acl(networkAclId, 'ingress')]),
    acl(networkAclId, 'egress'),
    'goto replies',
  ]);
}
