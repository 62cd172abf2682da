import { describe, expect, it } from 'vitest';
import { design } from '../design.ts';
import { appOf, asWorkers, wrongOf } from '../testing/systems.ts';

const made = (services: string) => design(asWorkers(appOf(`services:\n${services}`)), { target: 'local' });
const ways = (services: string) => {
  const { publicServices, local } = made(services);
  return [
    ...publicServices.map(
      ({ protocol, listenerPort, containerPort }) => `${protocol} ${listenerPort}:${containerPort}`,
    ),
    ...local.forwards.map(
      ({ protocol, hostPort, containerPort }) => `forward ${hostPort}:${containerPort}/${protocol}`,
    ),
  ];
};

describe('a published port becomes', () => {
  it.each<[service: string, ways: string[]]>([
    ["{image: 'a:1', ports: ['80:3000']}", ['http 80:3000']],
    ["{image: 'a:1', ports: ['127.0.0.1:80:3000']}", ['forward 80:3000/tcp']],
    ["{image: 'a:1', ports: ['[::1]:80:3000']}", ['forward 80:3000/tcp']],
    ["{image: 'postgres:16', ports: ['5432:5432']}", ['forward 5432:5432/tcp']],
    ["{image: 'a:1', ports: ['15432:5432']}", ['forward 15432:5432/tcp']],
    ["{image: 'rabbitmq:3-management', ports: ['15672:15672']}", ['forward 15672:15672/tcp']],
    ["{image: 'elasticsearch:8', ports: ['9200:9200']}", ['forward 9200:9200/tcp']],
    ["{image: 'redis:7', ports: [{target: 6379, published: '6379', app_protocol: tcp}]}", ['tcp 6379:6379']],
    ["{image: 'a:1', ports: [{target: 443, published: '443', app_protocol: tcp}]}", ['tcp 443:443']],
    ["{image: 'a:1', ports: ['9000:9000/udp']  , expose: ['80']}", ['udp 9000:9000']],
    ["{image: 'a:1', ports: ['53:53/udp', '53:53']}", ['udp 53:53', 'tcp 53:53']],
    ["{image: 'a:1', ports: ['80:80', '9229:9229']}", ['http 80:80', 'forward 9229:9229/tcp']],
    ["{image: 'a:1', ports: ['2222:22', '25565:25565']}", ['tcp 2222:22', 'tcp 25565:25565']],
    ["{image: 'a:1', ports: ['80:80'], x-aws: {public: false}}", []],
  ])('%s → %j', (service, expected) => expect(ways(`  a: ${service}\n`)).toEqual(expected));
});

it('tells nothing of forwards to AWS', () => {
  const app = asWorkers(appOf("services: {a: {image: 'postgres:16', ports: ['5432:5432']}}"));
  const { local, template, notices } = design(app);
  expect(local.forwards).toEqual([]);
  expect(Object.values(template.Resources).some(({ Type }) => Type.includes('LoadBalancing'))).toBe(false);
  expect(notices.map(({ code }) => code)).toEqual(['port-inside']);
});

it('gives both protocols of a port one listener and one target group', () => {
  const { template } = made("  dns: {image: 'a:1', ports: ['53:53/udp', '53:53/tcp']}\n");
  const listeners = Object.values(template.Resources).filter(({ Type }) => Type.endsWith('V2::Listener'));
  expect(listeners.map(({ Properties }) => Properties?.['Protocol'])).toEqual(['TCP_UDP']);
});

it.each<[what: string, services: string, problems: string[]]>([
  [
    'two services on one network listener',
    "  a: {image: 'a:1', expose: ['1'], ports: ['53:53/udp']}\n  b: {image: 'a:1', ports: [{target: 53, published: '53', app_protocol: tcp}]}\n",
    ['a, b publish one port, 53'],
  ],
  [
    'UDP alone',
    "  a: {image: 'a:1', ports: ['53:53/udp']}\n",
    [
      'a network load balancer asks by TCP whether a task is well, and a is not known to listen on any TCP port beside 53/udp',
    ],
  ],
  [
    'HTTPS without a certificate',
    "  a: {image: 'a:1', ports: ['443:8443']}\n",
    ['a publishes port 443, where HTTPS is expected, and the load balancer has no certificate'],
  ],
  [
    'gRPC without a certificate',
    "  a: {image: 'a:1', ports: [{target: 50051, published: '80', app_protocol: grpc}]}\n",
    ['port 50051 of a speaks grpc, for which the load balancer would need a certificate'],
  ],
  [
    'a port of what ends',
    "  a: {image: 'a:1', ports: ['80:80']}\n  b: {image: 'b:1', depends_on: {a: {condition: service_completed_successfully}}}\n",
    ['a runs to its end once, and publishes a port'],
  ],
])('%s is wrong input', (_what, services, problems) =>
  expect(wrongOf(`services:\n${services}`)).toEqual(problems),
);

it('lets services share a port where their requests differ', () => {
  const services =
    "  a: {image: 'a:1', ports: ['80:80']}\n  b: {image: 'a:1', ports: ['80:81'], x-aws: {path: /b}}\n  c: {image: 'a:1', ports: ['80:81'], x-aws: {host: c.example.com}}\n";
  expect(wrongOf(`services:\n${services}`)).toEqual([]);
});
