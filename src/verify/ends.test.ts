import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateTemplate } from '../template/evaluated.ts';
import { parseTemplate } from '../template/parse.ts';
import { pseudoParameters } from '../template/scope.ts';
import { declaredResources } from '../topology/from-template/declared.ts';
import { systemFromResources } from '../topology/from-template/system.ts';
import { partiesOf } from './ends.ts';
import { graphOf } from './reach/graph.ts';
import { reach } from './reach/reach.ts';

const goldens = new URL('../architect/golden/', import.meta.url);
const identity = {
  accountId: '123456789012',
  region: 'eu-west-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
};
function systemOf(file: string) {
  const { template, positionOf } = parseTemplate(readFileSync(new URL(file, goldens), 'utf8'), file);
  const zones = () => ['a', 'b', 'c'];
  const known = { template, parameters: {}, pseudo: pseudoParameters(identity), positionOf, zones };
  return systemFromResources(declaredResources(evaluateTemplate(known)));
}

const all = ['WebService ApiService 5000', 'ApiService RedisService 6379', 'WorkerService RedisService 6379'];
describe.each([
  ['affordable.yaml', all],
  // Its api is told nothing of redis.
  ['balanced.yaml', all.filter((edge) => !edge.startsWith('Api'))],
  ['highly-available.yaml', all],
])('%s', (file, edges) => {
  const system = systemOf(file);
  const graph = graphOf(system);
  const parties = partiesOf(system);
  const end = (id: string) => ({ kind: 'placement', placement: parties.get(id)!.placements[0]! }) as const;
  const ask = (
    from: Parameters<typeof reach>[1]['from'],
    to: Parameters<typeof reach>[1]['to'],
    port: number,
  ) => reach(graph, { from, to, port, protocol: 'tcp' });

  it('lets exactly the edges of the system pass', () => {
    const services = ['WebService', 'ApiService', 'RedisService', 'WorkerService'];
    const open = services.flatMap((from) =>
      services.flatMap((to) =>
        from === to
          ? []
          : [80, 5000, 6379]
              .filter((port) => ask(end(from), end(to), port).verdict === 'holds')
              .map((port) => `${from} ${to} ${port}`),
      ),
    );
    expect(open).toEqual(edges);
  });

  it('is reached from the internet by the load balancer alone, and reaches its image registry', () => {
    expect(ask({ kind: 'internet' }, end('LoadBalancer'), 80)).toMatchObject({ verdict: 'holds' });
    expect(ask(end('LoadBalancer'), end('WebService'), 80).verdict).toBe('holds');
    expect(ask({ kind: 'internet' }, end('WebService'), 80).verdict).toBe('fails');
    for (const service of ['ecr.dkr', 's3', 'logs'])
      expect(ask(end('ApiService'), { kind: 'aws-service', service }, 443)).toMatchObject({
        verdict: 'holds',
      });
  });
});
