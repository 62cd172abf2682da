import { describe, expect, it } from 'vitest';
import { type Files, read, wrong } from '../testing/project.ts';

const web = (body: string) => `services:\n  web:\n    image: web:1\n${body.replace(/^/gm, '    ')}\n`;
const only = (files: Files, paths = ['compose.yaml']) => read(files, { paths }).services[0]!;
const variables = (files: Files, name = 'web') =>
  Object.fromEntries(
    read(files)
      .services.find((service) => service.name === name)!
      .environment.map((variable) => [variable.name, variable.value]),
  );

// https://docs.docker.com/reference/compose-file/merge/
describe('!reset and !override', () => {
  const base = web('ports: ["80:80"]\nuser: u\nenvironment: {A: 1, B: 2}\nhealthcheck: {test: x}');
  const over = (body: string) =>
    only({ 'compose.yaml': base, 'over.yaml': `services:\n  web:\n${body.replace(/^/gm, '    ')}\n` }, [
      'compose.yaml',
      'over.yaml',
    ]);

  it('take away what is below', () => {
    const service = over(
      'ports: !reset []\nuser: !reset null\nenvironment: {A: !reset null}\nhealthcheck: !reset {}',
    );
    expect(service).toMatchObject({ ports: [], environment: [{ name: 'B' }] });
    expect([service.user, service.healthCheck]).toEqual([undefined, undefined]);
  });

  it('replace what is below', () => {
    const service = over('ports: !override ["443:443"]\nenvironment: !override {C: 3}');
    expect(service.ports.map(({ published }) => published)).toEqual([443]);
    expect(service.environment.map(({ name }) => name)).toEqual(['C']);
    expect(over('ports: ["443:443"]').ports).toHaveLength(2);
  });

  it('may take away a key that is refused', () =>
    expect(
      only(
        {
          'compose.yaml': web('privileged: true'),
          'over.yaml': 'services: {web: {privileged: !reset null}}',
        },
        ['compose.yaml', 'over.yaml'],
      ),
    ).toMatchObject({ name: 'web' }));
});

// https://docs.docker.com/reference/compose-file/services/#extends
describe('extends', () => {
  it('lays a service over another one of the file, and that over its own', () => {
    const files = {
      'compose.yaml':
        'services:\n  a: {image: a, environment: {X: 1, Y: 1}, user: u}\n  b: {extends: a, environment: [Y=2], image: b}\n  web: {extends: {service: b}, environment: {Z: 3}}\n',
    };
    expect(variables(files)).toEqual({ X: '1', Y: '2', Z: '3' });
    expect(read(files).services[2]).toMatchObject({ image: { value: 'b' }, user: { value: 'u' } });
  });

  it('takes paths of another file relative to that', () => {
    const files = {
      'p/compose.yaml': 'services: {web: {extends: {file: ../common/base.yaml, service: node}}}',
      'common/base.yaml':
        'services: {node: {build: {target: t}, env_file: own.env, volumes: [./x:/x], develop: {watch: [{path: src, action: rebuild}]}}}',
      'common/Dockerfile': 'FROM node:20 AS t\n',
      'common/own.env': 'OWN=1\n',
    };
    expect(read(files, { paths: ['p'] }).services[0]).toMatchObject({
      build: { context: '../common', target: 't' },
      environment: [{ name: 'OWN', position: { file: 'common/own.env' } }],
      mounts: [{ kind: 'bind', source: '/common/x' }],
      watch: [{ path: '/common/src' }],
    });
  });

  it.each<[string, Files, string[]]>([
    [
      'a circle',
      {
        'compose.yaml': 'services:\n  a:\n    extends: b\n  b:\n    extends: {service: a, file: o.yaml}\n',
        'o.yaml': 'services: {a: {extends: {file: compose.yaml, service: a}}}',
      },
      [
        '3:14 extends goes in a circle: b → a → a → b (compose.yaml:5, o.yaml:1, compose.yaml:3)',
        '1:25 extends goes in a circle: a → b → a → a (compose.yaml:3, compose.yaml:5, o.yaml:1)',
      ],
    ],
    [
      'a file that is not there',
      { 'compose.yaml': web('extends: {file: no.yaml, service: x}') },
      ['4:14 the file no.yaml that services.web extends does not exist'],
    ],
    [
      'a service that is not there',
      { 'compose.yaml': web('extends: wbe') },
      ['4:14 services.web extends wbe, and compose.yaml has no such service'],
    ],
    [
      'an unknown key in the other file',
      { 'compose.yaml': web('extends: {file: o.yaml, service: x}'), 'o.yaml': 'services: {x: {imag: y}}' },
      ['1:16 unknown key imag in services.web'],
    ],
  ])('says %s', (_what, files, problems) => expect(wrong(files)).toEqual(problems));
});

