import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything, heavy } from '../testing/heavy.ts';
import { eventually, liveRuntime, type LiveRuntime, outputOf } from '../testing/live-runtime.ts';

let live: LiveRuntime;
beforeAll(async () => {
  live = await liveRuntime();
});
afterAll(() => live.stop());

interface Server {
  readonly environment?: Readonly<Record<string, string>>;
  /** Words after the entry point; default: the image's command. */
  readonly command?: readonly string[];
  readonly ask: readonly string[];
  readonly answer: RegExp;
  readonly exit: number;
}

const heavyOnes: readonly string[] = [
  'caddy:2',
  'mysql:8',
  'rabbitmq:3-management',
  'php:8-fpm-alpine',
  // Images that are built on these are started in test/e2e/dockerfiles.test.ts.
  'eclipse-temurin:17-jdk',
  'golang:1.19',
  'maven:3-eclipse-temurin-17',
  'ruby:3.1-slim',
  'node:22-alpine',
];
/** The entries of a table for a test, each by its name first: those that are heavy, or those that are not. */
const which = <T>(table: Readonly<Record<string, T>>, wanted: boolean) =>
  Object.entries(table)
    .filter(([reference]) => heavyOnes.includes(reference) === wanted)
    .map(([reference, value]) => [wanted ? heavy(reference) : reference, reference, value] as const);

/** Started as the image says; asked until it answers; stopped by its own signal. */
const servers: Readonly<Record<string, Server>> = {
  'valkey:8': { ask: ['valkey-cli', 'ping'], answer: /^PONG$/m, exit: 0 },
  'memcached:1.6-alpine': {
    command: ['-m', '64'],
    ask: ['sh', '-c', 'printf "set k 0 0 1\\r\\nv\\r\\nget k\\r\\nquit\\r\\n" | nc 127.0.0.1 11211'],
    answer: /^VALUE k 0 1\r\nv\r$/m,
    exit: 0,
  },
  'httpd:2.4': { ask: ['wget', '-qO-', 'http://127.0.0.1/'], answer: /It works!/, exit: 0 },
  'caddy:2': { ask: ['wget', '-qO-', 'http://127.0.0.1/'], answer: /Caddy works!/, exit: 0 },
  'php:8-apache': {
    ask: ['php', '-r', '$lines = @get_headers("http://127.0.0.1/") or exit(1); echo $lines[0];'],
    answer: /403 Forbidden/,
    exit: 0,
  },
  'postgres:16-alpine': {
    environment: { POSTGRES_PASSWORD: "x 'y", POSTGRES_USER: 'me', POSTGRES_DB: 'app' },
    ask: ['sh', '-c', 'PGPASSWORD="$POSTGRES_PASSWORD" psql -tA -h 127.0.0.1 -U me app -c "select 40 + 2"'],
    answer: /^42$/m,
    exit: 0,
  },
  'mariadb:11': {
    environment: {
      MARIADB_ROOT_PASSWORD: "x 'y\\",
      MARIADB_DATABASE: 'a_b',
      MARIADB_USER: 'me',
      MARIADB_PASSWORD: 'z',
    },
    ask: [
      'sh',
      '-c',
      'healthcheck.sh --connect --innodb_initialized && mariadb -h 127.0.0.1 -ume -pz a_b -e "select 40 + 2" && mariadb -h127.0.0.1 -uroot "-p$MARIADB_ROOT_PASSWORD" -e "select user()"',
    ],
    answer: /^42\nuser\(\)\nroot@/m,
    exit: 0,
  },
  'mysql:8': {
    environment: { MYSQL_ROOT_PASSWORD: 'r', MYSQL_DATABASE: 'app' },
    command: ['--default-authentication-plugin=mysql_native_password'],
    ask: [
      'sh',
      '-c',
      'mysqladmin ping -h localhost -uroot -pr && mysql -h 127.0.0.1 -uroot -pr app -e "select 40 + 2"',
    ],
    answer: /mysqld is alive\n40 \+ 2\n42$/m,
    exit: 0,
  },
  'rabbitmq:3-management': {
    environment: { RABBITMQ_DEFAULT_USER: 'me', RABBITMQ_DEFAULT_PASS: 'pw' },
    ask: ['wget', '-qO-', '--header=Authorization: Basic bWU6cHc=', 'http://127.0.0.1:15672/api/whoami'],
    answer: /"name":"me"/,
    exit: 0,
  },
};

describe('servers that stand in', () => {
  const starts = async (_name: string, reference: string, server: Server) => {
    const image = await live.runtime.resolve(reference);
    const { entrypoint = [], command = [], stopSignal = 'SIGTERM' } = image.config;
    const container = await live.start(reference, {
      argv: [...entrypoint, ...(server.command ?? command)],
      environment: server.environment ?? {},
    });
    const ended = container.exited.then(() => true);
    const answer = await eventually(
      async () => {
        const over = await Promise.race([ended, Promise.resolve(false)]);
        const { code, text } = await outputOf(container.exec(server.ask));
        return code === 0 || over ? text : undefined;
      },
      `${server.ask.join(' ')}: ${container.output()}`,
    );
    expect(answer, container.output()).toMatch(server.answer);
    await container.signal(stopSignal);
    expect((await container.exited).code, container.output()).toBe(server.exit);
    await container.remove();
  };
  it.each(which(servers, false))('%s', { timeout: 120_000 }, starts);
  it.skipIf(!everything).each(which(servers, true))('%s', { timeout: 120_000 }, starts);
});

