import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everything, heavy } from '../../src/region/runtime/testing/heavy.ts';
import { createHome, eventually, type Home, users } from '../support/fairway.ts';

interface Fixture {
  /** What is written below `build:` besides the context. */
  readonly build?: string;
  /** What a task of it says. */
  readonly says?: RegExp;
  /** What a program in it answers. */
  readonly asks?: readonly [argv: readonly string[], answer: RegExp];
  /** Its base takes long to make: one user is enough, unless everything is asked for. */
  readonly heavy?: true;
}

/** Dockerfiles of the usual kinds, a folder each in test/fixtures/dockerfiles. */
const fixtures: Readonly<Record<string, Fixture>> = {
  'add-archive': { says: /archive: inside file 750/ },
  'apt-packages': { says: /packages: apt/ },
  'arg-env': {
    build: 'args: {CHANNEL: }',
    says: /version 1\.2\.3\/rc\.1\/known\/default\/\$VERSION\/\$VERSION\/1\.2\.3-rc\.1/,
  },
  'busybox-shell': { says: /word: one[^]*word: two words/ },
  'cache-mount': { says: /cached: 60000 false/ },
  contexts: {
    build:
      'context: ./contexts/app, additional_contexts: {base-image: "docker-image://busybox", shared: ./contexts/shared}',
    says: /contexts: shared own/,
  },
  entrypoint: {
    says: /entry point runs: httpd -f/,
    asks: [['wget', '-qO-', 'http://localhost:8080/'], /made at start/],
  },
  healthcheck: { asks: [['wget', '-qO-', 'http://localhost:8000/health'], /ok/] },
  heredocs: { says: /greeting = hello world[^]*literal \$NAME[^]*no tabs[^]*first[^]*second/ },
  inline: {
    build:
      'context: ./entrypoint, dockerfile_inline: "FROM busybox\\nCOPY docker-entrypoint.sh /x\\nCMD echo inline $$(wc -l < /x); exec sleep 1000000\\n"',
    says: /inline 5/,
  },
  'go-scratch': { says: /go serves from scratch: true/, heavy: true },
  'java-jar': { says: /java runs a jar/, heavy: true },
  'nginx-site': { asks: [['wget', '-qO-', 'http://localhost:8080/greeting'], /^hello$/m] },
  'node-multistage': { says: /built: 3600000 user \d+ false/ },
  'node-service': {
    says: /listening on 3000 in production/,
    asks: [
      ['node', '-e', "fetch('http://localhost:3000').then(r => r.text()).then(console.log)"],
      /two days are 172800000 ms/,
    ],
  },
  onbuild: { says: /app: main\.txt ready: yes/ },
  'php-cli': {
    asks: [['php', '-r', "echo file_get_contents('http://localhost:8000/');"], /php says hello/],
    heavy: true,
  },
  'python-service': {
    says: /python serves/,
    asks: [
      [
        'python3',
        '-c',
        "import urllib.request; print(urllib.request.urlopen('http://localhost:5000').read().decode())",
      ],
      /hello from python/,
    ],
  },
  'redis-conf': { asks: [['redis-cli', '-p', '6399', 'ping'], /PONG/] },
  'ruby-script': { says: /ruby counts 6/, heavy: true },
  scratch: { says: /from scratch as 1000: text\/html/ },
  'secret-mount': { build: 'secrets: [token]', says: /secret: e38361d0 17 0 gone/ },
  settings: { says: /settings: \/srv\/app kept/ },
  'stages-at-once': { says: /stages: left right 0 0/ },
  target: { build: 'target: development', says: /target: base development/ },
  'user-chown': { says: /files: made-by-node,written uid 1000/ },
  wildcards: {
    says: /\.\/a\.txt \.\/b\.txt \.\/blank\/file \.\/docs\/deep\/a\/b\/c\.md \.\/docs\/deep\/a\/d\.md \.\/one \.\/tree\/x\/keep \.\/two/,
  },
};

const folder = fileURLToPath(new URL('../fixtures/dockerfiles', import.meta.url));

type Named = readonly [name: string, fixture: Fixture];

function composeFile(chosen: readonly Named[]): string {
  const services = chosen.map(([name, { build = '' }]) => {
    const context = build.includes('context:') ? '' : `context: ./${name}${build ? ', ' : ''}`;
    return `  ${name}:\n    build: {${context}${build}}\n    x-aws: {worker: true}\n`;
  });
  return `name: dockerfiles\nservices:\n${services.join('')}secrets:\n  token: {file: ./secret-mount/token.txt}\n`;
}

describe.each(users)('usual Dockerfiles, as $name', (user) => {
  let home: Home;
  let project: string;
  let said: string;
  const all: readonly Named[] = Object.entries(fixtures);
  const left = all.filter(([, fixture]) => fixture.heavy && user !== users[0] && !everything);
  const chosen = all.filter((fixture) => !left.includes(fixture));

  beforeAll(async () => {
    home = createHome(user);
    project = home.folder('dockerfiles');
    cpSync(folder, project, { recursive: true });
    chmodSync(project, 0o755);
    writeFileSync(join(project, 'compose.yaml'), composeFile(chosen));
    const { code, stderr } = await home.run(['up', project]);
    expect(code, stderr).toBe(0);
    said = stderr;
  }, 900_000);
  afterAll(() => home?.dispose());

  test.skip.each(left.map(([name]) => heavy(name)))('%s', () => {});
  test.each(chosen)('%s', async (name, { says, asks }) => {
    if (says)
      await eventually(
        async () => {
          const { stdout, stderr } = await home.run(['-f', project, 'logs', name]);
          if (says.test(stdout)) return true;
          throw new Error(`${stdout}${stderr}`);
        },
        15,
        `${name} saying ${says}`,
      );
    if (asks) {
      const [argv, answer] = asks;
      await eventually(
        async () => {
          const { stdout, stderr } = await home.run(['-f', project, 'exec', name, '--', ...argv]);
          if (answer.test(stdout)) return true;
          throw new Error(`${stdout}${stderr}`);
        },
        15,
        `${name} answering ${answer}`,
      );
    }
  });

  test('no secret is told', () => {
    expect(said).not.toContain(readFileSync(join(folder, 'secret-mount/token.txt'), 'utf8'));
  });

  test('one changed line of source uses every step above it again', async () => {
    const server = join(project, 'node-service/server.js');
    writeFileSync(
      server,
      readFileSync(server, 'utf8').replace('two days are', `two days at ${Date.now()} are`),
    );
    const { code, stderr } = await home.run(['up', project]);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/node-service: built sha256:\w+ in .* \(4 steps, 3 cached\)/);
    expect(stderr).not.toMatch(/node-service: .*npm ci/);
    expect(stderr.match(/: built sha256/g)).toHaveLength(1);
  });
});
