import { formatCidr, overlaps, parseCidr, size } from '../../../topology/cidr.ts';
import type { Subnet } from '../../../topology/model.ts';
import { isUnknown, type System } from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { freeAddresses } from '../compute/subnet-room.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html */
const LEAST = { prefix: 27, free: 8 };

export const loadBalancerSubnetTooSmall: Check = {
  id: 'load-balancer-subnet-too-small',
  title: 'A load balancer’s subnets are large enough for it to grow',
  severity: 'error',
  source:
    'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html',
  why: 'Each subnet should be /27 or larger and have eight free addresses: with fewer Elastic Load Balancing refuses it (“InvalidSubnet: Not enough IP space available”), or cannot scale, and answers 5xx under load.',
  *find({ system }) {
    const done = new Set<string>();
    for (const balancer of system.loadBalancers) {
      if (balancer.type === 'gateway') continue;
      if (isUnknown(balancer.subnetIds)) {
        yield cannotTell(balancer.id, under(balancer.origin, 'Subnets'), balancer.subnetIds.unknown);
        continue;
      }
      for (const id of balancer.subnetIds) {
        const subnet = system.subnets.find((one) => one.id === id);
        const free = freeAddresses(system, id, balancer.id);
        const cidr = subnet && parseCidr(subnet.cidr);
        if (isUnknown(free) || !subnet || !cidr) {
          yield cannotTell(
            balancer.id,
            under(balancer.origin, 'Subnets'),
            isUnknown(free) ? free.unknown : '',
          );
          continue;
        }
        const narrow = balancer.type === 'application' && cidr.prefix > LEAST.prefix;
        if ((!narrow && free >= LEAST.free) || done.has(id)) continue;
        done.add(id);
        const block = freeBlock(system, subnet);
        const at = under(subnet.origin ?? balancer.origin, 'CidrBlock');
        yield found(id, at, {
          message: narrow
            ? `the load balancer ${balancer.id} stands in ${id}, ${subnet.cidr}, which has ${size(cidr) - 5} addresses`
            : `the load balancer ${balancer.id} stands in ${id}, ${subnet.cidr}, where ${Math.max(0, free)} addresses are free`,
          fix: {
            says: block === undefined ? 'give it a larger block: /24 is usual' : `write CidrBlock: ${block}`,
            edits:
              block === undefined || !subnet.origin ? [] : [{ kind: 'set', path: at.path, value: block }],
          },
        });
      }
    }
  },
};

/** The first /24, else /26, of the VPC that no other subnet has. */
function freeBlock(system: System, { id, vpcId }: Subnet): string | undefined {
  const vpc = system.vpcs.find((one) => one.id === vpcId);
  const taken = system.subnets.flatMap((one) =>
    one.vpcId === vpcId && one.id !== id ? (parseCidr(one.cidr) ?? []) : [],
  );
  for (const prefix of [24, 26])
    for (const text of vpc?.cidrs ?? []) {
      const whole = parseCidr(text);
      if (!whole || whole.prefix > prefix) continue;
      const step = 2 ** (32 - prefix);
      for (let first = whole.first; first < whole.first + size(whole); first += step)
        if (!taken.some((one) => overlaps(one, { first, prefix }))) return formatCidr({ first, prefix });
    }
  return undefined;
}
