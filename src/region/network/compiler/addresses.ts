import { formatAddress, parseCidr } from '../../../topology/cidr.ts';
import type { Topology, Vpc } from '../../../topology/model.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html */
export const resolverAddress = '169.254.169.253';
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html */
export const taskMetadataAddress = '169.254.170.2';
/** Where the router program takes what leaves the VPC; no packet from inside can be addressed to it. */
export const egressAddress = '169.254.0.1';
export const egressPort = 15_001;

/** `10.0.1.0/24`, 1 → `10.0.1.1` */
export function addressIn(cidr: string, offset: number): string {
  const parsed = parseCidr(cidr);
  if (!parsed) throw new Error(`not an IPv4 CIDR: ${cidr}`);
  return formatAddress(parsed.first + offset);
}

/**
 * Where the Amazon resolver answers: base of the primary CIDR plus two, and the link-local one.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
export function resolverAddresses(vpc: Vpc): readonly string[] {
  return vpc.dnsSupport ? [addressIn(vpc.cidrs[0] ?? '', 2), resolverAddress] : [];
}

/** Addresses that are the router's own: gateways of the subnets, the resolver, metadata, and the way out. */
export function routerAddresses(topology: Topology, vpc: Vpc): readonly string[] {
  return [
    ...new Set([
      ...topology.subnets.filter(({ vpcId }) => vpcId === vpc.id).map(({ cidr }) => addressIn(cidr, 1)),
      addressIn(vpc.cidrs[0] ?? '', 2),
      resolverAddress,
      taskMetadataAddress,
      egressAddress,
    ]),
  ];
}
