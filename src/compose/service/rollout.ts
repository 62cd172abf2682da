import type { Autoscaling, Located, Service } from '../app.ts';
import { choice, type Field, field, type Findings, integer, mapping, wrong } from '../read.ts';

/**
 * Reads `deploy.update_config`: how many tasks may be missing or too many while a deployment goes on, as percents of all.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export function readRollout(found: Findings, at: Field, replicas: number): Service['rollout'] {
  const config = field(field(at, 'deploy'), 'update_config');
  mapping(found, config);
  const order = choice(found, field(config, 'order'), ['start-first', 'stop-first']);
  const parallelism = integer(found, field(config, 'parallelism'));
  const least = integer(found, field(config, 'x-aws-min_percent'), 0, 100);
  const most = integer(found, field(config, 'x-aws-max_percent'), 100, 200);
  const written = order ?? parallelism;
  const computed = written && percents(order?.value, parallelism?.value, replicas);
  const of = (value: number | undefined): Located<number> | undefined =>
    written && value !== undefined ? { value, position: written.position } : undefined;
  const minimumHealthyPercent = least ?? of(computed?.minimum);
  const maximumPercent = most ?? of(computed?.maximum);
  if (minimumHealthyPercent?.value === 100 && maximumPercent?.value === 100)
    wrong(
      found,
      maximumPercent.position,
      'neither a task more nor a task less may run while a deployment goes on: it would never end',
      'write x-aws-max_percent: 200, or x-aws-min_percent: 0',
    );
  return {
    ...(minimumHealthyPercent ? { minimumHealthyPercent } : {}),
    ...(maximumPercent ? { maximumPercent } : {}),
  };
}

/** Parallelism 0 is all at once; rounded so that ECS, which rounds up what must run and down what may, counts the same tasks. */
function percents(order: string | undefined, parallelism: number | undefined, replicas: number) {
  const all = Math.max(1, replicas);
  const step = parallelism ? Math.min(parallelism, all) : all;
  const fewer = Math.floor((100 * (all - step)) / all);
  const more = Math.min(200, Math.ceil((100 * (all + step)) / all));
  if (order === 'start-first') return { minimum: 100, maximum: more };
  if (order === 'stop-first') return { minimum: fewer, maximum: 100 };
  // Without an order: at least as many as before, by as many at a time.
  return { minimum: 100, maximum: more };
}

/** Reads `deploy.x-aws-autoscaling`, as the retired compose-ecs had it, or `x-aws.autoscaling`. */
export function readAutoscaling(found: Findings, at: Field): Autoscaling | undefined {
  const own = field(field(at, 'x-aws'), 'autoscaling');
  const written = field(field(at, 'deploy'), 'x-aws-autoscaling') ?? own;
  if (own && written !== own)
    wrong(found, own.tree.position, `${own.name} and ${written?.name} say the same`, `remove one of the two`);
  if (!written || !mapping(found, written)) return undefined;
  const { position } = written.tree;
  const min = integer(found, field(written, 'min'), 0, 5000)?.value ?? 1;
  const max = integer(found, field(written, 'max'), 1, 5000)?.value;
  const cpu = integer(found, field(written, 'cpu'), 1, 100)?.value;
  const memory = integer(found, field(written, 'memory'), 1, 100)?.value;
  const requests = integer(found, field(written, 'requests'), 1)?.value;
  if (max === undefined || max < min) {
    const message = `${written.name} ${max === undefined ? 'has no max' : `has a max below its min, ${min}`}`;
    wrong(found, position, message, 'write {min: 1, max: 10, cpu: 75}');
    return undefined;
  }
  if (cpu === undefined && memory === undefined && requests === undefined) {
    const message = `${written.name} has nothing to scale by`;
    wrong(found, position, message, 'write `cpu: PERCENT`, `memory: PERCENT` or `requests: NUMBER`');
    return undefined;
  }
  return {
    min,
    max,
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(requests === undefined ? {} : { requests }),
    position,
  };
}
