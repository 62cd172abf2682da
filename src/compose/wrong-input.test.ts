import { expect, it } from 'vitest';
import { KEY_TABLES } from './keys/tables.ts';
import { wrong } from './testing/project.ts';

const a = (body: string) => `services:\n  a:\n    image: a:1\n    ${body}\n`;

it.each<[what: string, text: string, problems: string[]]>([
  [
    'broken YAML',
    'services:\n  a: [1\n',
    ['3:1 broken YAML: flow sequence in block collection must be sufficiently indented and end with a ]'],
  ],
  ['tabs', 'services:\n\ta: 1\n', ['2:1 broken YAML: tabs are not allowed as indentation']],
  ['nothing', '', ['1:1 the file is empty']],
  ['a list', '- a', ['1:1 the file is no mapping']],
  [
    'an image without a value',
    'services:\n  a: {image: , ports: ["80:80"]}',
    ['2:3 the service a has neither image nor build'],
  ],
  ['no services', 'name: x', ['1:1 the project has no services']],
  ['a key twice', a('user: b\n    user: c'), ['5:5 user is written twice, first in line 4']],
  ['an unknown key', a('enviroment: {A: 1}'), ['4:5 unknown key enviroment in services.a']],
  [
    'an unknown key deep down',
    a('healthcheck: {tests: x, test: y}'),
    ['4:19 unknown key tests in services.a.healthcheck'],
  ],
  ['an unknown setting', a('x-aws: {helth_path: /}'), ['4:13 unknown key helth_path in services.a.x-aws']],
  ['a mistyped setting of compose-ecs', 'x-aws-vpn: v\n' + a('user: b'), ['1:1 unknown key x-aws-vpn']],
  ['an undefined variable', a('user: "u-${WHO}"'), ['4:14 the variable WHO is not set']],
  [
    'a cycle',
    a('depends_on: [b]') + '  b: {image: b, depends_on: [a]}',
    ['4:18 depends_on goes in a circle: a → b → a'],
  ],
  ['itself', a('depends_on: [a]'), ['4:18 a depends on itself']],
  [
    'an undefined service',
    a('depends_on: [bb]') + '  bbb: {image: b}',
    ['4:18 depends_on names bb, and there is no such service'],
  ],
  [
    'a service in an inactive profile',
    a('depends_on: [b]') + '  b: {image: b, profiles: [p]}',
    ['4:18 depends_on names b, which is in an inactive profile (p)'],
  ],
  [
    'a missing Dockerfile',
    'services:\n  a:\n    build: ./x\n',
    ['3:12 the Dockerfile x/Dockerfile does not exist'],
  ],
  ['a missing env_file', a('env_file: x.env'), ['4:15 the env_file x.env does not exist']],
  [
    'a port twice',
    a('ports: ["80:1"]') + '  b: {image: b, ports: ["80:2"]}',
    ['5:25 b publishes port 80, which a publishes in line 4'],
  ],
  ['a port that is none', a('ports: ["80:99999"]'), ['4:13 "80:99999" is no port of services.a.ports']],
  ['sctp', a('ports: ["53:53/sctp"]'), ['4:13 services.a.ports publishes 53/sctp']],
  [
    'the socket of an engine',
    a('volumes: [/var/run/docker.sock:/x]'),
    ['4:15 /var/run/docker.sock is the socket of a container engine, and no engine runs here or on Fargate'],
  ],
  ['an undeclared volume', a('volumes: [v:/x]'), ['4:15 the volume v is not declared']],
  ['an undeclared network', a('networks: [n]'), ['4:16 the network n is not declared']],
  ['the wrong kind', a('ports: {a: 1}'), ['4:12 services.a.ports is a mapping']],
  ['no image', 'services:\n  a: {user: b}', ['2:3 the service a has neither image nor build']],
  ['a mistyped image', 'services:\n  a: {imagee: b}', ['2:7 unknown key imagee in services.a']],
  ['nothing below a service', 'services:\n  a:\n', ['2:3 services.a is a single value']],
  ['no number', a('deploy: {replicas: many}'), ['4:24 services.a.deploy.replicas is "many"']],
  ['no duration', a('stop_grace_period: 5 minutes'), ['4:24 services.a.stop_grace_period is "5 minutes"']],
  [
    'a health check that is none',
    a('healthcheck: {test: [curl, x]}'),
    ['4:25 services.a.healthcheck.test begins with "curl"'],
  ],
  [
    'healthy without a check',
    a('depends_on: {b: {condition: service_healthy}}') + '  b: {image: b}',
    ['4:18 a waits for b to be healthy, and b has no healthcheck'],
  ],
  [
    'a refused key',
    a('privileged: true'),
    ['4:5 services.a.privileged is refused: Fargate runs no privileged containers'],
  ],
  ['a tag', a('ports: !resett []'), ['4:20 the tag !resett is not enacted']],
  ['an alias without anchor', a('user: *u'), ['4:11 *u names no anchor']],
  [
    'a wrong profile of costs',
    'x-aws: {profile: balnced}\n' + a('user: b'),
    ['1:18 project.x-aws.profile is "balnced"'],
  ],
  ['a wrong call', a('x-aws: {calls: ["b:x"]}'), ['4:21 "b:x" is no call']],
  [
    'a call to nobody',
    a('x-aws: {calls: [b:1]}'),
    ['4:21 x-aws.calls names b, and there is no such service'],
  ],
])('%s', (_what, text, problems) => expect(wrong(text)).toEqual(problems));

it('tells all that is wrong at once, in the order of the file', () => {
  expect(wrong(a('user: $A\n    prots: []\n    volumes: [x:y]\n    privileged: true'))).toEqual([
    '4:11 the variable A is not set',
    '5:5 unknown key prots in services.a',
    '6:15 the mount point "y" is not absolute',
    '7:5 services.a.privileged is refused: Fargate runs no privileged containers',
  ]);
});

it('has a reason for every key that is not enacted', () => {
  for (const [name, rule] of KEY_TABLES) {
    const said = rule.status === 'enacted' ? rule.means : rule.reason;
    expect(said, name).not.toBe('');
    if (rule.status === 'refused') expect(rule.write, name).not.toBe('');
  }
  expect(KEY_TABLES.map(([name]) => name)).toContain('services.*.deploy.resources.limits.memory');
});

it('does not unfold aliases for ever', () => {
  const levels = Array.from({ length: 9 }, (_, n) => `x-${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`);
  expect(wrong(`x-0: &l0 [a]\n${levels.join('\n')}\n`)).toHaveLength(1);
});
