import type { ContainerDefinition, TaskDefinition } from '../../../topology/system.ts';
import type { Check, Edit, Report } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { officialName } from './images.ts';
import { called, containerOf, partly } from './tasks.ts';

/** What tells that the program of an image serves; each is in the image. */
const HEALTH: Readonly<Record<string, readonly string[]>> = {
  postgres: ['CMD-SHELL', 'pg_isready -U "${POSTGRES_USER:-postgres}"'],
  redis: ['CMD', 'redis-cli', 'ping'],
  valkey: ['CMD', 'valkey-cli', 'ping'],
  rabbitmq: ['CMD', 'rabbitmq-diagnostics', '-q', 'ping'],
  mariadb: ['CMD', 'healthcheck.sh', '--connect', '--innodb_initialized'],
};

export const dependsOnWithoutHealthCheck: Check = {
  id: 'depends-on-without-health-check',
  title: 'What a container waits for can come to be',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html',
  why: 'HEALTHY needs a health check in the task definition (that of the image is not looked at); “A dependency container with SUCCESS or COMPLETE condition cannot be an essential container”; of containers that wait for each other none starts: “TaskDependencyError: Task dependencies cannot be resolved”.',
  *find({ system }) {
    for (const task of system.taskDefinitions) {
      const open = partly(system, task.id, 'ContainerDefinitions');
      for (const container of task.containers)
        for (const dependency of container.dependsOn) {
          const other = containerOf(task, dependency.name);
          if (other) yield* judged(task, container, other, dependency);
          else if (open !== undefined) yield cannotTell(task.id, dependency.origin, open);
          else if (dependency.name !== '' && task.containers.every(({ name }) => typeof name === 'string'))
            yield found(task.id, under(dependency.origin, 'ContainerName'), {
              message: `${called(container)} waits for ${dependency.name}, and the task has no such container`,
              fix: { says: `name one of ${task.containers.map(called).join(', ')}`, edits: [] },
            });
        }
      yield* circles(task);
    }
  },
};

function* judged(
  { id }: TaskDefinition,
  container: ContainerDefinition,
  other: ContainerDefinition,
  { condition, origin }: ContainerDefinition['dependsOn'][number],
): Generator<Report> {
  const at = under(origin, 'Condition');
  if (condition === 'HEALTHY' && !other.healthCheck) {
    if (other.properties['HealthCheck'] !== undefined)
      return yield cannotTell(id, at, `whether ${called(other)} has a health check is not known`);
    const command = HEALTH[officialName(other) ?? ''];
    const edit: Edit = command
      ? { kind: 'set', path: under(other.origin, 'HealthCheck').path, value: { Command: command } }
      : { kind: 'set', path: at.path, value: 'START' };
    return yield found(id, at, {
      message: `${called(container)} waits until ${called(other)} is healthy, and ${called(other)} has no health check`,
      fix: {
        says: command
          ? `give ${called(other)} a HealthCheck: Command: ${JSON.stringify(command)}`
          : `give ${called(other)} a HealthCheck, or wait for its START only`,
        edits: [edit],
      },
    });
  }
  if ((condition === 'SUCCESS' || condition === 'COMPLETE') && other.essential)
    yield found(id, at, {
      message: `${called(container)} waits until ${called(other)} has ended, and ${called(other)} is essential: its end stops the task`,
      fix: {
        says: `write Essential: false in ${called(other)}`,
        edits: [{ kind: 'set', path: under(other.origin, 'Essential').path, value: false }],
      },
    });
}

/** https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/dependencygraph/graph.go */
function* circles(task: TaskDefinition): Generator<Report> {
  const seen = new Set<string>();
  for (const container of task.containers) {
    const circle = circleFrom(task, called(container), []);
    if (!circle || circle.some((name) => seen.has(name))) continue;
    for (const name of circle) seen.add(name);
    yield found(task.id, under(container.origin, 'DependsOn'), {
      message: `containers wait for each other: ${[...circle, circle[0]].join(' → ')}`,
      fix: { says: `let one of them start without waiting`, edits: [] },
    });
  }
}
function circleFrom(
  task: TaskDefinition,
  name: string,
  path: readonly string[],
): readonly string[] | undefined {
  if (path.includes(name)) return path[0] === name ? path : undefined;
  for (const next of containerOf(task, name)?.dependsOn ?? []) {
    const circle = circleFrom(task, next.name, [...path, name]);
    if (circle) return circle;
  }
  return undefined;
}
