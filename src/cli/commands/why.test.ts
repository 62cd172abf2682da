import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, test } from 'vitest';
import { invoke } from '../check/testing/invoke.ts';
import { command } from './why.ts';

const golden = readFileSync(new URL('../../architect/golden/balanced.yaml', import.meta.url), 'utf8');
const why = (...args: readonly string[]) => invoke(command, ['-f', 't.yaml', ...args], { 't.yaml': golden });

test.each([
  ['worker', 'redis:6379'],
  ['WebService', 'api'],
  ['web', 'api.jobs.internal'],
  ['internet', 'web:80'],
  ['internet', 'load-balancer'],
  ['load-balancer', 'web'],
  ['worker', 'aws:ecr.dkr'],
  ['api', '8.8.8.8:443'],
])('%s reaches %s', async (from, to) => {
  const { code, out } = await why(from, to);
  expect(out).toMatch(/ {2}holds\n/);
  expect(code).toBe(0);
});

it('shows each closed gate with what to write, and exits 1', async () => {
  const { code, out } = await why('web', 'redis');
  expect(code).toBe(1);
  expect(out).toContain('✗ group-egress');
  expect(out).toContain('✗ group-ingress');
  expect(out).toMatch(/t\.yaml:\d+/);
  expect(out).toContain(
    'write AWS::EC2::SecurityGroupIngress {GroupId: RedisSecurityGroup, IpProtocol: tcp, FromPort: 6379, ToPort: 6379, SourceSecurityGroupId: WebSecurityGroup}',
  );
});

it('leads through the load balancer, listener by target', async () => {
  const { out } = await why('internet', 'web');
  expect(out).toContain('the internet → LoadBalancer:80 → WebService:80  holds');
  expect(out).toContain('the listener LoadBalancerListener80 forwards to WebTargetGroup80');
});

it('exits 3 where it cannot tell, and says what is missing', async () => {
  const text = golden.replaceAll('!GetAtt WorkerSecurityGroup.GroupId', '!ImportValue worker-group');
  const { code, out } = await invoke(command, ['-f', 't.yaml', 'worker', 'aws:ecr.dkr'], { 't.yaml': text });
  expect(code).toBe(3);
  expect(out).toContain('the export worker-group is of another stack');
});

it('gives JSON', async () => {
  const { code, out } = await why('web', 'redis', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    verdict: 'fails',
    routes: [
      {
        legs: [
          {
            from: 'WebService',
            to: 'RedisService',
            port: 6379,
            hops: [{ passes: 'no', file: 't.yaml' }, {}],
          },
        ],
      },
    ],
  });
});

it('tells what there is where a name or port is wrong', async () => {
  await expect(why('web', 'rediss')).rejects.toThrow('write redis?');
  await expect(why('web', 'api:99999')).rejects.toThrow('99999 is no port');
  await expect(why('web', 'worker')).rejects.toThrow('write the port');
});

it('knows the interfaces of a region by their addresses', async () => {
  const recorded = fileURLToPath(new URL('../../topology/from-live/testing/jobs', import.meta.url));
  const ask = (from: string, to: string) => invoke(command, ['--live', '--recorded', recorded, from, to], {});
  expect((await ask('10.0.0.6', '10.0.0.8:6379')).code).toBe(0);
  expect((await ask('10.0.0.9', '10.0.0.8:6379')).code).toBe(1);
});

it('says of a project what to write into its compose file', async () => {
  const compose =
    'services:\n  web: {image: "nginx:1.27", ports: ["80:80"]}\n  redis: {image: "redis:7", x-aws: {worker: true}, expose: [6379]}\n';
  const { code, out } = await invoke(command, ['web', 'redis:6379'], { 'compose.yaml': compose });
  expect(code).toBe(1);
  expect(out).toContain('under services.web:  x-aws: {calls: ["redis:6379"]}');
});
