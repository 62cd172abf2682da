import type { ContainerDependency } from '@aws-sdk/client-ecs';
import type { Clock } from '../../../../common/clock.ts';
import { TaskFailure } from './failure.ts';
import type { LiveContainer } from './live-container.ts';

/** Resolves when a dependency is in the state that another container waits for; rejects when it never can be. */
export async function awaitDependency(
  clock: Clock,
  { condition }: ContainerDependency,
  dependency: LiveContainer,
  startTimeout: number | undefined,
): Promise<void> {
  await dependency.started;
  if (condition === 'START') return;
  const met = conditionMet(condition, dependency);
  if (startTimeout === undefined) return met;
  // Counted from the dependency's own start: https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/dependencygraph/graph.go
  let cancel = () => {};
  const expired = new Promise<never>((_resolve, reject) => {
    cancel = clock.schedule(startTimeout * 1000, () =>
      reject(
        new TaskFailure(
          `TaskFailedToStart: container ${dependency.name} did not reach ${condition} within its startTimeout of ${startTimeout} s`,
        ),
      ),
    );
  });
  return Promise.race([met, expired]).finally(() => cancel());
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
async function conditionMet(
  condition: ContainerDependency['condition'],
  { name, exited, healthy }: LiveContainer,
): Promise<void> {
  if (condition === 'HEALTHY') {
    await Promise.race([
      healthy,
      exited.then((code) => {
        throw new TaskFailure(
          `TaskFailedToStart: container ${name} exited with ${code} before it was healthy`,
        );
      }),
    ]);
    return;
  }
  const code = await exited;
  // Can never be met, so the task fails at once: https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/dependencygraph/graph.go
  if (condition === 'SUCCESS' && code !== 0)
    throw new TaskFailure(
      `TaskFailedToStart: container ${name} exited with ${code}, and another waits for its success`,
    );
}
