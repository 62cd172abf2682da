import type { ContainerDependency } from '@aws-sdk/client-ecs';
import type { Clock } from '../../../../common/clock.ts';
import type { LiveContainer } from './live-container.ts';

/** A dependency that can never be met, in the agent's words. https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/dependencygraph/graph.go */
export class DependencyError extends Error {
  override readonly name = 'DependencyError';
}

/** Resolves when a dependency is in the state that the container `target` waits for; rejects when it never can be. */
export async function awaitDependency(
  clock: Clock,
  target: string,
  { condition }: ContainerDependency,
  dependency: LiveContainer,
  startTimeout: number | undefined,
): Promise<void> {
  const pair = `[${dependency.name}] for target [${target}]`;
  const unresolved = (why: string) =>
    new DependencyError(`dependency graph: failed to resolve container ordering dependency ${pair} ${why}`);
  await dependency.started.catch(() => {
    throw unresolved('because dependency will never start');
  });
  if (condition === 'START') return;
  const met = conditionMet(condition, dependency, unresolved);
  if (startTimeout === undefined) return met;
  // Counted from the dependency's own start; what has stopped cannot time out.
  let cancel = () => {};
  const expired = new Promise<never>((_resolve, reject) => {
    cancel = clock.schedule(startTimeout * 1000, () =>
      reject(new DependencyError(`dependency graph: container ordering dependency ${pair} has timed out.`)),
    );
  });
  dependency.exited.then(cancel, cancel);
  return Promise.race([met, expired]).finally(cancel);
}

/**
 * What waits for the health of a container that has ended goes on waiting: the agent fails only what waits for its success.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
 * https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/dependencygraph/graph.go
 */
async function conditionMet(
  condition: ContainerDependency['condition'],
  { exited, healthy }: LiveContainer,
  unresolved: (why: string) => DependencyError,
): Promise<void> {
  if (condition === 'HEALTHY') await healthy;
  else if ((await exited) !== 0 && condition === 'SUCCESS')
    throw unresolved('as dependency did not exit successfully.');
}
