import { ApiError } from '../../gateway/api-error.ts';
import { startReconciler, type Reconciler } from '../../reconciler.ts';
import { associate, free } from './addresses.ts';
import { makeInterface } from './interface-making.ts';
import { attachedGateway } from './internet-gateways.ts';
import type { NatGatewayRecord } from './records.ts';
import type { Ec2 } from './state.ts';

/** Deleted and failed gateways are shown for an hour. https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html */
const SHOWN = 60 * 60 * 1000;

/** Brings NAT gateways from pending to available, when the network has them, and from deleting to deleted. */
export function startNatGateways(ec2: Ec2): Reconciler {
  const { store, clock, log, plane } = ec2.region;
  return startReconciler({
    store,
    clock,
    log,
    name: 'NAT gateways',
    watch: ['ec2/nat-gateways'],
    async run() {
      const pending: string[] = [];
      for (const gateway of ec2.tables.natgateway.values()) {
        if (gateway.state === 'pending' && attach(ec2, gateway)) pending.push(gateway.id);
        if (gateway.state === 'deleting') remove(ec2, gateway);
      }
      if (pending.length > 0) await plane.network.settled();
      for (const id of pending)
        if (ec2.tables.natgateway.get(id)?.state === 'pending')
          ec2.tables.natgateway.patch(id, { state: 'available' });
      return forget(ec2);
    },
  });
}

/**
 * Gives the gateway its interface; false when it has failed.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html (FailureCode)
 */
function attach(ec2: Ec2, gateway: NatGatewayRecord): boolean {
  const subnet = ec2.tables.subnet.get(gateway.subnetId);
  const address = gateway.allocationId ? ec2.tables['elastic-ip'].get(gateway.allocationId) : undefined;
  if (!subnet) return fail(ec2, gateway, 'InvalidSubnetID.NotFound', 'Subnet could not be found');
  if (gateway.connectivity === 'public' && !attachedGateway(ec2, gateway.vpcId))
    return fail(
      ec2,
      gateway,
      'Gateway.NotAttached',
      `Network ${gateway.vpcId} has no Internet gateway attached`,
    );
  if (gateway.allocationId && !address)
    return fail(
      ec2,
      gateway,
      'InvalidAllocationID.NotFound',
      `Elastic IP address ${gateway.allocationId} could not be associated with this NAT gateway`,
    );
  const description = descriptionOf(gateway);
  const made = ec2.by.interfacesOfSubnet
    .get(subnet.id)
    .find((each) => each.requester === 'ec2' && each.description === description);
  if (address?.association && address.association.interfaceId !== made?.id)
    return fail(
      ec2,
      gateway,
      'Resource.AlreadyAssociated',
      `Elastic IP address ${address.id} is already associated`,
    );
  try {
    const eni =
      made ??
      makeInterface(ec2, subnet, {
        tags: {},
        groupIds: [],
        description,
        requester: 'ec2',
        interfaceType: 'natGateway',
        ...(gateway.privateAddress ? { privateAddress: gateway.privateAddress } : {}),
      });
    if (address && !address.association) associate(ec2, address, eni);
    if (gateway.interfaceId !== eni.id)
      ec2.tables.natgateway.patch(gateway.id, { interfaceId: eni.id, privateAddress: eni.privateAddress });
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const short = error.code === 'InsufficientFreeAddressesInSubnet';
    const message = short
      ? 'Subnet has insufficient free addresses to create this NAT gateway'
      : error.message;
    return fail(ec2, gateway, error.code, message);
  }
}

/** Interfaces with one description live in one namespace. */
const descriptionOf = ({ id }: NatGatewayRecord): string => `Interface for NAT Gateway ${id}`;

function fail(ec2: Ec2, { id }: NatGatewayRecord, code: string, message: string): false {
  const deletedAt = new Date(ec2.region.clock.now());
  ec2.tables.natgateway.patch(id, { state: 'failed', failure: { code, message }, deletedAt });
  return false;
}

/** Frees the Elastic IP, which stays the account's. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html */
function remove(ec2: Ec2, { id, subnetId, ...gateway }: NatGatewayRecord): void {
  const description = descriptionOf({ id, subnetId, ...gateway });
  for (const eni of ec2.by.interfacesOfSubnet.get(subnetId)) {
    if (eni.requester !== 'ec2' || eni.description !== description) continue;
    for (const address of ec2.by.addressOfInterface.get(eni.id)) free(ec2, address);
    ec2.tables['network-interface'].delete(eni.id);
  }
  ec2.tables.natgateway.patch(id, { state: 'deleted' });
}

/** Drops what has been shown long enough; says when the next is due. */
function forget(ec2: Ec2): number | undefined {
  const now = ec2.region.clock.now();
  let next: number | undefined;
  for (const { id, state, deletedAt } of ec2.tables.natgateway.values()) {
    if ((state !== 'deleted' && state !== 'failed') || !deletedAt) continue;
    const left = deletedAt.getTime() + SHOWN - now;
    if (left <= 0) ec2.tables.natgateway.delete(id);
    else next = Math.min(next ?? left, left);
  }
  return next;
}
