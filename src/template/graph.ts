import { InputError } from '../common/problem.ts';
import type { Template } from './model.ts';
import type { Path, PositionOf } from './path.ts';
import type { TemplateProblem } from './problem.ts';
import { referencesIn, resourcesIn } from './references.ts';

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
  const dependencies = dependenciesOf(template);
  return { dependencies, order: sort(dependencies, template, positionOf) };
}

/** Every resource after its dependencies, as far as circles let them. */
export function dependencyOrder(template: Template): readonly string[] {
  const dependencies = dependenciesOf(template);
  const order = new Set<string>();
  const underWay = new Set<string>();
  const visit = (id: string): void => {
    if (underWay.has(id)) return;
    underWay.add(id);
    for (const other of dependencies.get(id) ?? []) visit(other);
    order.add(id);
  };
  for (const id of dependencies.keys()) visit(id);
  return [...order];
}

function dependenciesOf(template: Template): Map<string, Set<string>> {
  const dependencies = new Map<string, Set<string>>();
  for (const [id, { Properties, DependsOn }] of Object.entries(template.Resources)) {
    const names = resourcesIn(Properties, template);
    for (const name of [DependsOn ?? []].flat()) if (Object.hasOwn(template.Resources, name)) names.add(name);
    dependencies.set(id, names);
  }
  return dependencies;
}

/** Every circle that a template has, one for each set of resources that hang together in circles, and the shortest of it. */
export function circlesIn(template: Template, positionOf?: PositionOf): TemplateProblem[] {
  const dependencies = dependenciesOf(template);
  const problems: TemplateProblem[] = [];
  const seen = new Set<string>();
  for (const id of suspects(dependencies)) {
    if (seen.has(id)) continue;
    const circle = circleFrom(id, dependencies);
    if (!circle) continue;
    for (const other of circle) seen.add(other);
    problems.push(circular(circle, template, positionOf));
  }
  return problems;
}

/** What is left when everything is taken away that depends on nothing that is left: nothing, where there is no circle. */
function suspects(dependencies: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const waiting = new Map([...dependencies].map(([id, names]) => [id, names.size]));
  const users = new Map<string, string[]>();
  for (const [id, names] of dependencies)
    for (const name of names) {
      const list = users.get(name);
      if (list) list.push(id);
      else users.set(name, [id]);
    }
  const free = [...waiting].flatMap(([id, count]) => (count === 0 ? [id] : []));
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    waiting.delete(id);
    for (const user of users.get(id) ?? []) {
      const left = waiting.get(user)! - 1;
      waiting.set(user, left);
      if (left === 0) free.push(user);
    }
  }
  return [...waiting.keys()];
}

/** The shortest way from a resource back to itself. */
function circleFrom(
  start: string,
  dependencies: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] | undefined {
  const from = new Map<string, string>();
  const queue = [start];
  for (const id of queue)
    for (const next of dependencies.get(id) ?? []) {
      if (next === start) {
        const circle: string[] = [];
        for (let at: string | undefined = id; at !== undefined; at = from.get(at)) circle.unshift(at);
        return circle;
      }
      if (from.has(next)) continue;
      from.set(next, id);
      queue.push(next);
    }
  return undefined;
}

function sort(
  dependencies: ReadonlyMap<string, ReadonlySet<string>>,
  template: Template,
  positionOf?: PositionOf,
): string[] {
  const done = new Set<string>();
  const underWay: string[] = [];
  const order: string[] = [];
  function visit(id: string): void {
    if (done.has(id)) return;
    const start = underWay.indexOf(id);
    if (start >= 0) throw new InputError([circular(underWay.slice(start), template, positionOf)]);
    underWay.push(id);
    for (const other of dependencies.get(id) ?? []) visit(other);
    underWay.pop();
    done.add(id);
    order.push(id);
  }
  for (const id of dependencies.keys()) visit(id);
  return order;
}

function circular(circle: readonly string[], template: Template, positionOf?: PositionOf): TemplateProblem {
  const way = [...circle, circle[0]].join(' → ');
  const path = ['Resources', circle[0]!];
  return {
    code: 'dependency-cycle',
    path,
    message: `Circular dependency between resources: [${circle.join(', ')}]`,
    position: positionOf?.(path),
    fix: `${way}: take one of these references out`,
    says: `these resources wait for each other: ${way}`,
    circle: circle.map((id, index) => ({
      id,
      path: mention(id, circle[(index + 1) % circle.length]!, template),
    })),
  };
}

/** Where a resource names another one. */
function mention(id: string, other: string, template: Template): Path {
  const path = ['Resources', id];
  const named = referencesIn(template.Resources[id]?.Properties, [...path, 'Properties']).find(
    ({ kind, name }) => kind !== 'condition' && name === other,
  );
  return named?.path ?? [...path, 'DependsOn'];
}
