import { systemClock } from '../../common/clock.ts';
import { containsAddress, parseAddress, parseCidr } from '../../topology/cidr.ts';
import type { Topology } from '../../topology/model.ts';
import { startObserver, type Observer } from '../flows/observer.ts';
import type { SeenFlow } from '../flows/model.ts';
import { resolverAddresses } from '../network/compiler/addresses.ts';
import type { Region } from '../region.ts';
import { addressHolders } from './holders.ts';
import type { ObservedFlows } from './protocol.ts';

/** Observes the VPCs of stacks on demand. */
export function regionObserver(region: Region): Observer {
  const { store, log, plane } = region;
  return startObserver({
    store,
    clock: systemClock,
    log,
    network: plane.network,
    holders: () => addressHolders(region),
    place: (vpcId, address) => placeOf(region.internal.ec2.topology(), vpcId, address),
    async vpcs(stack) {
      const { Vpcs = [] } = await region.api.ec2.DescribeVpcs({
        Filters: [{ Name: 'tag:aws:cloudformation:stack-name', Values: [stack] }],
      });
      return Vpcs.flatMap(({ VpcId }) => VpcId ?? []);
    },
  });
}

function placeOf({ vpcs }: Topology, vpcId: string, text: string): 'inside' | 'resolver' | 'outside' {
  const vpc = vpcs.find(({ id }) => id === vpcId);
  if (!vpc) return 'inside';
  if (resolverAddresses(vpc).includes(text)) return 'resolver';
  const address = parseAddress(text) ?? -1;
  const inside = vpc.cidrs.some((cidr) => {
    const parsed = parseCidr(cidr);
    return parsed !== undefined && containsAddress(parsed, address);
  });
  return inside ? 'inside' : 'outside';
}

export async function observedFlows(observer: Observer, stack: string): Promise<ObservedFlows> {
  const flows: readonly SeenFlow[] = await observer.flows(stack);
  return { stack, observing: observer.isObserved(stack), flows };
}
