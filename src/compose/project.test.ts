import { describe, expect, it } from 'vitest';
import { volumeMounts } from './app.ts';
import { read, wrong } from './testing/project.ts';

const service = (body: string) => `services:\n  a:\n    image: a:1\n${body.replace(/^/gm, '    ')}\n`;
const only = (body: string, more = '') => read(`${service(body)}${more}`).services[0]!;

describe('readProject', () => {
  it('takes the name from the request, the environment, the file, the folder', () => {
    const text = service('');
    expect(read(`name: n\n${text}`).name).toBe('n');
    expect(read(`name: n\n${text}`, { environment: { COMPOSE_PROJECT_NAME: 'e' } }).name).toBe('e');
    expect(
      read(`name: n\n${text}`, { environment: { COMPOSE_PROJECT_NAME: 'e' }, projectName: 'p' }).name,
    ).toBe('p');
    expect(read({ '/x/My_App 2/compose.yaml': text }, { paths: ['/x/My_App 2'] }).name).toBe('my-app-2');
    expect(read(text, { currentFolder: '/x/here' }).name).toBe('here');
    expect(read(`name: my_app\n${text}`)).toMatchObject({
      name: 'my-app',
      notices: [{ code: 'compose-project-name' }],
    });
    expect(wrong(`name: My_App\n${text}`)).toEqual(['1:7 "My_App" is no project name']);
    expect(wrong(text, { projectName: 'A b' })).toEqual(['"A b" is no project name']);
  });

  it('reads short and long forms alike', () => {
    const short = only(
      [
        'command: sh -c "echo \'a b\'"',
        'environment: [A=1, B=x=y]',
        'ports: ["80:3000", "8000-8001:9000-9001", "7"]',
        'expose: [5, "6"]',
        'healthcheck: {test: curl -f x, interval: 1m30s, retries: 3}',
        'volumes: [v:/data:ro, /tmp/x]',
        'labels: [l=1]',
      ].join('\n'),
      'volumes: {v: }\n',
    );
    const long = only(
      [
        'command: [sh, -c, "echo \'a b\'"]',
        'environment: {B: x=y, A: 1}',
        'ports: [{target: 3000, published: "80"}, {target: 9000-9001, published: 8000-8001}, {target: 7}]',
        'expose: ["5-6"]',
        'healthcheck: {test: [CMD-SHELL, curl -f x], interval: 90s, retries: 3}',
        'volumes: [{type: volume, source: v, target: /data, read_only: true}, {type: volume, target: /tmp/x}]',
        'labels: {l: "1"}',
      ].join('\n'),
      'volumes: {v: }\n',
    );
    const plain = (value: unknown) =>
      JSON.parse(
        JSON.stringify(value, (key, inner: unknown) => (key === 'position' ? undefined : inner)),
      ) as object;
    expect(plain(long)).toEqual(plain(short));
    expect(short.command?.value).toEqual(['sh', '-c', "echo 'a b'"]);
    expect(short.ports.map(({ published, target }) => [published, target])).toEqual([
      [80, 3000],
      [8000, 9000],
      [8001, 9001],
      [undefined, 7],
    ]);
  });

  it('keeps numbers and texts as they were written', () => {
    const { environment } = only('environment: {V: 1.10, O: 010, T: true, Y: yes, E: "", M: "a: b"}');
    expect(Object.fromEntries(environment.map(({ name, value }) => [name, value]))).toEqual({
      V: '1.10',
      O: '010',
      T: 'true',
      Y: 'yes',
      E: '',
      M: 'a: b',
    });
  });

  it('puts the environment over env files, and passes on what is set outside', () => {
    const app = read(
      {
        'compose.yaml': service(
          'env_file: [a.env, {path: none.env, required: false}]\nenvironment: [A=3, OUT, GONE]',
        ),
        'a.env': 'A=1\nB=$OUT\n',
      },
      { environment: { OUT: 'o' } },
    );
    expect(
      app.services[0]?.environment.map(({ name, value, position }) => [name, value, position.file]),
    ).toEqual([
      ['A', '3', 'compose.yaml'],
      ['B', 'o', 'a.env'],
      ['OUT', 'o', 'compose.yaml'],
    ]);
    expect(app.notices.map(({ message }) => message)).toEqual([
      'GONE is not set here: services.a runs without it',
    ]);
  });

  it('takes variables from the environment, then from .env, and fills numbers', () => {
    const app = read(
      { 'compose.yaml': service('deploy: {replicas: "${N:-1}"}\nuser: $U'), '.env': 'N=3\nU=file' },
      { environment: { U: 'outside' } },
    );
    expect([app.services[0]?.replicas.value, app.services[0]?.user?.value]).toEqual([3, 'outside']);
  });

  it('resolves anchors and merge keys, what is written last wins', () => {
    const app = read(
      [
        'x-base: &base {image: base:1, environment: {A: 1, B: 2}, user: u}',
        'x-more: &more {user: m, init: false}',
        'services:',
        '  a: {<<: *base, image: own:1}',
        '  b: {<<: [*more, *base]}',
      ].join('\n'),
    );
    expect(app.services.map(({ image, user }) => [image?.value, user?.value])).toEqual([
      ['own:1', 'u'],
      ['base:1', 'm'],
    ]);
    expect(app.services[0]?.environment).toHaveLength(2);
  });

  it('merges files: mappings by key, lists by what they name, commands whole', () => {
    const app = read(
      {
        'compose.yaml': service(
          'command: [a, b]\nenvironment: [A=1, B=1]\nports: ["80:1"]\nvolumes: [v:/x]\ndepends_on: [b]\nlabels: {l: 1}',
        ).concat('  b: {image: b:1}\nvolumes: {v: , w: }\n'),
        'over.yaml':
          'services:\n  a:\n    command: [c]\n    environment: {B: 2}\n    ports: ["80:1/tcp", "81:2"]\n    volumes: [w:/x, w:/y]\n    depends_on: {c: {condition: service_started}}\n    deploy: {replicas: 4}\n  c: {image: c:1}\n',
      },
      { paths: ['compose.yaml', 'over.yaml'] },
    );
    const a = app.services[0]!;
    expect(a.command?.value).toEqual(['c']);
    expect(a.environment.map(({ name, value }) => `${name}=${value}`)).toEqual(['A=1', 'B=2']);
    expect(a.ports.map(({ published }) => published)).toEqual([80, 81]);
    expect(volumeMounts(a).map(({ volume, target }) => `${volume}:${target}`)).toEqual(['w:/x', 'w:/y']);
    expect(a.dependsOn.map(({ service: name }) => name)).toEqual(['b', 'c']);
    expect([a.replicas.value, a.replicas.position.file]).toEqual([4, 'over.yaml']);
    expect(app.services.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('finds the file and its override in a folder', () => {
    const files = {
      'p/docker-compose.yml': service('user: a'),
      'p/docker-compose.override.yml': 'services: {a: {user: b}}',
    };
    expect(read(files, { paths: ['p'] }).services[0]?.user?.value).toBe('b');
    expect(wrong({}, { paths: ['p'] })).toEqual(['p is no compose file, and holds none']);
  });

  it('leaves out services of inactive profiles', () => {
    const text = service('').concat('  b: {image: b:1, profiles: [p]}\n');
    const names = (profiles: string[], environment = {}) =>
      read(text, { profiles, environment }).services.map(({ name }) => name);
    expect(names([])).toEqual(['a']);
    expect(names(['p'])).toEqual(['a', 'b']);
    expect(names(['*'])).toEqual(['a', 'b']);
    expect(names([], { COMPOSE_PROFILES: 'q,p' })).toEqual(['a', 'b']);
  });

  it('reads the Dockerfile of a build', () => {
    const app = read(
      {
        'd/compose.yaml': 'services: {a: {build: {context: ./src, dockerfile: x/D, target: t, args: [V=8]}}}',
        'd/src/x/D':
          'ARG V=1\nFROM node:20 AS t\nARG V\nEXPOSE $V\nHEALTHCHECK --interval=7s CMD ok\nFROM t\n',
      },
      { paths: ['d'] },
    );
    expect(app.services[0]?.build).toMatchObject({
      context: 'src',
      dockerfile: 'x/D',
      target: 't',
      args: { V: '8' },
      baseImage: 'node:20',
      expose: [{ port: 8, protocol: 'tcp', position: { file: 'd/src/x/D', line: 4 } }],
    });
    expect(app.services[0]?.healthCheck).toMatchObject({
      command: ['CMD-SHELL', 'ok'],
      intervalSeconds: 7,
      position: { file: 'd/src/x/D', line: 5 },
    });
  });

  it('says what is not enacted, and is silent about the author’s own keys', () => {
    const app = read(
      `version: "3"\nx-own: {any: 1}\n${service('x-mine: 1\ndomainname: h\nrestart: on-failure\nports: ["127.0.0.1:1:2"]')}`,
    );
    expect(app.notices.map(({ position, message }) => `${position?.line} ${message}`)).toEqual([
      '1 version is not enacted: the specification has no versions any more; remove it',
      '7 services.a.domainname is not enacted: the domain is the namespace of the project',
      '8 services.a.restart: on-failure is not enacted: ECS replaces every task of a service that stops, ended well or not',
    ]);
    expect(app.services[0]).toMatchObject({
      ports: [{ target: 2, published: 1, loopback: true }],
      expose: [],
    });
  });
});
