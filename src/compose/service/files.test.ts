import { describe, expect, it } from 'vitest';
import { read, wrong } from '../testing/project.ts';
import { app, only, plain, text } from '../testing/service.ts';

describe('mounts', () => {
  it('are volumes, files and folders of this machine, and memory', () => {
    const { mounts } = only(
      [
        'volumes:',
        '  - v:/v:ro',
        '  - /anonymous',
        '  - ./here:/here:ro,z',
        '  - ../up/:/up',
        '  - ~/home:/home',
        '  - /etc/x:/x:cached',
        '  - {type: bind, source: plain, target: /plain, read_only: true}',
        '  - {type: tmpfs, target: /t, tmpfs: {size: 1048576}}',
        '  - folder:/folder',
        '  - mem:/mem',
        'tmpfs: [/run, "/cache:size=64m,mode=1777"]',
      ].join('\n'),
      'volumes: {v: , folder: {driver_opts: {type: none, o: bind, device: ./data}}, mem: {driver_opts: {type: tmpfs, device: tmpfs, o: size=2m}}}\n',
      { environment: { HOME: '/home/u' } },
    );
    expect(plain(mounts)).toEqual([
      { kind: 'volume', volume: 'v', target: '/v', readonly: true },
      { kind: 'volume', target: '/anonymous', readonly: false },
      { kind: 'bind', source: '/p/here', target: '/here', readonly: true },
      { kind: 'bind', source: '/up', target: '/up', readonly: false },
      { kind: 'bind', source: '/home/u/home', target: '/home', readonly: false },
      { kind: 'bind', source: '/etc/x', target: '/x', readonly: false },
      { kind: 'bind', source: '/p/plain', target: '/plain', readonly: true },
      { kind: 'tmpfs', target: '/t', mebibytes: 1 },
      { kind: 'bind', source: '/p/data', target: '/folder', readonly: false },
      { kind: 'tmpfs', target: '/mem', mebibytes: 2 },
      { kind: 'tmpfs', target: '/run' },
      { kind: 'tmpfs', target: '/cache', mebibytes: 64 },
    ]);
  });

  it('of another service are taken', () => {
    const services = app(
      'volumes_from: ["b:ro"]',
      '  b: {image: b, volumes: ["v:/v", ./x:/x]}\nvolumes: {v: }\n',
    );
    expect(services.services[0]?.mounts).toMatchObject([
      { volume: 'v', target: '/v', readonly: true },
      { source: '/p/x', readonly: true },
    ]);
  });

  it.each([
    ['volumes: [~/x:/x]', '4:15 ~/x is below the home folder, and HOME is not set'],
    ['volumes: ["C:\\\\x:/x"]', '4:15 "C:\\\\x:/x" begins with a path of Windows'],
    ['volumes: [./x:/x, ./y:/x/]', '4:23 /x/ is mounted twice, first in line 4'],
    ['volumes: [./x:/]', '4:15 a mount at / hides the image'],
    ['volumes: [./x:/x:rx]', '4:15 "rx" is no mode of a volume'],
    [
      'volumes: [{type: image, source: i, target: /x}]',
      '4:22 services.a.volumes[0] is of the type image, which is not enacted',
    ],
    ['volumes: [{type: bind, target: /x}]', '4:15 services.a.volumes[0] has no source'],
  ])('%s', (body, problem) => expect(wrong(text(body))).toEqual([problem]));
});

describe('volumes', () => {
  it('have a state, options of EFS and a file system that is there', () => {
    const { volumes } = app(
      'volumes: ["v:/v", "w:/w"]',
      'volumes:\n  v: {x-aws: {state: efs}, driver_opts: {performance-mode: maxIO, uid: 0}}\n  w: {external: true, name: fs-0123456789abcdef0}\n',
    );
    expect(plain(volumes)).toEqual([
      {
        name: 'v',
        externalName: 'p_v',
        state: { value: 'efs' },
        options: { performance_mode: 'maxIO', uid: '0' },
      },
      {
        name: 'w',
        externalName: 'fs-0123456789abcdef0',
        fileSystem: { value: 'fs-0123456789abcdef0' },
        options: {},
      },
    ]);
    expect(wrong(text('user: u', 'volumes:\n  v: {external: true}\n'))).toEqual([
      '6:3 the volume v is external, and nothing is no file system of the account',
    ]);
    expect(wrong(text('user: u', 'volumes:\n  v: {x-aws: {state: ef}}\n'))).toEqual([
      '6:22 volumes.v.x-aws.state is "ef"',
    ]);
    expect(wrong(text('user: u', 'volumes:\n  v: {driver_opts: {type: nfs, device: ":/x"}}\n'))).toEqual([
      '6:27 volumes.v is a file system of the type nfs, which is not enacted',
    ]);
  });
});

describe('configs and secrets', () => {
  const files = {
    'compose.yaml': text(
      'configs: [site, {source: text, target: x/y}]\nsecrets: [token, {source: arn, target: /etc/k, uid: "1", gid: "2", mode: 0440}, v]',
      'configs: {site: {file: ./site.conf}, text: {content: "a $X"}, unused: {file: gone}}\nsecrets: {token: {file: token.txt}, arn: {external: true, name: "arn:aws:x", x-aws-keys: [k]}, v: {environment: V}}\n',
    ),
    'site.conf': '',
    'token.txt': 's',
  };
  it('are granted with their places', () => {
    const project = read(files, { currentFolder: '/p', environment: { X: '1', V: '2' } });
    expect(plain(project.services[0]?.files)).toEqual([
      { kind: 'config', source: 'site', target: '/site' },
      { kind: 'config', source: 'text', target: '/x/y' },
      { kind: 'secret', source: 'token', target: '/run/secrets/token' },
      { kind: 'secret', source: 'arn', target: '/etc/k', uid: 1, gid: 2, mode: 0o440 },
      { kind: 'secret', source: 'v', target: '/run/secrets/v' },
    ]);
    expect(plain([...project.configs, ...project.secrets])).toEqual([
      { name: 'site', from: { kind: 'file', path: '/p/site.conf' } },
      { name: 'text', from: { kind: 'content', content: 'a 1' } },
      { name: 'arn', from: { kind: 'external', name: 'arn:aws:x' }, keys: ['k'] },
      { name: 'token', from: { kind: 'file', path: '/p/token.txt' } },
      { name: 'v', from: { kind: 'environment', variable: 'V', value: '2' } },
    ]);
    expect(wrong({ 'compose.yaml': files['compose.yaml'] }, { environment: { X: '1' } })).toEqual([
      '6:11 the file /site.conf of the config site does not exist',
      '7:11 the file /token.txt of the secret token does not exist',
      '7:96 the variable V of the secret v is not set',
    ]);
  });

  it.each([
    ['secrets: [s]', '', '4:15 the secret s is not declared'],
    [
      'secrets: [s, s]',
      'secrets: {s: {file: compose.yaml}}',
      '4:18 /run/secrets/s is granted twice, first in line 4',
    ],
    ['user: u', 'secrets: {s: {}}', '5:14 secrets.s has no source'],
    ['user: u', 'configs: {s: {file: a, content: b}}', '5:14 configs.s has both file and content'],
    [
      'secrets: [{source: s, mode: 9999}]',
      'secrets: {s: {environment: X}}',
      '4:33 services.a.secrets[0].mode is "9999"',
    ],
  ])('%s %s', (body, more, problem) => expect(wrong(text(body, more))[0]).toBe(problem));
});
