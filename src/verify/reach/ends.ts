import type { PortRange, Subnet } from '../../topology/model.ts';
import { type Addresses, everyOf, oneAddress } from './addresses.ts';
import { isTold, whyUntold } from '../../topology/told.ts';
import type { Peer } from './groups.ts';
import { ANY_CLIENT_PORTS, type Hop, LINUX_PORTS, type Placement, type Question } from './model.ts';

/** Where a placement's interface may be: at its address, else anywhere in its subnet. */
export function addressesOf(placement: Placement, subnet: Subnet | undefined): Addresses {
  if (placement.address !== undefined) return oneAddress(placement.address);
  return everyOf(subnet ? [subnet.cidr] : []);
}

export function peerOf(placement: Placement, subnet: Subnet | undefined): Peer {
  return {
    name: placement.name,
    addresses: addressesOf(placement, subnet),
    groupIds: placement.groupIds,
    cidr: placement.address === undefined ? (subnet?.cidr ?? '0.0.0.0/0') : `${placement.address}/32`,
  };
}

/** The ports that a reply may be sent to. */
export const replyPorts = ({ ephemeralPorts }: Placement, { sourcePort }: Question): PortRange =>
  sourcePort === undefined ? (ephemeralPorts ?? LINUX_PORTS) : { from: sourcePort, to: sourcePort };
export const outsidePorts = ({ sourcePort }: Question): PortRange =>
  sourcePort === undefined ? ANY_CLIENT_PORTS : { from: sourcePort, to: sourcePort };

export const unknownSubnet = ({ name, subnetId }: Placement): Hop => ({
  gate: 'vpc',
  at: subnetId,
  passes: 'unknown',
  says: isTold(subnetId, new Set())
    ? `the subnet of ${name} (${subnetId}) is not declared here`
    : `the subnet of ${name} is not known: ${whyUntold(subnetId)}`,
  changes: [],
});
