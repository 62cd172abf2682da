import { type EcsService, isUnknown, known } from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { freeAddresses } from './subnet-room.ts';
import { total } from './tasks.ts';

export const subnetTooSmall: Check = {
  id: 'subnet-too-small',
  title: 'The subnets have an address for each task, also while a deployment runs',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html',
  why: 'Each awsvpc task takes an address of its subnet, and AWS keeps five of every subnet. The rest of the tasks does not start: “InsufficientFreeAddressesInSubnet”.',
  *find({ system }) {
    const placed = system.services.flatMap((service) => {
      const subnets = known(service.subnetIds) ?? [];
      return subnets.length > 0 && service.scheduling === 'REPLICA'
        ? [{ service, subnets: [...new Set(subnets)] }]
        : [];
    });
    const done = new Set<string>();
    for (const { service, subnets } of placed) {
      const key = subnets.toSorted().join(' ');
      if (done.has(key)) continue;
      done.add(key);
      // Who may have addresses of these subnets only.
      const sharing = placed.flatMap((other) =>
        other.subnets.every((subnet) => subnets.includes(subnet)) ? [other.service] : [],
      );
      const at = under(service.origin, ['NetworkConfiguration', 'AwsvpcConfiguration', 'Subnets']);
      const room = total(subnets.map((subnet) => freeAddresses(system, subnet)));
      const open = [room, ...sharing.flatMap((one) => [one.maximumCount, one.maximumPercent])].find(
        isUnknown,
      );
      if (open && isUnknown(open)) {
        yield cannotTell(service.id, at, open.unknown);
        continue;
      }
      const steady = sharing.reduce((sum, { maximumCount }) => sum + (known(maximumCount) ?? 0), 0);
      const more = Math.max(...sharing.map(surplus));
      const free = Math.max(0, known(room) ?? 0);
      if (steady + more <= free) continue;
      const names = sharing.map(({ id }) => id).join(', ');
      yield found(service.id, at, {
        message: `${names} may come to ${steady} tasks, ${steady + more} during a deployment, and ${subnets.join(', ')} ${subnets.length === 1 ? 'has' : 'have'} ${free} free addresses`,
        fix: {
          says: `give the subnets larger blocks (a /24 has 251 addresses), name more of them, or allow fewer tasks`,
          edits: [],
        },
      });
    }
  },
};

/** Tasks above the count while a deployment runs: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
function surplus({ maximumCount, maximumPercent }: EcsService): number {
  const [count, percent] = [known(maximumCount) ?? 0, known(maximumPercent) ?? 200];
  return Math.max(0, Math.floor((count * percent) / 100) - count);
}
