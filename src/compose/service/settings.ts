import type { Call, CostProfile, Located, ProjectSettings, ServiceSettings } from '../app.ts';
import { PROFILES } from '../app.ts';
import {
  choice,
  type Field,
  field,
  type Findings,
  flag,
  integer,
  mapping,
  memory,
  parsed,
  text,
  texts,
  wrong,
} from '../read.ts';
import type { Position } from '../../common/problem.ts';
import { plainMap } from '../tree.ts';
import { readAutoscaling } from './rollout.ts';

/** Days that CloudWatch Logs takes: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const NAMESPACE = /^(?=.{1,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** `x-aws` at the top level. */
export function readProjectSettings(found: Findings, project: Field): ProjectSettings {
  const at = field(project, 'x-aws');
  mapping(found, at);
  const retention = parsed(
    found,
    field(at, 'log_retention') ?? field(project, 'x-aws-logs_retention'),
    (value) => RETENTION.find((days) => String(days) === value),
    `one of ${RETENTION.join(', ')}`,
  );
  const [vpc, cluster, loadBalancer] = ['vpc', 'cluster', 'loadbalancer'].map((name) =>
    text(found, field(project, `x-aws-${name}`)),
  );
  const namespace = parsed(
    found,
    field(at, 'namespace'),
    (value) => (NAMESPACE.test(value) ? value : undefined),
    'a domain name in small letters, for example local',
  );
  return {
    profile: choice<CostProfile>(found, field(at, 'profile'), PROFILES)?.value ?? 'affordable',
    namespace: namespace ?? { value: 'local', position: project.tree.position },
    logRetentionDays: retention?.value ?? 14,
    ...(vpc || cluster || loadBalancer
      ? {
          existing: {
            ...(vpc ? { vpc } : {}),
            ...(cluster ? { cluster } : {}),
            ...(loadBalancer ? { loadBalancer } : {}),
          },
        }
      : {}),
  };
}

/** `x-aws` of a service. */
export function readServiceSettings(found: Findings, service: Field): ServiceSettings {
  const at = field(service, 'x-aws');
  mapping(found, at);
  const cpu = integer(found, field(at, 'cpu'), 1);
  const size = at && memoryOf(found, at);
  const healthPath = parsed(
    found,
    field(at, 'health_path'),
    (value) => (/^\/[\x21-\x7e]*$/.test(value) ? value : undefined),
    'a path that starts with /, for example /health',
  );
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
  const host = parsed(
    found,
    field(at, 'host'),
    (value) => (/^[A-Za-z0-9*?.-]{1,128}$/.test(value) ? value.toLowerCase() : undefined),
    'a host name, for example api.example.com or *.example.com',
  );
  const path = parsed(
    found,
    field(at, 'path'),
    (value) => (/^\/[\w.$/~"'@:+*?&-]{0,127}$/.test(value) ? value : undefined),
    'a path that starts with /, for example /api/*',
  );
  const credentials = text(found, field(service, 'x-aws-pull_credentials'));
  const role = field(service, 'x-aws-role');
  const autoscaling = readAutoscaling(found, service);
  return {
    calls: texts(found, field(at, 'calls')).flatMap(
      ({ value, position }) => call(found, value, position) ?? [],
    ),
    worker: flag(found, field(at, 'worker'))?.value ?? false,
    public: flag(found, field(at, 'public'))?.value ?? true,
    policies: texts(found, field(service, 'x-aws-policies')).filter((policy) => isArn(found, policy)),
    ...(credentials && isArn(found, credentials) ? { pullCredentials: credentials } : {}),
    ...(role && mapping(found, role)
      ? { role: { value: plainMap(role.tree), position: role.tree.position } }
      : {}),
    ...(autoscaling ? { autoscaling } : {}),
    ...(host ? { host } : {}),
    ...(path ? { path } : {}),
    ...(healthPath ? { healthPath } : {}),
    ...(cpu ? { cpu } : {}),
    ...(size ? { memory: size } : {}),
    egress: texts(found, field(at, 'egress')).flatMap(({ value, position }) => {
      const port = Number(value);
      if (/^\d+$/.test(value) && port >= 1 && port <= 65_535) return [{ value: port, position }];
      wrong(found, position, `${JSON.stringify(value)} is no port`, 'write a port, for example 587');
      return [];
    }),
  };
}

function isArn(found: Findings, { value, position }: Located<string>): boolean {
  if (/^arn:[\w-]+:[\w-]+:/.test(value)) return true;
  wrong(found, position, `${JSON.stringify(value)} is no ARN`, 'write the whole ARN: arn:aws:…');
  return false;
}

/** A bare number is MiB, as ECS counts; compose's own units are understood too. */
function memoryOf(found: Findings, at: Field) {
  const written = field(at, 'memory');
  const bare = written?.tree.kind === 'scalar' && /^\d+$/.test(written.tree.text);
  return bare ? integer(found, written, 1) : memory(found, written);
}

function call(found: Findings, written: string, position: Position): Call | undefined {
  const [, service, port] = /^([\w.-]+)(?::(\d+))?$/.exec(written) ?? [];
  if (service !== undefined && (port === undefined || (Number(port) >= 1 && Number(port) <= 65_535)))
    return { service, position, ...(port === undefined ? {} : { port: Number(port) }) };
  wrong(
    found,
    position,
    `${JSON.stringify(written)} is no call`,
    'write SERVICE:PORT, for example redis:6379',
  );
  return undefined;
}