// https://docs.docker.com/reference/compose-file/include/
describe('include', () => {
  const other = 'services: {db: {image: "db:${V}", volumes: [./c:/c, d:/d]}}\nvolumes: {d: }\n';

  it('adds projects, with their own folders and variables', () => {
    const files = {
      'compose.yaml': `include: [o/compose.yaml]\n${web('depends_on: [db]')}`,
      'o/compose.yaml': other,
      'o/.env': 'V=7\n',
    };
    const app = read(files);
    expect(app.services[0]).toMatchObject({
      image: { value: 'db:7' },
      mounts: [{ source: '/o/c' }, { volume: 'd' }],
    });
    expect(app.volumes.map(({ name }) => name)).toEqual(['d']);
    expect(app.files).toEqual(['compose.yaml', 'o/compose.yaml']);
    expect(read(files, { environment: { V: '8' } }).services[0]?.image?.value).toBe('db:8');
  });

  it('reads the long form: files over each other, a folder, variables', () => {
    const files = {
      'compose.yaml':
        'include: [{path: [o/compose.yaml, over.yaml], project_directory: ., env_file: v.env}]\nservices: {web: {image: w}}',
      'o/compose.yaml': other,
      'over.yaml': 'services: {db: {user: u}}',
      'v.env': 'V=1\nU=2\n',
    };
    expect(read(files).services[0]).toMatchObject({ user: { value: 'u' }, mounts: [{ source: '/c' }, {}] });
  });

  it('lets an override change what is included', () => {
    const files = {
      'compose.yaml': 'include: [o/compose.yaml]\nservices: {web: {image: w}}',
      'o/compose.yaml': other.replace('${V}', '1'),
      'over.yaml': 'services: {db: {image: "db:2"}}',
    };
    expect(only(files, ['compose.yaml', 'over.yaml']).image?.value).toBe('db:2');
  });

  it.each<[string, Files, string[]]>([
    [
      'a file that is not there',
      { 'compose.yaml': `include: [no.yaml]\n${web('user: u')}` },
      ['1:11 the included file no.yaml does not exist'],
    ],
    [
      'a circle',
      {
        'compose.yaml': `include: [o.yaml]\n${web('user: u')}`,
        'o.yaml': 'include: [compose.yaml]\nservices: {b: {image: b}}',
      },
      ['1:11 include goes in a circle: compose.yaml → o.yaml → compose.yaml'],
    ],
    [
      'one name for two',
      { 'compose.yaml': `include: [o.yaml]\n${web('user: u')}`, 'o.yaml': 'services: {web: {image: other}}' },
      ['3:3 services.web is also in the included o.yaml:1, and differs'],
    ],
    [
      'what is elsewhere',
      { 'compose.yaml': `include: ["oci://x/y"]\n${web('user: u')}` },
      ['1:11 oci://x/y is not on this machine'],
    ],
  ])('says %s', (_what, files, problems) => expect(wrong(files)).toEqual(problems));

  it('does not follow thousands of files', () => {
    const files: Record<string, string> = {
      'compose.yaml': 'include: [a0.yaml, b0.yaml]\nservices: {w: {image: w}}',
    };
    for (let n = 0; n < 12; n++)
      for (const side of ['a', 'b'])
        files[`${side}${n}.yaml`] = `include: [a${n + 1}.yaml, b${n + 1}.yaml]\nservices: {}\n`;
    expect(wrong(files).some((problem) => problem.includes('more than 300 files'))).toBe(true);
  });
});

// https://docs.docker.com/compose/how-tos/environment-variables/envvars/
describe('variables of docker compose', () => {
  const files = {
    'a.yaml': web('user: "$COMPOSE_PROJECT_NAME-$X"'),
    'b.yaml': 'services: {b: {image: b}}',
    'x.env': 'X=1\n',
  };
  it('choose files, names and env files', () => {
    const environment = {
      COMPOSE_FILE: 'a.yaml;b.yaml',
      COMPOSE_PATH_SEPARATOR: ';',
      COMPOSE_ENV_FILES: 'x.env',
    };
    const app = read(files, { paths: [], environment, currentFolder: '/home/shop' });
    expect([app.name, ...app.files]).toEqual(['shop', 'a.yaml', 'b.yaml']);
    expect(app.services[1]?.user?.value).toBe('shop-1');
    expect(
      wrong(files, { paths: [], environment: { ...environment, COMPOSE_ENV_FILES: 'y.env' } }),
    ).toContain('the file y.env of COMPOSE_ENV_FILES does not exist');
  });

  it('may stand in .env', () => {
    const env = { '.env': 'COMPOSE_FILE=a.yaml:b.yaml\nX=2\nCOMPOSE_PROJECT_NAME=fromenv\n' };
    expect(read({ ...files, ...env }, { paths: [] })).toMatchObject({
      name: 'fromenv',
      files: ['a.yaml', 'b.yaml'],
    });
  });

  it('and profiles: what is wrong in a service that is not there does not matter', () => {
    const text = `${web('user: u')}  dbg: {image: "d:$UNSET", privileged: true, profiles: [debug]}\n`;
    const app = read(text, { profiles: ['debgu'] });
    expect(app.services.map(({ name }) => name)).toEqual(['web']);
    expect(app.notices.map(({ message }) => message)).toEqual([
      'no service is in the profile debgu: is debug meant?',
    ]);
    expect(wrong(text, { profiles: ['debug'] })).toEqual([
      '5:19 the variable UNSET is not set',
      '5:28 services.dbg.privileged is refused: Fargate runs no privileged containers',
    ]);
  });
});

describe('thousands of services', () => {
  it('are too many', () => {
    const services = Array.from({ length: 9000 }, (_, n) => `  s${n}: {image: i, depends_on: [s${n + 1}]}`);
    expect(wrong(`services:\n${services.join('\n')}\n  s9000: {image: i}\n`)).toEqual([
      '1:1 the project has 9001 services, more than the 500 resources of a stack',
    ]);
  });
});
