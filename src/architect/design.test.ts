import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../common/problem.ts';
import type { Resource, Template } from '../template/model.ts';
import { design } from './design.ts';
import type { DesignOptions } from './options.ts';
import { renderTemplate } from './synth.ts';
import { appOf, asWorkers, JOBS } from './testing/systems.ts';

const ofType = ({ Resources }: Template, type: string): [string, Resource][] =>
  Object.entries(Resources).filter(([, resource]) => resource.Type === type);
const reached = (files: Parameters<typeof appOf>[0]) => asWorkers(appOf(files));
const edgesOf = (files: Parameters<typeof appOf>[0]) =>
  design(appOf(files), { learn: true, target: 'local' }).edges.map(
    ({ from, to, port }) => `${from} → ${to}:${port}`,
  );
const wrong = (files: Parameters<typeof appOf>[0], options: DesignOptions = {}) => {
  try {
    design(appOf(files), options);
  } catch (error) {
    if (error instanceof InputError)
      return error.problems.map(({ position, message, fix }) => {
        expect(fix, message).toBeTruthy();
        return `${position?.line}:${position?.column} ${message}`;
      });
    throw error;
  }
  return [];
};

describe('system 1', () => {
  const { template, parameters, edges, publicServices } = design(appOf(JOBS), { target: 'local' });

  it('has one edge for each call and no other', () => {
    expect(edges.map(({ from, to, port }) => `${from} → ${to}:${port}`)).toEqual([
      'api → redis:6379',
      'web → api:5000',
      'worker → redis:6379',
    ]);
  });

  it('opens exactly the edges, by reference, at both ends', () => {
    const named = (value: unknown) => String((value as { Ref: string }).Ref).replace('SecurityGroup', '');
    const ends = (type: string, from: string, to: string) =>
      ofType(template, type)
        .map(
          ([, { Properties = {} }]) =>
            `${named(Properties[from])} ${named(Properties[to])} ${String(Properties['FromPort'])}-${String(Properties['ToPort'])}`,
        )
        .sort();
    const expected = [
      'Api Redis 6379-6379',
      'LoadBalancer Web 80-80',
      'Web Api 5000-5000',
      'Worker Redis 6379-6379',
    ];
    expect(ends('AWS::EC2::SecurityGroupIngress', 'SourceSecurityGroupId', 'GroupId')).toEqual(expected);
    expect(ends('AWS::EC2::SecurityGroupEgress', 'GroupId', 'DestinationSecurityGroupId')).toEqual(expected);
  });

  it('lets nobody in by an address but to the load balancer, and tasks out to 443 alone', () => {
    for (const [id, { Properties = {} }] of ofType(template, 'AWS::EC2::SecurityGroup')) {
      const ports = (rules: unknown) =>
        ((rules ?? []) as { FromPort: number; CidrIp: string }[]).map(
          ({ FromPort, CidrIp }) => `${CidrIp}:${FromPort}`,
        );
      const entry = id === 'LoadBalancerSecurityGroup';
      expect(ports(Properties['SecurityGroupIngress']), id).toEqual(entry ? ['0.0.0.0/0:80'] : []);
      if (!entry) expect(ports(Properties['SecurityGroupEgress']), id).toEqual(['0.0.0.0/0:443']);
    }
  });

  it('tells of every resource in words', () => {
    for (const [id, { Metadata }] of Object.entries(template.Resources))
      expect((Metadata as { Fairway: { Description: string } }).Fairway.Description, id).toBeTruthy();
  });

  it('takes images by digest and numbers from the file', () => {
    expect(parameters).toEqual([
      { name: 'ApiImage', service: 'api', kind: 'image' },
      { name: 'ApiDesiredCount', service: 'api', kind: 'desired-count', default: 2 },
      { name: 'RedisDesiredCount', service: 'redis', kind: 'desired-count', default: 1 },
      { name: 'WebDesiredCount', service: 'web', kind: 'desired-count', default: 1 },
      { name: 'WorkerImage', service: 'worker', kind: 'image' },
      { name: 'WorkerDesiredCount', service: 'worker', kind: 'desired-count', default: 1 },
    ]);
    expect(
      publicServices.map(({ service, listenerPort, containerPort }) => [
        service,
        listenerPort,
        containerPort,
      ]),
    ).toEqual([['web', 80, 80]]);
  });

  it('keeps the volume by name, and ends its old task first', () => {
    const task = template.Resources['RedisTaskDefinition']?.Properties;
    expect(task?.['Volumes']).toEqual([{ Name: 'queue' }]);
    expect(task?.['Tags']).toEqual([{ Key: 'fairway:volume:queue', Value: 'jobs_queue' }]);
    expect(template.Resources['RedisService']?.Properties?.['DeploymentConfiguration']).toMatchObject({
      MinimumHealthyPercent: 0,
      MaximumPercent: 100,
    });
  });

  it('waits for what references do not show', () => {
    const after = (id: string) => [template.Resources[id]?.DependsOn ?? []].flat();
    expect(after('WebService')).toEqual(
      expect.arrayContaining([
        'ApiService',
        'LoadBalancerListener80',
        'PublicDefaultRoute',
        'DhcpOptionsAssociation',
        'WebEgressToApiPort5000',
      ]),
    );
    expect(after('PublicDefaultRoute')).toEqual(['InternetGatewayAttachment']);
  });
});

