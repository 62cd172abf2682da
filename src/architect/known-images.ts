/** What is known of images that everybody uses. */
export interface KnownImage {
  /** What its program listens on. */
  readonly port: number;
  readonly http: boolean;
  /** It holds data for its peers: its ports are for them and for this machine, never for the internet. */
  readonly store: boolean;
}

const web = (port: number): KnownImage => ({ port, http: true, store: false });
const store = (port: number, http = false): KnownImage => ({ port, http, store: true });

const KNOWN: Readonly<Record<string, KnownImage>> = {
  nginx: web(80),
  'nginx-unprivileged': web(8080),
  httpd: web(80),
  caddy: web(80),
  traefik: web(80),
  wordpress: web(80),
  nextcloud: web(80),
  phpmyadmin: web(80),
  adminer: web(8080),
  tomcat: web(8080),
  grafana: web(3000),
  prometheus: web(9090),
  kibana: web(5601),
  pgadmin4: web(80),
  'mongo-express': web(8081),
  gitea: web(3000),
  minio: web(9000),
  redis: store(6379),
  redismod: store(6379),
  'redis-stack-server': store(6379),
  valkey: store(6379),
  memcached: store(11_211),
  postgres: store(5432),
  postgis: store(5432),
  timescaledb: store(5432),
  mysql: store(3306),
  'mysql-server': store(3306),
  mariadb: store(3306),
  'azure-sql-edge': store(1433),
  'mssql/server': store(1433),
  mongo: store(27_017),
  rabbitmq: store(5672),
  nats: store(4222),
  kafka: store(9092),
  'cp-kafka': store(9092),
  zookeeper: store(2181),
  cassandra: store(9042),
  elasticsearch: store(9200, true),
  opensearch: store(9200, true),
  influxdb: store(8086, true),
  neo4j: store(7687),
};

/** `docker.io/library/redis:7@sha256:…` → what is known of `redis`. */
export function knownImage(reference: string | undefined): KnownImage | undefined {
  const path = reference?.split('@')[0]?.split('/') ?? [];
  const names = [path.slice(-2).join('/'), path.at(-1) ?? ''].map((name) => name.split(':')[0]!);
  const known = names.find((name) => Object.hasOwn(KNOWN, name));
  return known === undefined ? undefined : KNOWN[known];
}

/** Ports that people outside connect to, and not by HTTP. */
const PLAIN: Readonly<Record<number, string>> = {
  22: 'SSH',
  53: 'DNS',
  8883: 'MQTT',
  25_565: 'Minecraft',
};

/** What a port is known for that the internet may reach, as it is, by TCP. */
export const plainProtocol = (port: number): string | undefined => PLAIN[port];

/** Ports of data stores, of queues, of what passes on mail, of debuggers: for peers, or for this machine. */
const INSIDE: Readonly<Record<number, string>> = {
  21: 'FTP',
  23: 'Telnet',
  25: 'SMTP',
  110: 'POP3',
  143: 'IMAP',
  389: 'LDAP',
  465: 'SMTP',
  587: 'SMTP',
  636: 'LDAP',
  993: 'IMAP',
  1025: 'SMTP',
  1433: 'SQL Server',
  1521: 'Oracle',
  1883: 'MQTT',
  2181: 'ZooKeeper',
  3306: 'MySQL',
  4222: 'NATS',
  5432: 'PostgreSQL',
  5672: 'AMQP',
  6379: 'Redis',
  9042: 'Cassandra',
  9092: 'Kafka',
  9229: 'the debugger of Node.js',
  9230: 'the debugger of Node.js',
  11_211: 'memcached',
  27_017: 'MongoDB',
};

/** What a port is known for that is neither HTTP nor for the internet. */
export const insideProtocol = (port: number): string | undefined => INSIDE[port];

/** Images without a shell: nothing can be put into them when they start. */
const SHELL_LESS =
  /(^|\/)(scratch|distroless|hello-world|nats|coredns|portainer|static)(\/|:|@|$)|^cgr\.dev\//;

export const hasShell = (reference: string | undefined): boolean => !SHELL_LESS.test(reference ?? '');
