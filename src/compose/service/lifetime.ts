import type { Position } from '../../common/problem.ts';
import type { Service } from '../app.ts';
import { choice, type Field, field, type Findings, integer, text, wrong } from '../read.ts';

export interface Lifetime {
  readonly lifetime: Service['lifetime'];
  /** Where the file says that it is started again whenever it ends. */
  readonly endless?: Position;
  /** Where `restart: "no"` is written: a service that serves requests ends by accident, never by plan. */
  readonly unrestarted?: Position;
}

/** Reads `restart`, `deploy.mode` and `deploy.restart_policy`, which wins over `restart` as in Docker Compose. */
export function readLifetime(found: Findings, at: Field): Lifetime {
  const deploy = field(at, 'deploy');
  const mode = text(found, field(deploy, 'mode'));
  if (mode && !/^(replicated|replicated-job)$/.test(mode.value))
    wrong(
      found,
      mode.position,
      `deploy.mode ${mode.value} is refused: Fargate has no nodes to run one on each`,
      'write replicated',
      'compose-refused',
    );
  const written = policy(found, at) ?? restart(found, at);
  if (mode?.value === 'replicated-job') return { lifetime: 'once' };
  if (!written) return { lifetime: 'service' };
  if (written.value === 'no') return { lifetime: 'once', unrestarted: written.position };
  if (written.value === 'always') return { lifetime: 'service', endless: written.position };
  found.notices.push({
    code: 'compose-not-enacted',
    message: `${written.name}: on-failure is not enacted: ECS replaces every task of a service that stops, ended well or not`,
    position: written.position,
  });
  return { lifetime: 'service' };
}

interface Written {
  readonly value: 'no' | 'always' | 'on-failure';
  readonly name: string;
  readonly position: Position;
}

function restart(found: Findings, at: Field): Written | undefined {
  const written = text(found, field(at, 'restart'));
  if (!written) return undefined;
  const { value, position } = written;
  const name = `${at.name}.restart`;
  if (value === 'no' || value === 'false') return { value: 'no', name, position };
  if (/^on-failure(:\d+)?$/.test(value)) return { value: 'on-failure', name, position };
  if (value !== 'always' && value !== 'unless-stopped') {
    const fix = 'write always, unless-stopped, on-failure or "no"';
    wrong(found, position, `restart is ${JSON.stringify(value)}`, fix);
    return undefined;
  }
  return { value: 'always', name, position };
}

/** https://docs.docker.com/reference/compose-file/deploy/#restart_policy */
function policy(found: Findings, at: Field): Written | undefined {
  const policy = field(field(at, 'deploy'), 'restart_policy');
  const condition = choice(found, field(policy, 'condition'), ['none', 'on-failure', 'any']);
  integer(found, field(policy, 'max_attempts'));
  if (!condition || !policy) return undefined;
  const value = ({ none: 'no', any: 'always', 'on-failure': 'on-failure' } as const)[condition.value];
  return { value, name: `${policy.name}.condition`, position: condition.position };
}
