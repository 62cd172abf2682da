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

/** In the order in which people are told of them. */
export const standInGroups: Readonly<Record<string, readonly Recipe[]>> = {
  'databases, caches, queues': [mariadb, memcached, mysql, postgres, rabbitmq, redis, valkey],
  'web servers': [apache, caddy, haproxy, nginx],
  languages: [golang, maven, node, openjdk, php, python, ruby],
  distributions: [alpine, buildpack, busybox, debian, ubuntu],
};
export const standIns: readonly Recipe[] = Object.values(standInGroups).flat();

/** What people ask for and Debian does not have, and what to do instead. */
export const withoutStandIn: Readonly<Record<string, string>> = {
  'adminer, phpmyadmin': 'leave it out locally (a profile of its own), or build it on `php:8-apache`',
  'elasticsearch, kibana, logstash': 'pull it where a registry can be reached',
  mongo: 'pull it where a registry can be reached: Debian has no server since MongoDB changed its license',
  'nextcloud, wordpress': 'build it on `php:8-apache` from its release',
  traefik:
    'use `caddy`, `haproxy` or `nginx`, or nothing: the load balancer routes by host and path (`x-aws: {host, path}`)',
};

const names = (recipes: readonly Recipe[]) => recipes.flatMap((recipe) => recipe.names).sort();

/** What to write instead of an image that cannot be had. */
export const imageAdvice = `use an image that stands in on this machine (any tag, no digest), or \`build:\` one on it: ${Object.entries(
  standInGroups,
)
  .map(([group, recipes]) => `${group}: ${names(recipes).join(', ')}`)
  .join('; ')}`;

/** The recipe of what stands in for an official image. */
export function standInFor(name: string, tag = 'latest'): StandIn | undefined {
  const found = standIns.find((recipe) => recipe.names.includes(name));
  return found && chosen(found, tag);
}
