/** What is known of images that everybody uses: the port their program listens on, and whether it speaks HTTP. */
interface KnownImage {
  readonly port: number;
  readonly http: boolean;
}

const KNOWN: Readonly<Record<string, KnownImage>> = {
  nginx: { port: 80, http: true },
  httpd: { port: 80, http: true },
  caddy: { port: 80, http: true },
  traefik: { port: 80, http: true },
  wordpress: { port: 80, http: true },
  tomcat: { port: 8080, http: true },
  redis: { port: 6379, http: false },
  valkey: { port: 6379, http: false },
  memcached: { port: 11_211, http: false },
  postgres: { port: 5432, http: false },
  postgis: { port: 5432, http: false },
  mysql: { port: 3306, http: false },
  mariadb: { port: 3306, http: false },
  mongo: { port: 27_017, http: false },
  rabbitmq: { port: 5672, http: false },
  nats: { port: 4222, http: false },
  elasticsearch: { port: 9200, http: true },
  opensearch: { port: 9200, http: true },
  minio: { port: 9000, http: true },
};

/** `docker.io/library/redis:7@sha256:…` → what is known of `redis`. */
export function knownImage(reference: string | undefined): KnownImage | undefined {
  const name = reference?.split('@')[0]?.split('/').at(-1)?.split(':')[0];
  return name === undefined || !Object.hasOwn(KNOWN, name) ? undefined : KNOWN[name];
}
