import { nearest } from '../../common/nearest.ts';
import type { Position } from '../../common/problem.ts';
import type { Dependency, Located, Service } from '../app.ts';
import {
  choice,
  command,
  decimal,
  type Field,
  field,
  type Findings,
  flag,
  integer,
  mapping,
  memory,
  seconds,
  text,
  texts,
  wrong,
} from '../read.ts';
import { readBuild } from './build.ts';
import { readEnvironment, type Surroundings } from './environment.ts';
import { readHealthCheck } from './health.ts';
import { readMounts } from './mounts.ts';
import { readExpose, readPorts } from './ports.ts';
import { readServiceSettings } from './settings.ts';

/** A dependency, and whether the file may name a service that is not there. */
export interface WrittenDependency extends Dependency {
  readonly required: boolean;
}
export interface ReadService extends Service {
  readonly dependsOn: readonly WrittenDependency[];
  readonly profiles: readonly string[];
}

/** Reads one service; undefined where nothing can be made of it. */
export function readService(
  found: Findings,
  name: string,
  at: Field,
  key: Position,
  around: Surroundings,
): ReadService | undefined {
  if (!mapping(found, at)) return undefined;
  const settings = readServiceSettings(found, at);
  const image = text(found, field(at, 'image'));
  const build = readBuild(found, field(at, 'build'), around);
  if (!image && !field(at, 'build') && !mistyped(at, ['image', 'build']))
    wrong(
      found,
      key,
      `the service ${name} has neither image nor build`,
      'write `image: NAME:TAG` or `build: FOLDER`',
      'compose-no-image',
    );
  if (image && !/^[\w.:/@-]+$/.test(image.value))
    wrong(found, image.position, `${JSON.stringify(image.value)} is no image`, 'write `image: NAME:TAG`');
  const ports = readPorts(found, field(at, 'ports'), settings.public);
  const healthCheck = readHealthCheck(found, field(at, 'healthcheck'));
  checkConstants(found, at);
  return {
    name,
    position: key,
    ...present({
      image,
      build,
      command: command(found, field(at, 'command')),
      entrypoint: command(found, field(at, 'entrypoint')),
      healthCheck,
      ...readSize(found, at),
      stopGraceSeconds: readStopGrace(found, at),
      user: text(found, field(at, 'user')),
      workingDirectory: text(found, field(at, 'working_dir')),
    }),
    environment: readEnvironment(found, at, around),
    ports: ports.published,
    expose: [...readExpose(found, field(at, 'expose')), ...ports.peers],
    dependsOn: readDependencies(found, field(at, 'depends_on')),
    links: texts(found, field(at, 'links')),
    replicas: readReplicas(found, at, key),
    networks: networkNames(found, at),
    mounts: readMounts(found, field(at, 'volumes')),
    readonlyRoot: flag(found, field(at, 'read_only'))?.value ?? false,
    labels: readLabels(found, field(at, 'labels')),
    architecture: readArchitecture(found, at),
    aliases: readAliases(found, at),
    files: [],
    lifetime: 'service',
    limits: { init: false, ulimits: [], capAdd: [], capDrop: [], stdinOpen: false, tty: false },
    rollout: {},
    watch: [],
    profiles: texts(found, field(at, 'profiles')).map(({ value }) => value),
    settings,
  };
}

/** Whether a key is there that one of these was likely meant by: that is told already. */
const mistyped = (at: Field, keys: readonly string[]): boolean =>
  at.tree.kind === 'map' && [...at.tree.entries.keys()].some((key) => nearest(key, keys) !== undefined);

/** Leaves out what is undefined. */
function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function readDependencies(found: Findings, at: Field | undefined): WrittenDependency[] {
  return [...(mapping(found, at)?.entries ?? [])].map(([service, { key, value }]) => {
    const item: Field = { tree: value, name: `${at?.name}.${service}` };
    const condition = choice(found, field(item, 'condition'), [
      'service_started',
      'service_healthy',
      'service_completed_successfully',
    ]);
    if (condition?.value === 'service_completed_successfully')
      wrong(
        found,
        condition.position,
        `${item.name} waits for ${service} to end, and an ECS service never ends`,
        `run what ${service} does in the entry point of the service that waits, and write condition: service_started`,
        'compose-refused',
      );
    return {
      service,
      condition: condition?.value === 'service_healthy' ? 'service_healthy' : 'service_started',
      required: flag(found, field(item, 'required'))?.value ?? true,
      position: key,
    };
  });
}

function readReplicas(found: Findings, at: Field, key: Position): Located<number> {
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

function readSize(found: Findings, at: Field) {
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
function readStopGrace(found: Findings, at: Field): Located<number> | undefined {
  const written = seconds(found, field(at, 'stop_grace_period'));
  if (!written) return undefined;
  if (written.value > 120)
    wrong(
      found,
      written.position,
      `${at.name}.stop_grace_period is longer than Fargate waits`,
      'write at most 120s',
    );
  return { value: Math.max(2, Math.ceil(written.value)), position: written.position };
}

function networkNames(found: Findings, at: Field): string[] {
  const names = [...(mapping(found, field(at, 'networks'))?.entries.keys() ?? [])].sort();
  return names.length > 0 ? names : ['default'];
}

function readLabels(found: Findings, at: Field | undefined): Record<string, string> {
  const labels: [string, string][] = [];
  for (const [name, { value: tree }] of mapping(found, at)?.entries ?? [])
    labels.push([name, text(found, { tree, name: `${at?.name}.${name}` })?.value ?? '']);
  return Object.fromEntries(labels.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function readArchitecture(found: Findings, at: Field): Service['architecture'] {
  const platform = choice(found, field(at, 'platform'), ['linux/amd64', 'linux/arm64', 'linux/arm64/v8']);
  return platform && platform.value !== 'linux/amd64' ? 'ARM64' : 'X86_64';
}

function readAliases(found: Findings, at: Field): string[] {
  const aliases = [...(mapping(found, field(at, 'networks'))?.entries.keys() ?? [])].flatMap((name) =>
    texts(found, field(field(field(at, 'networks'), name), 'aliases')).map(({ value }) => value),
  );
  const container = text(found, field(at, 'container_name'))?.value;
  return [...new Set(container === undefined ? aliases : [...aliases, container])].sort();
}

/** Keys that are enacted for one value alone. */
function checkConstants(found: Findings, at: Field): void {
  const mode = text(found, field(field(at, 'deploy'), 'mode'));
  if (mode && mode.value !== 'replicated')
    wrong(
      found,
      mode.position,
      `deploy.mode ${mode.value} is refused: Fargate has no nodes`,
      'write replicated',
    );
  const restart = text(found, field(at, 'restart'));
  if (restart && !/^(no|always|unless-stopped|on-failure(:\d+)?)$/.test(restart.value))
    wrong(found, restart.position, `restart is ${JSON.stringify(restart.value)}`, 'write always');
  else if (restart && /^(no|on-failure)/.test(restart.value))
    found.notices.push({
      code: 'compose-not-enacted',
      message: `${at.name}.restart: ${restart.value} is not enacted: ECS replaces every task that stops`,
      position: restart.position,
    });
}
