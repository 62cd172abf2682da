import { expect, it } from 'vitest';
import { InputError, type Problem } from '../../common/problem.ts';
import { design } from '../design.ts';
import type { SourceText } from '../options.ts';
import { appOf, type Files } from '../testing/systems.ts';

function problemsOf(files: Files | string, texts: readonly SourceText[] = []): readonly Problem[] {
  try {
    design(appOf(files), { texts: () => texts });
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

const SHOP = `services:
  front: {image: 'front:1', ports: ['80:80'], environment: {LABEL: 'carts of all kinds'}}
  orders: {image: 'orders:1', ports: ['81:80']}
  carts: {image: 'carts:1'}
`;

it('is an error that tells who may be calling, and what to write', () => {
  const [problem, ...others] = problemsOf(SHOP, [
    { service: 'orders', file: 'orders/config.js', text: 'const url = `http://carts:8080/items`;' },
    { service: 'carts', file: 'carts/main.go', text: 'carts:1234' },
  ]);
  expect(others).toEqual([]);
  expect(problem!.message).toBe(
    'nothing is known to call carts, and it publishes no port: every connection to it would be dropped',
  );
  const lines = problem!.fix!.split('\n');
  expect(lines[1]).toBe('services.orders:  x-aws: {calls: ["carts:8080"]}    # orders/config.js names it');
  expect(lines[2]).toBe('services.front:  x-aws: {calls: ["carts"]}    # the variable LABEL names it');
  expect(problem!.fix).toContain('services.carts:  x-aws: {worker: true}');
  expect(problem!.fix).toContain('--learn');
});

it.each([
  ["carts: {image: 'carts:1', x-aws: {worker: true}}"],
  ["carts: {image: 'carts:1', ports: ['82:80']}"],
  ["carts: {image: 'carts:1', ports: ['127.0.0.1:82:80']}"],
  ["carts: {image: 'carts:1', restart: 'no'}"],
  ["carts: {image: 'carts:1', network_mode: 'service:front'}"],
])('is not said of %s', (line) => expect(problemsOf(SHOP.replace(/carts: \{image.*\}/, line))).toEqual([]));

it('takes a build that listens nowhere and is named nowhere as a worker, and says so', () => {
  const files = (dockerfile: string) => ({
    'compose.yaml': "services:\n  front: {image: 'f:1', ports: ['80:80']}\n  mailer: {build: ./mailer}\n",
    'mailer/Dockerfile': dockerfile,
  });
  expect(problemsOf(files('FROM node:20\n'))).toEqual([]);
  expect(design(appOf(files('FROM node:20\n'))).notices.map(({ code }) => code)).toEqual(['taken-as-worker']);
  expect(problemsOf(files('FROM node:20\nEXPOSE 80\n'))).toHaveLength(1);
  expect(
    problemsOf(files('FROM node:20\n'), [{ service: 'front', file: 'x', text: 'post("mailer")' }]),
  ).toHaveLength(1);
});

it('does not look into sources where nothing is missing', () => {
  const texts = (which: 'configuration' | 'all') => {
    if (which === 'all') throw new Error('nobody should ask');
    return [];
  };
  expect(() => design(appOf("services: {a: {image: 'a:1', ports: ['80:80']}}"), { texts })).not.toThrow();
});

it('names the caller and its port in place of asking for the port alone', () => {
  const files =
    "services:\n  web: {image: 'nginx:1', ports: ['80:80'], depends_on: [api]}\n  api: {image: 'api:1'}\n";
  const texts = [{ service: 'web', file: 'nginx.conf', text: 'proxy_pass http://api:8000;' }];
  expect(problemsOf(files, texts).map(({ code }) => code)).toEqual(['nothing-calls']);
  expect(problemsOf(files).map(({ code }) => code)).toEqual(['port-unknown']);
});

it('notices calls that a configuration speaks of and the file does not', () => {
  const app = appOf(
    "services:\n  grafana: {image: 'grafana/grafana', ports: ['3000:3000']}\n  prometheus: {image: 'prom/prometheus', ports: ['9090:9090']}\n",
  );
  const texts = () => [
    {
      service: 'grafana',
      file: 'datasource.yml',
      text: 'url: http://prometheus:9090\nother: http://grafana:1',
    },
  ];
  expect(design(app, { texts }).notices.map(({ message }) => message)).toEqual([
    'datasource.yml of grafana names prometheus:9090, and nothing lets grafana call it: such a connection would be dropped',
  ]);
});

it('takes a service that nobody could call as a worker', () => {
  expect(problemsOf("services: {a: {image: 'a:1'}}")).toEqual([]);
  expect(
    problemsOf(
      "services: {a: {image: 'a:1', networks: [x]}, b: {image: 'b:1', networks: [y]}}\nnetworks: {x: , y: }\n",
    ),
  ).toEqual([]);
  expect(problemsOf("services: {a: {image: 'a:1'}, b: {image: 'b:1'}}")).toHaveLength(2);
});

it('a port for this machine alone is no way for peers that name it', () => {
  const files = `services:
  web: {image: 'web:1', ports: ['80:80']}
  db: {image: 'db:1', ports: ['5432:5432']}
  other: {image: 'other:1', ports: ['81:80']}
`;
  const says = (text: string) => problemsOf(files, [{ service: 'web', file: 'web/db.js', text }]);
  expect(says("connect({host: 'db'})").map(({ message }) => message)).toEqual([
    'nothing is known to call db, and its port is for this machine alone: every connection to it would be dropped',
  ]);
  expect(says('postgres://db/x')).toHaveLength(1);
  expect(says('a word about a db of any kind')).toEqual([]);
});

it('takes the one that shares networks with a data store for its caller', () => {
  const files = (more: string) =>
    `services: {web: {image: 'web:1', ports: ['80:80']}, db: {image: 'postgres:16'}${more}}`;
  expect(problemsOf(files(''))[0]!.fix).toContain(
    'services.web:  x-aws: {calls: ["db:5432"]}    # nothing else shares a network with it',
  );
  expect(problemsOf(files(", other: {image: 'o:1', ports: ['81:80']}"))[0]!.fix).not.toContain(
    'services.web',
  );
});
