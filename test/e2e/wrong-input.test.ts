import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHome, eventually, isAlive, users, type Home, type Result } from '../support/fairway.ts';
import { processesOf } from '../support/processes.ts';

type Files = Readonly<Record<string, string>>;

/** Where it is wrong, what is wrong, what to write. */
type Message = readonly [where: string, says: string, write: string];

const GOOD =
  'services:\n  web:\n    image: nginx:1.27\n    x-aws: {worker: true}\n  queue:\n    image: redis:7\n    x-aws: {worker: true}\n';

const projects: Readonly<Record<string, readonly [Files | string, ...Message]>> = {
  'broken YAML': [
    'services:\n  web: {image: nginx:1.27\n  queue: 1\n',
    'compose.yaml:3:3',
    'broken YAML',
    'indent this line',
  ],
  'an unknown key': [
    'services:\n  web:\n    image: nginx:1.27\n    enviroment:\n      A: b\n',
    'compose.yaml:4:5',
    'unknown key enviroment in services.web',
    'write environment',
  ],
  'a mistyped image': [
    'services:\n  web:\n    imagee: nginx:1.27\n',
    'compose.yaml:3:5',
    'unknown key imagee',
    'write image',
  ],
  'an undefined variable': [
    'services:\n  web:\n    image: nginx:${VERSION}\n',
    'compose.yaml:3:18',
    'the variable VERSION is not set',
    '${VERSION:-default}',
  ],
  'a circle in depends_on': [
    'services:\n  a: {image: nginx:1.27, depends_on: [b]}\n  b: {image: nginx:1.27, depends_on: [a]}\n',
    'compose.yaml:2:39',
    'a → b → a',
    'remove one of these',
  ],
  'a missing Dockerfile': [
    'services:\n  web:\n    build: ./web\n',
    'compose.yaml:3:12',
    'the Dockerfile web/Dockerfile does not exist',
    'create it',
  ],
  'one port of two services': [
    'services:\n  a: {image: nginx:1.27, ports: ["8080:80"]}\n  b: {image: nginx:1.27, ports: ["8080:80"]}\n',
    'compose.yaml:3:34',
    'b publishes port 8080, which a publishes in line 2',
    "'8081:80'",
  ],
  'an image that is nowhere': [
    'services:\n  web:\n    image: ghcr.io/nobody/nothing:1\n',
    'compose.yaml:3:12',
    'the image ghcr.io/nobody/nothing:1 cannot be had',
    'web servers: caddy, haproxy, httpd, nginx',
  ],
  'a Dockerfile from an image that is nowhere': [
    {
      'compose.yaml': 'services:\n  web:\n    build: ./web\n',
      'web/Dockerfile': '# the page\nFROM ghcr.io/nobody/nothing:1\n',
    },
    'web/Dockerfile:2:1',
    'the image ghcr.io/nobody/nothing:1 cannot be had',
    'web servers: caddy, haproxy, httpd, nginx',
  ],
  'a Dockerfile that copies from an image that is nowhere': [
    {
      'compose.yaml': 'services:\n  web:\n    build: .\n',
      Dockerfile: 'FROM nginx:1.27\nCOPY --from=ghcr.io/nobody/nothing:1 /a /a\n',
    },
    'Dockerfile:2:1',
    'the image ghcr.io/nobody/nothing:1 cannot be had',
    'web servers: caddy, haproxy, httpd, nginx',
  ],
  'an unknown instruction in a Dockerfile': [
    {
      'compose.yaml': 'services:\n  web:\n    build: .\n',
      Dockerfile: 'FROM nginx:1.27\nCOPPY a b\n',
    },
    'Dockerfile:2:1',
    'unknown instruction COPPY',
    'COPY',
  ],
  'no compose file': [{ 'readme.txt': '' }, '', 'is no compose file, and holds none', 'compose.yaml'],
};

const calls: Readonly<Record<string, readonly [args: readonly string[], says: string, write: string]>> = {
  'an unknown command': [['ups'], 'unknown command "ups"', 'write fairway up'],
  'an unknown option': [['up', '--nope'], "unknown option '--nope'", 'usage: fairway up'],
  'an argument too many': [['up', '.', 'there'], 'unexpected argument "there"', 'usage: fairway up'],
  'a missing argument': [['exec', 'web'], 'the command to run is missing', 'usage: fairway exec'],
  'a file of variables that is not there': [
    ['--env-file', 'none.env', 'up'],
    'the file none.env of --env-file does not exist',
    'create it',
  ],
  'a wrong project name': [['-p', 'My App', 'up'], '"My App" is no project name', 'my-app'],
  'an endpoint that is no URL': [
    ['deploy', '--endpoint-url', 'nowhere', '--region', 'us-east-1'],
    'the endpoint "nowhere" is no URL',
    'write --endpoint-url http://',
  ],
};

