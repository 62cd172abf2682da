import type { Position } from '../../common/problem.ts';
import type { Located } from '../app.ts';
import { decimal, type Field, field, type Findings, integer, memory, seconds, wrong } from '../read.ts';

/** Reads `deploy.replicas` and `scale`. */
export function readReplicas(found: Findings, at: Field, key: Position): Located<number> {
  const replicas = integer(found, field(field(at, 'deploy'), 'replicas'), 0, 5000);
  const scale = integer(found, field(at, 'scale'), 0, 5000);
  if (replicas && scale && replicas.value !== scale.value)
    wrong(
      found,
      scale.position,
      `scale is ${scale.value} and deploy.replicas is ${replicas.value}`,
      'keep one of the two',
    );
  return replicas ?? scale ?? { value: 1, position: key };
}

/** The limits, else the reservations. */
export function readSize(found: Findings, at: Field) {
  const resources = field(field(at, 'deploy'), 'resources');
  const [limits, reservations] = [field(resources, 'limits'), field(resources, 'reservations')];
  const first = <T>(...values: (T | undefined)[]) => values.find((value) => value !== undefined);
  return {
    cpus: first(
      decimal(found, field(limits, 'cpus')),
      decimal(found, field(at, 'cpus')),
      decimal(found, field(reservations, 'cpus')),
    ),
    memory: first(
      memory(found, field(limits, 'memory')),
      memory(found, field(at, 'mem_limit')),
      memory(found, field(reservations, 'memory')),
      memory(found, field(at, 'mem_reservation')),
    ),
  };
}

/** Fargate waits 2 to 120 s: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */
export function readStopGrace(found: Findings, at: Field): Located<number> | undefined {
  const written = seconds(found, field(at, 'stop_grace_period'));
  if (!written) return undefined;
  const value = Math.min(120, Math.max(2, Math.ceil(written.value)));
  if (value !== written.value)
    found.notices.push({
      code: 'compose-stop-range',
      message: `${at.name}.stop_grace_period becomes ${value} s: Fargate waits whole seconds from 2 to 120`,
      position: written.position,
    });
  return { value, position: written.position };
}
