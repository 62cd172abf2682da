import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandMentions, mentions, textMentions } from './mentions.ts';
import { hostNames } from './names.ts';

const services = ['db', 'redis', 'api', 'app', 'user-service'];
const serviceOf = hostNames({
  services: services.map((name) => ({ name, aliases: name === 'redis' ? ['cache'] : [] })) as never,
  settings: { namespace: { value: 'local' } } as never,
});
const found = (variable: string, value: string) =>
  mentions(variable, value, serviceOf).map(({ service, port }) =>
    port === undefined ? service : `${service}:${port}`,
  );

describe('a value names a service', () => {
  it.each<[variable: string, value: string, services: string[]]>([
    ['X', 'http://api:8000,http://app:9000', ['api:8000', 'app:9000']],
    ['X', '["http://api:8000/x", "redis://redis"]', ['api:8000', 'redis:6379']],
    [
      'JAVA_OPTS',
      '-Dspring.datasource.url=jdbc:mysql://db:3306/app -Dx=redis:6379',
      ['db:3306', 'redis:6379'],
    ],
    ['spring.redis.host', 'redis', ['redis']],
    ['CASSANDRA_SEEDS', 'db, api;app', ['db', 'api', 'app']],
    ['WORDPRESS_DB_HOST', 'db:3306', ['db:3306']],
    ['KAFKA_CONNECT', 'api:2181/root', ['api:2181']],
    ['REDIS_URL', 'redis://:p%40ss@cache:6380/0', ['redis:6380']],
    ['DSN', 'db', ['db']],
  ])('%s=%s', (variable, value, expected) => expect(found(variable, value)).toEqual(expected));
});

describe('a value that merely equals a name is no call', () => {
  it.each([
    ['POSTGRES_USER', 'db'],
    ['MYSQL_DATABASE', 'app'],
    ['POSTGRES_DB', 'api'],
    ['REDIS_IMAGE', 'redis:7'],
    ['APP_VERSION', 'app:10'],
    ['CACHE_BACKEND', 'redis'],
    ['DB_PASSWORD', 'db:1'],
    ['MODE', 'app db'],
    ['SITE', 'http://redis.example.com'],
    ['MAIL', 'mailto:app@db'],
  ])('%s=%s', (variable, value) => expect(found(variable, value)).toEqual([]));

  it('whatever the variable, unless its name says that it holds a host', () => {
    const word = fc.stringMatching(/^[A-Z]{1,8}$/);
    const name = fc
      .array(word, { minLength: 1, maxLength: 3 })
      .map((words) => words.join('_'))
      .filter(
        (text) =>
          !/(^|_)(HOSTS?|HOSTNAME|ADDR|ADDRESS(ES)?|SERVERS?|ENDPOINTS?|URLS?|URI|UPSTREAMS?|BROKERS?|DSN|NODES|PEERS|SEEDS|POINTS)$/.test(
            text,
          ),
      );
    fc.assert(
      fc.property(name, fc.constantFrom(...services), (variable, service) => {
        expect(found(variable, service)).toEqual([]);
      }),
    );
  });
});

it('finds host and port of any URL, with a user or without', () => {
  const safe = fc.stringMatching(/^[a-z0-9]{1,8}$/);
  fc.assert(
    fc.property(
      fc.constantFrom('http', 'redis', 'postgresql+psycopg', 'jdbc:mysql', 'amqp'),
      fc.option(fc.tuple(safe, safe)),
      fc.constantFrom(...services),
      fc.integer({ min: 1, max: 65_535 }),
      fc.constantFrom('', '/', '/path?x=1', '#a'),
      (scheme, user, service, port, rest) => {
        const url = `${scheme}://${user ? `${user.join(':')}@` : ''}${service}:${port}${rest}`;
        expect(found('ANY', url)).toEqual([`${service}:${port}`]);
        expect(textMentions(`see "${url}" there`, serviceOf)).toEqual([{ service, port }]);
      },
    ),
  );
});

it.each<[words: string[], services: string[]]>([
  [['./wait-for', 'db:5432', '--', 'node', 'app.js'], ['db:5432']],
  [['celery', '-b', 'redis://redis', '-A', 'app'], ['redis:6379']],
  [['redis-server', '--save', '60', '1'], []],
  [['sh', '-c', 'until nc -z db 5432; do sleep 1; done; flask run --host=0.0.0.0:5000'], []],
])('of the command %j', (words, expected) =>
  expect(commandMentions(words, serviceOf).map(({ service, port }) => `${service}:${port}`)).toEqual(
    expected,
  ),
);
