import { expect, it } from 'vitest';
import { design } from './design.ts';
import { appOf, asWorkers, wrongOf } from './testing/systems.ts';

type Container = Record<string, unknown> & { Name: string };
const taskOf = (services: string, owner: string): Container[] => {
  const { template } = design(asWorkers(appOf(`services:\n${services}`)));
  return template.Resources[`${owner}TaskDefinition`]!.Properties!['ContainerDefinitions'] as Container[];
};

it('runs what is waited for in each task that waits, in its order, and nowhere else', () => {
  const services =
    "  a: {image: 'a:1', depends_on: {two: {condition: service_completed_successfully}}}\n" +
    "  b: {image: 'b:1', depends_on: {one: {condition: service_completed_successfully}}}\n" +
    "  two: {image: 'two:1', depends_on: {one: {condition: service_completed_successfully}}}\n" +
    "  one: {image: 'one:1'}\n";
  expect(taskOf(services, 'A').map(({ Name, Essential, DependsOn }) => [Name, Essential, DependsOn])).toEqual(
    [
      ['a', true, [{ ContainerName: 'two', Condition: 'SUCCESS' }]],
      ['one', false, undefined],
      ['two', false, [{ ContainerName: 'one', Condition: 'SUCCESS' }]],
    ],
  );
  expect(taskOf(services, 'B').map(({ Name }) => Name)).toEqual(['b', 'one']);
  const { template } = design(asWorkers(appOf(`services:\n${services}`)));
  expect(template.Resources['OneTaskDefinition']).toBeUndefined();
});

it('lets a sidecar wait within its task, and its peers call it at the owner', () => {
  const services =
    "  app: {image: 'a:1', depends_on: {proxy: {condition: service_healthy}}}\n" +
    "  proxy: {image: 'p:1', network_mode: 'service:app', expose: ['9'], healthcheck: {test: [CMD, x]}}\n" +
    "  peer: {image: 'c:1', environment: {APP_URL: 'http://app:9'}}\n";
  const [app, proxy] = taskOf(services, 'App');
  expect(app!['DependsOn']).toEqual([{ ContainerName: 'proxy', Condition: 'HEALTHY' }]);
  expect(proxy!['PortMappings']).toEqual([{ ContainerPort: 9, Protocol: 'tcp' }]);
  expect(app!['PortMappings']).toBeUndefined();
  const { edges, template } = design(asWorkers(appOf(`services:\n${services}`)));
  expect(edges.map(({ from, to, port }) => [from, to, port])).toEqual([['peer', 'app', 9]]);
  expect(template.Resources['ProxyService']).toBeUndefined();
});

it('asks a task for what its containers need together, and what runs first for no more', () => {
  const services =
    "  a: {image: 'a:1', mem_limit: 700m, depends_on: {i: {condition: service_completed_successfully}}}\n" +
    "  s: {image: 's:1', mem_limit: 700m, network_mode: 'service:a'}\n" +
    "  i: {image: 'i:1', mem_limit: 1g}\n";
  const { template } = design(asWorkers(appOf(`services:\n${services}`)));
  expect(template.Resources['ATaskDefinition']!.Properties!['Memory']).toBe('2048');
});

it.each<[what: string, services: string, problems: string[]]>([
  [
    'tasks that wait for each other',
    "  a: {image: 'a:1', depends_on: [b], expose: [1]}\n  s: {image: 's:1', network_mode: 'service:b', depends_on: [a]}\n  b: {image: 'b:1', expose: [1]}\n",
    ['the tasks of a → b → a wait for each other'],
  ],
])('%s is wrong input', (_what, services, problems) =>
  expect(wrongOf(`services:\n${services}`)).toEqual(problems),
);
