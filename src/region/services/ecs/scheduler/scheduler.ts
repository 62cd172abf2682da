import { startReconciler, type Reconciler } from '../../../reconciler.ts';
import type { Ecs, TaskRecord } from '../state.ts';
import { reconcileService } from './reconcile-service.ts';

/** The service scheduler. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html */
export function startScheduler(ecs: Ecs): Reconciler {
  const { store, clock, log } = ecs.region;
  return startReconciler({
    store,
    clock,
    log,
    name: 'ecs scheduler',
    watch: ['ecs/services', 'ecs/tasks', 'elbv2/'],
    run() {
      const byService = new Map<string, TaskRecord[]>();
      for (const task of ecs.tables.tasks.values())
        if (task.serviceArn)
          byService.set(task.serviceArn, [...(byService.get(task.serviceArn) ?? []), task]);
      const waits = [...ecs.tables.services.keys()].flatMap(
        (arn) => reconcileService(ecs, arn, byService.get(arn) ?? []) ?? [],
      );
      return waits.length > 0 ? Math.min(...waits) : undefined;
    },
  });
}