describe('edges', () => {
  const peers = (environment: string, more = '') =>
    edgesOf(
      `services:\n  a:\n    image: a:1\n    environment: ${environment}\n${more}  redis: {image: 'redis:7'}\n  other: {image: 'x:1', expose: [7]}\n`,
    );

  it.each<[environment: string, edges: string[]]>([
    ['{X: "redis://:pw@redis:1"}', ['a → redis:1']],
    ['{X: "redis://redis"}', ['a → redis:6379']],
    ['{X: "jdbc:postgresql://other.local/db"}', ['a → other:5432']],
    ['{X: "postgresql+psycopg2://u:p@OTHER:9/db"}', ['a → other:9']],
    ['{X: "mongodb://u:p@redis:1,other:2/db"}', ['a → other:2', 'a → redis:1']],
    ['{X: "redis:1,other:2"}', ['a → other:2', 'a → redis:1']],
    ['{DB_HOST: other}', ['a → other:7']],
    ['{DB_HOST: other, DB_PORT: 8}', ['a → other:8']],
    ['{CACHE_ADDR: redis.local}', ['a → redis:6379']],
    ['{X: "http://other"}', ['a → other:80']],
    // What only looks like a call.
    ['{REDIS_USER: redis, NAME: other, MODE: redis}', []],
    ['{REDIS_IMAGE: "redis:7", LOGIN_USER: "other:5"}', []],
    ['{X: "http://redis.example.com/", Y: "see redis:"}', []],
    ['{X: "redis:99999"}', []],
    ['{PUBLIC_URL: "http://a/"}', []],
  ])('of %s', (environment, edges) => expect(peers(environment)).toEqual(edges));

  it('come from settings, links and order, unless something tells more exactly', () => {
    const more = '    links: [redis]\n    depends_on: [other]\n    x-aws: {calls: ["other:5"]}\n';
    expect(peers('{REDIS_URL: "redis://redis:4"}', more)).toEqual(['a → other:5', 'a → redis:4']);
    expect(peers('{}', '    links: [redis]\n    depends_on: [other]\n')).toEqual([
      'a → other:7',
      'a → redis:6379',
    ]);
  });

  it('do not come from the order of a worker or of a service without a common network', () => {
    const text = (body: string) =>
      `services:\n  a: {image: 'a:1', depends_on: [b], networks: [x]}\n  b: {image: 'b:1', ${body}}\nnetworks: {x: , y: }\n`;
    expect(edgesOf(text('networks: [x], x-aws: {worker: true}'))).toEqual([]);
    expect(edgesOf(text('networks: [y], expose: [1]'))).toEqual([]);
    expect(edgesOf(text('networks: [x, y], expose: [1]'))).toEqual(['a → b:1']);
  });

  it('give a name to who is called at a port that only the caller tells', () => {
    const { template } = design(
      reached("services:\n  a: {image: 'a:1', environment: {B: 'b:9'}}\n  b: {image: 'b:1'}\n"),
    );
    expect(template.Resources['BDiscovery']).toBeDefined();
    expect(template.Resources['BService']?.Properties?.['ServiceRegistries']).toHaveLength(1);
    expect(template.Resources['ADiscovery']).toBeUndefined();
  });

  it('do not fall together where names and ports meet', () => {
    const { template } = design(
      reached(
        "services:\n  a: {image: 'a:1', environment: {X: 'b1:80', Y: 'b:180'}}\n  b: {image: 'b:1'}\n  b1: {image: 'b:1'}\n",
      ),
    );
    expect(ofType(template, 'AWS::EC2::SecurityGroupIngress')).toHaveLength(2);
  });
});

it('gives the same bytes for the same project, whatever the order of its services', () => {
  const blocks = ['web', 'api', 'redis', 'w-2'];
  const body: Record<string, string> = {
    web: "  web: {image: 'nginx:1', ports: ['80:80'], depends_on: [api]}\n",
    api: "  api: {image: 'x:1', expose: [5], environment: {R: 'redis://redis', W: 'w-2:4'}}\n",
    redis: "  redis: {image: 'redis:7'}\n",
    'w-2': "  w-2: {image: 'w:1', environment: {REDIS_HOST: redis}}\n",
  };
  const text = (order: readonly string[]) =>
    renderTemplate(
      design(reached(`name: p\nservices:\n${order.map((name) => body[name]).join('')}`)).template,
    );
  const first = text(blocks);
  fc.assert(
    fc.property(fc.shuffledSubarray(blocks, { minLength: 4 }), (order) => {
      expect(text(order)).toBe(first);
    }),
  );
});

