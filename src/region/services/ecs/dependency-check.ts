import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { clientError } from './errors.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
export function checkDependencies(containers: readonly ContainerDefinition[]): void {
  const byName = new Map(containers.map((container) => [container.name ?? '', container]));
  for (const { name, dependsOn = [] } of containers)
    for (const { containerName = '', condition } of dependsOn) {
      const dependency = byName.get(containerName);
      if (!dependency)
        throw clientError(`Container ${name} depends on ${containerName}, which does not exist.`);
      if (condition === 'HEALTHY' && !dependency.healthCheck)
        throw clientError(
          `Container ${name} waits for ${containerName} to be HEALTHY, which has no health check.`,
        );
      if ((condition === 'COMPLETE' || condition === 'SUCCESS') && dependency.essential !== false)
        throw clientError(`Container ${name} waits for the end of ${containerName}, which is essential.`);
      if (!['START', 'COMPLETE', 'SUCCESS', 'HEALTHY'].includes(condition ?? ''))
        throw clientError(`Condition ${condition} of container ${name} is not valid.`);
    }
  for (const name of byName.keys()) checkNoCycle(byName, name, []);
}

function checkNoCycle(
  byName: ReadonlyMap<string, ContainerDefinition>,
  name: string,
  path: readonly string[],
): void {
  if (path.includes(name))
    throw clientError(`Container dependencies form a cycle: ${[...path, name].join(' → ')}.`);
  for (const { containerName = '' } of byName.get(name)?.dependsOn ?? [])
    checkNoCycle(byName, containerName, [...path, name]);
}
