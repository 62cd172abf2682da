import type { Service } from '../compose/app.ts';
import type { Parameter } from '../template/model.ts';
import type { DesignParameter } from './design-model.ts';
import { logicalId } from './naming.ts';
import { scalingOf } from './autoscaled.ts';
import type { Task } from './tasks.ts';

/** The image of each build, and how many tasks of each service whose number does not follow its load. */
export function designParameters(services: readonly Service[], tasks: readonly Task[]): DesignParameter[] {
  const owners = new Set(
    tasks.flatMap((task) => (task.kind === 'service' && !scalingOf(task) ? [task.owner.name] : [])),
  );
  return services.flatMap(({ name, build, replicas }): DesignParameter[] => [
    ...(build ? [{ name: logicalId.image(name), service: name, kind: 'image' as const }] : []),
    ...(owners.has(name)
      ? [
          {
            name: logicalId.desiredCount(name),
            service: name,
            kind: 'desired-count' as const,
            default: replicas.value,
          },
        ]
      : []),
  ]);
}

export const templateParameters = (parameters: readonly DesignParameter[]): Record<string, Parameter> =>
  Object.fromEntries(
    parameters.map(({ name, service, kind, default: value }): [string, Parameter] => [
      name,
      kind === 'image'
        ? {
            Type: 'String',
            Description: `Image of ${service}, by its digest`,
            AllowedPattern: '^.+@sha256:[0-9a-f]{64}$',
            ConstraintDescription: 'REPOSITORY@sha256:DIGEST',
          }
        : { Type: 'Number', Description: `How many tasks of ${service}`, Default: value!, MinValue: 0 },
    ]),
  );