it('opens no port without an edge, and every edge, for any calls', () => {
  const names = ['a', 'b', 'c1', 'c'];
  const call = fc.record({
    from: fc.constantFrom(...names),
    to: fc.constantFrom(...names),
    port: fc.integer({ min: 1, max: 65_535 }),
  });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 12 }), (calls) => {
      const text = names.map(
        (name) =>
          `  ${name}: {image: 'x:1', x-aws: {calls: [${calls
            .filter(({ from }) => from === name)
            .map(({ to, port }) => `'${to}:${port}'`)
            .join()}]}}\n`,
      );
      const { template } = design(reached(`services:\n${text.join('')}`));
      const wanted = new Set(
        calls.filter(({ from, to }) => from !== to).map(({ from, to, port }) => `${from} ${to} ${port}`),
      );
      expect(ofType(template, 'AWS::EC2::SecurityGroupIngress')).toHaveLength(wanted.size);
      expect(ofType(template, 'AWS::EC2::SecurityGroupEgress')).toHaveLength(wanted.size);
    }),
  );
});

it.each<[cpus: string, memory: string, size: [string, string]]>([
  ['0.1', '64m', ['256', '512']],
  ['0.25', '513m', ['256', '1024']],
  ['0.5', '100m', ['512', '1024']],
  ['0.25', '3g', ['512', '3072']],
  ['1.5', '3g', ['2048', '4096']],
  ['4', '31g', ['8192', '32768']],
])('makes the smallest Fargate task of %s CPUs and %s', (cpus, memory, size) => {
  const { template } = design(
    reached(
      `services: {a: {image: 'a:1', deploy: {resources: {limits: {cpus: '${cpus}', memory: ${memory}}}}}}`,
    ),
  );
  const task = template.Resources['ATaskDefinition']?.Properties;
  expect([task?.['Cpu'], task?.['Memory']]).toEqual(size);
});

it.each<[what: string, text: string, problems: string[]]>([
  [
    'a port that nobody knows',
    "services:\n  a: {image: 'a:1', depends_on: [b]}\n  b: {image: 'b:1'}\n",
    ['2:34 depends_on lets a call b, and no port of b is known'],
  ],
  [
    'a host without a port',
    "services:\n  a: {image: 'a:1', environment: {B_HOST: b}}\n  b: {image: 'b:1'}\n",
    ['2:43 the variable B_HOST lets a call b, and no port of b is known'],
  ],
  [
    'no common network',
    "services:\n  a: {image: 'a:1', networks: [x], environment: {R: 'b:1'}}\n  b: {image: 'b:1'}\nnetworks: {x: }\n",
    ['2:53 the variable R of a leads to b, and the two share no network'],
  ],
  [
    'two names that are one',
    "services:\n  a-b: {image: 'a:1'}\n  a_b: {image: 'a:1'}\n",
    ['3:3 the names a-b and a_b cannot be told apart in the template, where both begin with AB'],
  ],
  [
    'a name of the project’s own',
    "services:\n  load-balancer: {image: 'a:1'}\n",
    ["2:3 the name load-balancer cannot be told from the project's own resources in the template"],
  ],
  [
    'HTTPS',
    "services:\n  a: {image: 'a:1', ports: ['443:443']}\n",
    ['2:29 a publishes port 443, where HTTPS is expected, and the load balancer has no certificate'],
  ],
  [
    'a task that is too large',
    "services:\n  a: {image: 'a:1', mem_limit: 200g}\n",
    ['2:32 service a asks for 0 CPU units and 204800 MiB, more than a Fargate task can have'],
  ],
])('%s is wrong input', (_what, text, problems) =>
  expect(
    wrong(text, { target: 'local' }).filter((line) => !line.includes('nothing is known to call')),
  ).toEqual(problems),
);

it('quotes what AWS would read as something else', () => {
  const text = renderTemplate(
    design(
      reached(
        "services: {a: {image: 'a:1', environment: {A: on, B: '012', C: '1:30', D: '2024-01-01', E: 'null', F: '1e3'}}}",
      ),
    ).template,
  );
  expect([...text.matchAll(/Value: (.*)/g)].map(([, value]) => value).slice(-7, -1)).toEqual([
    "'on'",
    "'012'",
    "'1:30'",
    "'2024-01-01'",
    "'null'",
    "'1e3'",
  ]);
});

it('tells an overlay that leaves no template, at its place', () =>
  expect(
    wrong("services: {a: {image: 'redis:7', x-aws: {worker: true}}}\nx-aws-cloudformation: {Resources: }"),
  ).toContain('2:23 x-aws-cloudformation: Template format error: Resources must be an object.'));