/** A program of the image, and what it says. */
type Said = readonly [script: string, answer: RegExp];
const programs: Readonly<Record<string, Said>> = {
  'debian:bookworm-slim': [
    'bash --version && dpkg --verify coreutils && apt-get check -qq && id -un',
    /^GNU bash[^]*\nroot\n$/,
  ],
  'alpine:3.20': ['apk info busybox-static && ash -c "echo ash"', /^busybox-static\nash\n$/],
  'python:3.11-slim': [
    'python -c "import ssl, sqlite3, json; print(ssl.create_default_context().cert_store_stats()[\'x509_ca\'] > 100)" && python3 -m venv /tmp/v && /tmp/v/bin/pip --version && pip --version',
    /^True\npip .* from \/tmp\/v\/.*\npip .* from \/usr\/lib/,
  ],
  'ruby:3.1-slim': [
    'ruby -ropenssl -rjson -e "puts 40 + 2" && bundle --version && gem env gemdir',
    /^42\nBundler version .*\n\/usr\/local\/bundle\n$/,
  ],
  'php:8-cli': [
    'php -r "echo 40 + 2, PHP_EOL;" && php -m | grep -cixE "(mbstring|pdo_sqlite|dom|curl|json|openssl|tokenizer|zend opcache)" && docker-php-ext-configure gd && docker-php-ext-install nope || echo refused',
    /^42\n[89]\n[^]*has no extension nope[^]*refused\n$/,
  ],
  'php:8-fpm-alpine': ['php-fpm -t && apk info busybox-static', /test is successful\n[^]*busybox-static\n$/],
  'haproxy:lts-alpine': ['haproxy -v', /^HAProxy version \d/],
  'eclipse-temurin:17-jdk': [
    'cd /tmp && echo "class A { public static void main(String[] a) throws Exception { System.out.println(40 + 2); var t = javax.net.ssl.TrustManagerFactory.getInstance(\\"PKIX\\"); t.init((java.security.KeyStore) null); System.out.println(((javax.net.ssl.X509TrustManager) t.getTrustManagers()[0]).getAcceptedIssuers().length > 100); } }" > A.java && javac A.java && java -cp . A && readlink -f $JAVA_HOME/bin/java',
    /^42\ntrue\n\/usr\/lib\/jvm\/java-17-openjdk-/,
  ],
  'maven:3-eclipse-temurin-17': ['mvn --version', /Apache Maven 3\.[^]*Java version: 17/],
  'golang:1.19': [
    'mkdir -p /tmp/w && cd /tmp/w && printf "module x\\n" > go.mod && printf \'package main\\nimport ("fmt"; "net")\\nfunc main() { fmt.Println(40 + 2, net.ParseIP("::1")) }\\n\' > m.go && go build -o m . && ./m',
    /^42 ::1\n$/,
  ],
};

describe('programs that stand in', () => {
  const says = async (_name: string, reference: string, [script, answer]: Said) => {
    const { entrypoint = [] } = (await live.runtime.resolve(reference)).config;
    const { code, stdout, stderr } = await live.run(reference, [
      ...entrypoint,
      'sh',
      '-c',
      `{ ${script}; } 2>&1`,
    ]);
    expect(stdout + stderr).toMatch(answer);
    expect(code).toBe(0);
  };
  it.each(which(programs, false))('%s', { timeout: 120_000 }, says);
  it.skipIf(!everything).each(which(programs, true))('%s', { timeout: 120_000 }, says);
});

/** What a Dockerfile on the image runs. */
const installs: Readonly<Record<string, string>> = {
  'node:22-slim':
    'apt-get update && apt-get install -y --no-install-recommends procps && groupadd -r app && useradd -r -g app app && ps --version',
  'node:22-alpine':
    'apk add --no-cache --virtual .deps tini su-exec py3-pip@edge && addgroup -S app && adduser -S -G app app && su-exec app id -un && tini --version && pip3 --version && apk del .deps',
  'php:8-apache':
    'docker-php-ext-install pdo_mysql bcmath && a2enmod rewrite && php -m | grep -x bcmath && php -m | grep -x pdo_mysql',
};

describe('images on them', () => {
  const takes = async (_name: string, reference: string, command: string) => {
    const context = live.folder(reference.replace(/\W/g, '-'));
    writeFileSync(join(context, 'Dockerfile'), `FROM ${reference}\nRUN ${command}\n`);
    const request = { repository: 'test/packages', context, dockerfile: 'Dockerfile', args: {} };
    const { digest } = await live.runtime.build(request, () => {});
    expect(digest).toMatch(/^sha256:/);
  };
  it.each(which(installs, false))('%s takes packages', { timeout: 120_000 }, takes);
  it.skipIf(!everything).each(which(installs, true))('%s takes packages', { timeout: 120_000 }, takes);
});
