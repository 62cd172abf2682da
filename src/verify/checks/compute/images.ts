import { intrinsicOf } from '../../../template/symbolic.ts';
import { isUnknown, known, type ContainerDefinition } from '../../../topology/system.ts';

/** Where the images that everybody uses stand; elsewhere a name says nothing of what is inside. */
const LIBRARIES = ['', 'docker.io/', 'docker.io/library/', 'library/', 'public.ecr.aws/docker/library/'];
const VENDORS = ['bitnami/', 'public.ecr.aws/bitnami/'];
const ALIASES: Readonly<Record<string, string>> = {
  'public.ecr.aws/nginx/nginx': 'nginx',
  'postgis/postgis': 'postgres',
  'timescale/timescaledb': 'postgres',
  'pgvector/pgvector': 'postgres',
  'valkey/valkey': 'valkey',
  'mysql/mysql-server': 'mysql',
};

/** `docker.io/library/postgres:16` → `postgres`; undefined for an image of one's own. */
export function officialName({ image }: ContainerDefinition): string | undefined {
  const reference = known(image)?.split('@')[0] ?? '';
  const path = reference.replace(/:[^/:]*$/, '');
  if (Object.hasOwn(ALIASES, path)) return ALIASES[path];
  const name = path.split('/').at(-1) ?? '';
  const before = path.slice(0, path.length - name.length);
  return name !== '' && [...LIBRARIES, ...VENDORS].includes(before) ? name : undefined;
}

/** The tag, `latest` where there is none; undefined where it is not known or a digest says what is meant. */
export function tagOf({ image, properties }: ContainerDefinition): string | undefined {
  const text = isUnknown(image) ? lastText(properties['Image']) : image;
  if (text === undefined || text.includes('@')) return undefined;
  const tag = /:([^/:]*)$/.exec(text)?.[1];
  return tag ?? (isUnknown(image) ? undefined : 'latest');
}

/** The end of a symbolic text, where it is known. */
function lastText(value: unknown): string | undefined {
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name !== 'Fn::Join' || !Array.isArray(argument)) return undefined;
  const parts: unknown = argument[1];
  const last: unknown = Array.isArray(parts) ? parts.at(-1) : undefined;
  return typeof last === 'string' && argument[0] === '' ? last : undefined;
}

/** Where the data of a database image lies; queues and caches, which may well forget, are not here. */
export const DATA_DIRECTORIES: Readonly<Record<string, string>> = {
  postgres: '/var/lib/postgresql/data',
  postgresql: '/bitnami/postgresql',
  mysql: '/var/lib/mysql',
  mariadb: '/var/lib/mysql',
  mongo: '/data/db',
  mongodb: '/bitnami/mongodb',
  cassandra: '/var/lib/cassandra',
  neo4j: '/data',
  influxdb: '/var/lib/influxdb2',
  elasticsearch: '/usr/share/elasticsearch/data',
};
/** Keep what they are given where a volume is mounted there. */
export const KEEPING: Readonly<Record<string, string>> = {
  ...DATA_DIRECTORIES,
  redis: '/data',
  valkey: '/data',
  rabbitmq: '/var/lib/rabbitmq',
};
