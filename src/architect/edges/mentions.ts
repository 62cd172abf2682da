import type { NameLookup } from './names.ts';

/** A service that a variable's value names, and the port it says, if it says one. */
export interface Mention {
  readonly service: string;
  readonly port?: number;
}

/** Ports of URLs that do not say one. */
const SCHEME_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  ws: 80,
  https: 443,
  wss: 443,
  redis: 6379,
  rediss: 6379,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mariadb: 3306,
  mongodb: 27_017,
  amqp: 5672,
  nats: 4222,
  memcached: 11_211,
};

/** Variables that hold a host by their name: in others a word that equals a service's name is just a word. */
const HOST_LIKE =
  /(^|[_.-])(HOST|HOSTS|HOSTNAME|ADDR|ADDRESS|ADDRESSES|SERVER|SERVERS|ENDPOINT|ENDPOINTS|URL|URLS|URI|UPSTREAM|UPSTREAMS|BROKER|BROKERS|DSN|NODES|PEERS|SEEDS|CONTACT_POINTS)$/i;

/** Variables that hold none, even where the value looks like one: `redis:7` in REDIS_IMAGE is an image. */
const NO_HOST = /(^|[_.-])(USER|USERNAME|LOGIN|PASS|PASSWORD|PWD|TOKEN|SECRET|KEY|IMAGE|TAG|VERSION)$/i;

const HOST_PORT = /^([a-z0-9]([a-z0-9._-]*[a-z0-9])?):(\d{1,5})(?:\/.*)?$/i;
const HOST = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i;

/**
 * The services that a value names as host, host:port or URL; several where it is a list with commas.
 * @param serviceOf the services that a host name is, by its short or its full name
 */
export function mentions(variable: string, value: string, serviceOf: NameLookup): readonly Mention[] {
  // URLs, also within options: `-Dspring.datasource.url=jdbc:mysql://db/app`.
  if (value.includes('://')) return textMentions(value, serviceOf);
  if (NO_HOST.test(variable)) return [];
  if (value.includes('=')) return textMentions(value, serviceOf);
  return value.split(/[,;\s]+/).flatMap((part) => {
    if (HOST_PORT.test(part)) return mention(part.split('/')[0]!, serviceOf, undefined);
    return HOST.test(part) && HOST_LIKE.test(variable) ? mention(part, serviceOf, undefined) : [];
  });
}

/** `http://api:8000/` and `--redis=redis:6379` among the words of a command; a bare name may be anything. */
export function commandMentions(words: readonly string[], serviceOf: NameLookup): readonly Mention[] {
  return textMentions(words.join(' '), serviceOf);
}

/** `scheme://user:password@host:port/path`, where the scheme may have a driver (`postgresql+psycopg`, `jdbc:mysql`). */
const URL_IN_TEXT =
  /(?:jdbc:)?([a-z][a-z0-9.-]*)(?:\+[a-z0-9]+)?:\/\/(?:[^@/\s"'`]*@)?([^/?#\s"'`<>(){};]+)/gi;
const HOST_PORT_IN_TEXT = /(?<![\w./@:-])([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?):(\d{2,5})(?![\w.:-])/gi;

/** URLs and `host:port` anywhere in a text. */
export function textMentions(text: string, serviceOf: NameLookup): readonly Mention[] {
  const apart = text.replaceAll(/[,;](?=[a-z][a-z0-9+.-]*:\/\/)/gi, ' ');
  const urls = [...apart.matchAll(URL_IN_TEXT)].flatMap(([, scheme, authorities]) =>
    authorities!
      .split(',')
      .flatMap((authority) => mention(authority, serviceOf, SCHEME_PORTS[scheme!.toLowerCase()])),
  );
  const pairs = [...apart.replaceAll(URL_IN_TEXT, ' ').matchAll(HOST_PORT_IN_TEXT)].flatMap(([pair]) =>
    mention(pair, serviceOf, undefined),
  );
  return [...urls, ...pairs];
}

function mention(authority: string, serviceOf: NameLookup, fallback: number | undefined): Mention[] {
  const [host = '', said] = authority.split(':');
  const services = serviceOf(host);
  const port = said !== undefined && /^\d+$/.test(said) ? Number(said) : fallback;
  if (port !== undefined && (port < 1 || port > 65_535)) return [];
  return services.map((service) => ({ service, ...(port === undefined ? {} : { port }) }));
}
