import type { Ecs } from '../state.ts';

/** Stopped tasks stay for at least an hour. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html */
const kept = 60 * 60 * 1000;

/** Forgets what ended an hour ago; returns when there will be more. */
export function purge({ tables, region }: Ecs): number | undefined {
  const now = region.clock.now();
  let next: number | undefined;
  const due = (at: Date | undefined): boolean => {
    if (!at) return false;
    const left = at.getTime() + kept - now;
    if (left > 0) next = Math.min(next ?? left, left);
    return left <= 0;
  };
  for (const { id, arn, stoppedAt } of tables.tasks.values())
    if (due(stoppedAt)) {
      tables.tasks.delete(id);
      tables.lastWords.delete(id);
      tables.tags.delete(arn);
    }
  for (const { arn, inactiveAt } of tables.services.values())
    if (due(inactiveAt)) {
      tables.services.delete(arn);
      tables.serviceEvents.delete(arn);
      for (const deployment of tables.serviceDeployments.values())
        if (deployment.serviceArn === arn) tables.serviceDeployments.delete(deployment.arn);
      for (const revision of tables.serviceRevisions.values())
        if (revision.serviceArn === arn) tables.serviceRevisions.delete(revision.arn);
      tables.tags.delete(arn);
    }
  for (const { name, arn, inactiveAt } of tables.clusters.values())
    if (due(inactiveAt)) {
      tables.clusters.delete(name);
      tables.tags.delete(arn);
    }
  for (const token of tables.tokens.keys())
    if (due(tables.tokens.get(token)?.at)) tables.tokens.delete(token);
  return next;
}