const onRunning: typeof calls = {
  'scale of an unknown service': [['scale', 'wbe=2'], 'there is no service "wbe"', 'write web=2'],
  'scale to no number': [['scale', 'web=two'], '"web=two" names no service and number', 'write SERVICE=N'],
  'scale beyond the quota': [['scale', 'web=5001'], 'web cannot have 5001 tasks', 'write at most web=5000'],
  'exec in an unknown service': [['exec', 'wbe', '--', 'true'], 'has no service "wbe"', 'write web'],
  'logs of an unknown service': [['logs', 'cache'], 'has no service "cache"', 'queue, web'],
  'logs of no number': [['logs', '--tail', 'all'], '--tail "all" is no number', 'write --tail 100'],
  'logs since no time': [['logs', '--since', 'dawn'], '--since "dawn"', 'write --since 10m'],
};

/** One message with its place, what is wrong and what to write; exit 2; no stack trace. */
function expectOneMessage({ code, stdout, stderr }: Result, [where, says, write]: Message): void {
  const lines = stderr.split('\n');
  expect(lines.filter((line) => /^\s+at .*:\d+:\d+/.test(line))).toEqual([]);
  const first = lines.findIndex((line) => line.startsWith('error: '));
  expect(
    lines.filter((line) => line.startsWith('error: ')),
    stderr,
  ).toHaveLength(1);
  if (where) expect(lines[first]).toMatch(new RegExp(`^error: ${where.replaceAll('.', '\\.')}: `));
  expect(lines[first]).toContain(says);
  expect(lines.slice(first + 1).join('\n')).toContain(write);
  expect(stdout).toBe('');
  expect(code).toBe(2);
}

describe.each(users)('wrong input, as $name', (user) => {
  let home: Home;

  beforeAll(() => {
    home = createHome(user);
  });
  afterAll(() => home?.dispose());

  const write = (name: string, files: Files | string): string => {
    const folder = home.folder(name.replaceAll(' ', '-'));
    for (const [path, content] of Object.entries(
      typeof files === 'string' ? { 'compose.yaml': files } : files,
    )) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return folder;
  };
  const nothingRuns = () =>
    eventually(async () => processesOf(home.directory).length === 0, 10, 'the end of what was started');

  test.each(Object.entries(projects))('%s', async (name, [files, ...message]) => {
    const folder = write(name, files);
    expectOneMessage(await home.run(['up'], { cwd: folder }), message);
    await nothingRuns();
  });

  test.each(Object.entries(calls))('%s', async (name, [args, ...message]) => {
    const folder = write(name, GOOD);
    expectOneMessage(await home.run(args, { cwd: folder }), ['', ...message]);
    await nothingRuns();
  });

  test('a port that another program listens on', async () => {
    const other = await listen();
    const { port } = other.address() as AddressInfo;
    const folder = write(
      'taken port',
      `services:\n  web:\n    image: nginx:1.27\n    ports: ["${port}:80"]\n`,
    );
    try {
      const taken = await home.run(['up'], { cwd: folder });
      expectOneMessage(taken, [
        'compose.yaml:4:13',
        `port ${port} is taken by another program`,
        `publish another one ("${port + 1}:…")`,
      ]);
      await nothingRuns();
    } finally {
      other.close();
    }
  });

  test('what needs a running project says that there is none', async () => {
    const folder = write('nothing runs', GOOD);
    for (const args of [['status'], ['logs'], ['exec', 'web', '--', 'true'], ['scale', 'web=2']]) {
      const { code, stderr } = await home.run(args, { cwd: folder });
      expect([args[0], code, stderr]).toEqual([
        args[0],
        1,
        'error: nothing runs here: there is no local region\n  start a project first: fairway up\n',
      ]);
    }
    await nothingRuns();
  });

  test('an endpoint that nobody answers at is told with what to look at', async () => {
    const folder = write('nobody answers', GOOD);
    const env = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    const { code, stderr } = await home.run(['deploy', '--endpoint-url', 'http://127.0.0.1:1'], {
      cwd: folder,
      env,
    });
    expect(stderr).toContain('error: connect ECONNREFUSED 127.0.0.1:1\n  is the endpoint right');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
    await nothingRuns();
  });

  describe('beside a project that runs', () => {
    let folder: string;

    beforeAll(async () => {
      folder = write('shop', GOOD);
      const { code, stderr } = await home.run(['up'], { cwd: folder });
      expect(code, stderr).toBe(0);
      // The control of `nothingRuns`: it can see what does run.
      expect(processesOf(home.directory)).toContain(home.regionPid());
    });
    afterAll(() => home.run(['down'], { cwd: folder }));

    test.each(Object.entries(onRunning))('%s', async (_name, [args, ...message]) => {
      const before = await home.status(folder);
      const region = home.regionPid()!;
      expectOneMessage(await home.run(args, { cwd: folder }), ['', ...message]);
      expect(await home.status(folder)).toEqual(before);
      expect(home.regionPid()).toBe(region);
      expect(isAlive(region)).toBe(true);
    });

    test('a project with an image that is nowhere starts nothing and ends nothing', async () => {
      const [files, ...message] = projects['an image that is nowhere']!;
      const second = write('second', files);
      const before = home.processes();
      expectOneMessage(await home.run(['up'], { cwd: second }), message);
      expect(home.processes()).toEqual(before);
      const { code, stderr } = await home.run(['status'], { cwd: second });
      expect(stderr).toContain('second does not run here');
      expect(stderr).toContain('shop');
      expect(code).toBe(1);
    });
  });
});

function listen(): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
