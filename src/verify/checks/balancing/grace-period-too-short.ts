import { isUnknown, known, type TargetGroup } from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { called, definitionOf, writtenAt } from '../compute/tasks.ts';

export const gracePeriodTooShort: Check = {
  id: 'grace-period-too-short',
  title: 'The grace period of a service lasts until its slowest container serves',
  severity: 'warning',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html',
  why: 'Once the grace period is over (it is 0 by default), a task whose target is unhealthy is stopped: “Task failed ELB health checks in (target-group …)”. A program that needs longer to start never gets to serve.',
  *find({ system }) {
    for (const service of system.services) {
      const task = definitionOf(system, service);
      if (!task || service.targets.length === 0) continue;
      const slowest = task.containers
        .filter(({ essential, healthCheck }) => essential && (healthCheck?.startPeriod ?? 0) > 0)
        .toSorted((a, b) => (b.healthCheck?.startPeriod ?? 0) - (a.healthCheck?.startPeriod ?? 0))[0];
      const start = slowest?.healthCheck?.startPeriod ?? 0;
      if (!slowest) continue;
      for (const { targetGroupId, origin } of service.targets) {
        const group = system.targetGroups.find(({ id }) => id === known(targetGroupId));
        const at = writtenAt(system, service.id, service.origin, 'HealthCheckGracePeriodSeconds');
        if (!group) continue;
        const { intervalSeconds, healthyThreshold, unhealthyThreshold } = group.health;
        const open = [intervalSeconds, healthyThreshold, unhealthyThreshold, service.graceSeconds].find(
          isUnknown,
        );
        if (open) {
          yield cannotTell(service.id, at.path.length > 2 ? at : origin, open.unknown);
          continue;
        }
        const { unhealthyAfter, healthyAfter } = checking(group);
        const needed = start + healthyAfter;
        // Before so many checks have failed nobody calls the target unhealthy.
        if (start <= unhealthyAfter || (known(service.graceSeconds) ?? 0) >= needed) continue;
        yield found(service.id, at, {
          message: `${called(slowest)} may take ${start} seconds to start, and ${group.id} ${healthyAfter} more to call it healthy again; the grace period is ${known(service.graceSeconds) ?? 0} seconds`,
          fix: {
            says: `write HealthCheckGracePeriodSeconds: ${needed}`,
            edits: [
              {
                kind: 'set',
                path: under(service.origin, 'HealthCheckGracePeriodSeconds').path,
                value: needed,
              },
            ],
          },
        });
        break;
      }
    }
  },
};

/** Seconds until a target is called unhealthy, and until it is called healthy again. */
function checking({ health }: TargetGroup) {
  const interval = known(health.intervalSeconds) ?? 30;
  return {
    unhealthyAfter: ((known(health.unhealthyThreshold) ?? 2) - 1) * interval,
    healthyAfter: (known(health.healthyThreshold) ?? 5) * interval,
  };
}
