import { nearest } from '../../common/nearest.ts';
import type { Position } from '../../common/problem.ts';
import type { Located, Service } from '../app.ts';
import { command, type Field, field, type Findings, flag, mapping, text, texts, wrong } from '../read.ts';
import { readBuild } from './build.ts';
import { readDependencies, type WrittenDependency } from './dependencies.ts';
import { readEnvironment } from './environment.ts';
import { readGrants } from './grants.ts';
import { readHealthCheck } from './health.ts';
import { checkExtraHosts } from './hosts.ts';
import { readLabels } from './labels.ts';
import { readLifetime } from './lifetime.ts';
import { readLimits } from './limits.ts';
import { readMounts } from './mounts.ts';
import { type Link, networkNames, readAliases, readLinks, readNetworkMode } from './networks.ts';
import { readArchitecture } from './platform.ts';
import { readExpose, readPorts } from './ports.ts';
import { readPullPolicy } from './pull.ts';
import { readRollout } from './rollout.ts';
import { readServiceSettings } from './settings.ts';
import { readReplicas, readSize, readStopGrace } from './size.ts';
import type { Surroundings } from './surroundings.ts';
import { readWatch } from './watch.ts';

/** A service as it is written: other services' part in it is not yet known. */
export interface ReadService extends Service {
  readonly dependsOn: readonly WrittenDependency[];
  readonly links: readonly Link[];
  readonly profiles: readonly string[];
  /** `volumes_from`. */
  readonly volumesFrom: readonly Located<string>[];
  /** Where the file says that it is started again whenever it ends. */
  readonly endless?: Position;
  /** Where the file says that it is not started again. */
  readonly unrestarted?: Position;
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
  if (!field(at, 'image') && !field(at, 'build') && !mistyped(at, ['image', 'build']))
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
  const written = field(at, 'healthcheck');
  const healthCheck = written ? readHealthCheck(found, written) : build?.healthCheck;
  checkExtraHosts(found, field(at, 'extra_hosts'));
  const replicas = readReplicas(found, at, key);
  return {
    name,
    position: key,
    ...present({
      image,
      build,
      pullPolicy: readPullPolicy(found, at),
      command: command(found, field(at, 'command')),
      entrypoint: command(found, field(at, 'entrypoint')),
      healthCheck,
      ...readSize(found, at),
      stopGraceSeconds: readStopGrace(found, at),
      user: text(found, field(at, 'user')),
      workingDirectory: text(found, field(at, 'working_dir')),
      sidecarOf: readNetworkMode(found, at),
    }),
    ...readLifetime(found, at),
    environment: readEnvironment(found, at, around),
    ports: ports.published,
    expose: [...readExpose(found, field(at, 'expose')), ...ports.peers],
    dependsOn: readDependencies(found, field(at, 'depends_on')),
    links: readLinks(found, field(at, 'links')),
    replicas,
    networks: networkNames(found, at),
    mounts: readMounts(found, at, around),
    volumesFrom: texts(found, field(at, 'volumes_from')),
    files: readGrants(found, at),
    readonlyRoot: flag(found, field(at, 'read_only'))?.value ?? false,
    labels: readLabels(found, at, around),
    architecture: readArchitecture(found, at),
    aliases: readAliases(found, at),
    limits: readLimits(found, at),
    rollout: readRollout(found, at, replicas.value),
    watch: readWatch(found, at, around),
    profiles: texts(found, field(at, 'profiles')).map(({ value }) => value),
    settings,
  };
}

/** Whether a key is there that one of these was likely meant by: that is told already. */
const mistyped = (at: Field, keys: readonly string[]): boolean =>
  at.tree.kind === 'map' &&
  [...at.tree.entries.keys()].some(
    (key) => !keys.includes(key) && !key.startsWith('x-') && nearest(key, keys) !== undefined,
  );

/** Leaves out what is undefined. */
function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
