import { describe, expect, it } from 'vitest';
import { wrong } from '../testing/project.ts';
import { app, only, plain, said, text } from '../testing/service.ts';

describe('ports', () => {
  it('have a protocol, a range, a loopback address, what is spoken', () => {
    const { ports } = only(
      [
        'ports:',
        '  - "127.0.0.1:5432:5432"',
        '  - "[::1]:1:1"',
        '  - "53:53/udp"',
        '  - "0.0.0.0:80:80"',
        '  - "[::]:80:80"',
        '  - "3000-3010:30"',
        '  - {target: 9, app_protocol: HTTP, host_ip: 127.0.0.1}',
        '  - {target: 10, published: 10, x-aws-protocol: http}',
      ].join('\n'),
    );
    expect(plain(ports)).toEqual([
      { target: 5432, published: 5432, protocol: 'tcp', loopback: true },
      { target: 1, published: 1, protocol: 'tcp', loopback: true },
      { target: 53, published: 53, protocol: 'udp', loopback: false },
      { target: 80, published: 80, protocol: 'tcp', loopback: false },
      { target: 30, published: 3000, protocol: 'tcp', loopback: false },
      { target: 9, protocol: 'tcp', loopback: true, appProtocol: 'http' },
      { target: 10, published: 10, protocol: 'tcp', loopback: false, appProtocol: 'http' },
    ]);
    expect(only('expose: [5/udp, "6-7"]').expose.map(({ port, protocol }) => `${port}/${protocol}`)).toEqual([
      '5/udp',
      '6/tcp',
      '7/tcp',
    ]);
  });

  it('are shared where requests tell which service is meant', () => {
    const two = (settings: string) =>
      text('ports: ["80:1"]', `  b: {image: b, ports: ["80:2"]${settings}}\n`);
    expect(wrong(two(''))).toEqual(['5:25 b publishes port 80, which a publishes in line 4']);
    expect(wrong(two(', x-aws: {path: /b/*}'))).toEqual([]);
    expect(wrong(text('ports: ["80:1", "80:2"]'))).toEqual([
      '4:21 a publishes port 80, which it publishes in line 4',
    ]);
    expect(wrong(text('ports: ["80:1"]', '  b: {image: b, ports: ["80:2/udp"]}\n'))).toEqual([]);
  });
});

describe('names', () => {
  it('of containers, hosts, networks and links are aliases', () => {
    const { services } = app(
      'container_name: C1\nhostname: h\nlinks: [b, "b:database"]\nnetworks: {n: {aliases: [x, a]}}',
      '  b: {image: b, networks: [n]}\nnetworks: {n: }\n',
    );
    expect(services.map(({ aliases }) => aliases)).toEqual([['C1', 'h', 'x'], ['database']]);
    expect(services[0]?.links.map(({ value }) => value)).toEqual(['b', 'b']);
  });

  it('stand for one service', () =>
    expect(wrong(text('links: ["b:db"]', '  b: {image: b}\n  c: {image: c, container_name: db}\n'))).toEqual([
      '4:13 the name db stands for b and for c',
    ]));
});

describe('lifetime', () => {
  it.each([
    ['', 'service'],
    ['restart: always', 'service'],
    ['restart: "no"', 'once'],
    ['restart: no', 'once'],
    ['deploy: {restart_policy: {condition: none}}', 'once'],
    ['restart: "no"\ndeploy: {restart_policy: {condition: any}}', 'service'],
    ['deploy: {mode: replicated-job}', 'once'],
  ])('%s', (body, lifetime) => expect(only(body || 'user: u').lifetime).toBe(lifetime));

  it('does not end where it serves', () => {
    expect(only('restart: "no"\nports: ["80:80"]').lifetime).toBe('service');
    expect(said('restart: "no"\nports: ["80:80"]')).toEqual([
      'services.a.restart: no is not enacted: it has ports, so it is a service, and ECS replaces every task that stops',
    ]);
  });

  it('ends where another one waits for the end', () => {
    const waits = '  b: {image: b, depends_on: {a: {condition: service_completed_successfully}}}\n';
    expect(only('user: u', waits).lifetime).toBe('once');
    expect(only('restart: on-failure', waits).lifetime).toBe('once');
    expect(wrong(text('restart: always', waits))).toEqual([
      '5:30 b waits for a to end, and a is started again whenever it ends (line 4)',
    ]);
  });
});

