import { busybox } from './busybox.ts';
import { caddy } from './caddy.ts';
import { alpine, buildpack, debian, ubuntu } from './distributions.ts';
import { golang } from './golang.ts';
import { haproxy } from './haproxy.ts';
import { apache } from './httpd.ts';
import { mariadb, mysql } from './mariadb.ts';
import { memcached } from './memcached.ts';
import type { Recipe, StandIn } from './model.ts';
import { nginx } from './nginx.ts';
import { node } from './node.ts';
import { maven, openjdk } from './openjdk.ts';
import { php } from './php.ts';
import { postgres } from './postgres.ts';
import { python } from './python.ts';
import { rabbitmq } from './rabbitmq.ts';
import { redis } from './redis.ts';
import { ruby } from './ruby.ts';
import { valkey } from './valkey.ts';
import { chosen } from './variants.ts';

export const standIns: readonly Recipe[] = [
  alpine,
  apache,
  buildpack,
  busybox,
  caddy,
  debian,
  golang,
  haproxy,
  mariadb,
  maven,
  memcached,
  mysql,
  nginx,
  node,
  openjdk,
  php,
  postgres,
  python,
  rabbitmq,
  redis,
  ruby,
  ubuntu,
  valkey,
];

const standInNames = standIns.flatMap(({ names }) => names).sort();

/** What to write instead of an image that cannot be had. */
export const imageAdvice = `use an image that stands in on this machine (${standInNames.join(', ')}; any tag, no digest), or \`build:\` one on it`;

/** The recipe of what stands in for an official image. */
export function standInFor(name: string, tag = 'latest'): StandIn | undefined {
  const found = standIns.find(({ names }) => names.includes(name));
  return found && chosen(found, tag);
}
