import { InputError } from '../common/problem.ts';
import type { Template } from './model.ts';
import type { PositionOf } from './path.ts';
import { resourcesIn } from './references.ts';

export interface DependencyGraph {
  /** Logical ID → what must be there before it. */
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>;
  /** Every resource after all of its dependencies; otherwise as written. */
  readonly order: readonly string[];
}

/**
 * Who waits for whom: Ref, GetAtt, Sub variables and DependsOn, also in branches that a condition rules out.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html
 * @throws InputError that prints the circle when there is one
 */
export function dependencyGraph(template: Template, positionOf?: PositionOf): DependencyGraph {
  const dependencies = new Map<string, Set<string>>();
  for (const [id, { Properties, DependsOn }] of Object.entries(template.Resources)) {
    const names = resourcesIn(Properties, template);
    for (const name of [DependsOn ?? []].flat()) if (Object.hasOwn(template.Resources, name)) names.add(name);
    dependencies.set(id, names);
  }
  return { dependencies, order: sort(dependencies, positionOf) };
}

function sort(dependencies: ReadonlyMap<string, ReadonlySet<string>>, positionOf?: PositionOf): string[] {
  const done = new Set<string>();
  const underWay: string[] = [];
  const order: string[] = [];
  function visit(id: string): void {
    if (done.has(id)) return;
    const start = underWay.indexOf(id);
    if (start >= 0) circular(underWay.slice(start), positionOf);
    underWay.push(id);
    for (const other of dependencies.get(id) ?? []) visit(other);
    underWay.pop();
    done.add(id);
    order.push(id);
  }
  for (const id of dependencies.keys()) visit(id);
  return order;
}

function circular(circle: readonly string[], positionOf?: PositionOf): never {
  throw new InputError([
    {
      code: 'template-circular-dependency',
      message: `Circular dependency between resources: [${circle.join(', ')}]`,
      position: positionOf?.(['Resources', circle[0]!]),
      fix: `${[...circle, circle[0]].join(' → ')}: take one of these references out`,
    },
  ]);
}