describe('network_mode', () => {
  const b = '  b: {image: b, networks: [n]}\nnetworks: {n: }\n';
  it('service: makes a sidecar in the networks of the other', () => {
    expect(only('network_mode: service:b', b)).toMatchObject({ sidecarOf: { value: 'b' }, networks: ['n'] });
    expect(only('network_mode: bridge')).toMatchObject({ networks: ['default'] });
  });
  it.each([
    ['network_mode: service:c', '4:19 network_mode names c, and there is no such service'],
    ['network_mode: service:a', '4:19 a joins the task of a, itself'],
    [
      'network_mode: service:b\nports: ["1:1"]',
      '5:12 services.a is in the task of b and has ports of its own',
    ],
    [
      'network_mode: host',
      '4:19 services.a.network_mode host is refused: a Fargate task has a network interface of its own and no host to share',
    ],
    [
      'network_mode: none',
      '4:19 services.a.network_mode none is refused: a Fargate task has a network interface always',
    ],
    [
      'network_mode: container:x',
      '4:19 services.a.network_mode container:x is refused: a container of another project cannot be joined',
    ],
    ['network_mode: constructor', '4:19 services.a.network_mode constructor is not known'],
  ])('%s', (body, problem) => expect(wrong(text(body, b))).toEqual([problem]));
});

describe('what a container is given', () => {
  it('is read', () =>
    expect(
      plain(
        only(
          'init: true\ntty: true\nstdin_open: "yes"\nshm_size: 64m\nulimits: {nofile: 5, memlock: {soft: -1, hard: -1}}\ncap_add: [CAP_SYS_PTRACE]\ncap_drop: [all]',
        ).limits,
      ),
    ).toEqual({
      init: true,
      tty: true,
      stdinOpen: true,
      sharedMemoryMebibytes: { value: 64 },
      ulimits: [
        { name: 'nofile', soft: 5, hard: 5 },
        { name: 'memlock', soft: -1, hard: -1 },
      ],
      capAdd: [{ value: 'SYS_PTRACE' }],
      capDrop: [{ value: 'ALL' }],
    }));

  it('is cleared by an empty command, and left alone by none', () => {
    expect([only('command: []').command?.value, only('entrypoint: ""').entrypoint?.value]).toEqual([[], []]);
    expect(only('command: ').command).toBeUndefined();
    expect(only(`command: echo "a $$B" 'c d' e\\ f`).command?.value).toEqual(['echo', 'a $B', 'c d', 'e f']);
  });

  it('is told where Fargate has none of it', () => {
    expect(said('extra_hosts: ["host.docker.internal:host-gateway"]')).toEqual([
      'services.a.extra_hosts: host.docker.internal is not enacted: a Fargate task has no host to reach',
    ]);
    expect(wrong(text('extra_hosts: {db: 10.0.0.1}'))).toEqual([
      '4:23 services.a.extra_hosts gives db an address, and Fargate writes no /etc/hosts entries',
    ]);
    expect(said('privileged: false\ndevices: []\nipc: private')).toEqual([]);
    expect(said('healthcheck: {test: x, interval: 500ms, retries: 20}')).toEqual([
      'services.a.healthcheck.interval becomes 5 s: ECS takes whole seconds from 5 to 300',
      'services.a.healthcheck.retries becomes 10: ECS takes whole numbers from 1 to 10',
    ]);
  });

  it.each([
    ['platform: linux/arm64/v8', 'ARM64'],
    ['platform: linux/amd64', 'X86_64'],
  ])('%s', (body, architecture) => expect(only(body).architecture).toBe(architecture));
});
