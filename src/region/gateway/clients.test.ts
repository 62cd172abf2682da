import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIam } from '../services/iam/index.ts';
import { createLogs } from '../services/logs/index.ts';
import { createS3 } from '../services/s3/index.ts';
import { createSecretsManager } from '../services/secretsmanager/index.ts';
import { createSts } from '../services/sts/index.ts';
import { ApiError } from './api-error.ts';
import { testRegion, type TestRegion } from './testing/region.ts';
import { serveGateway } from './testing/serve.ts';
import type { Handlers } from './types.ts';

const run = promisify(execFile);
const has = (argv: readonly [string, ...string[]]) => spawnSync(argv[0], argv.slice(1)).status === 0;
const hasBotocore = has(['python3', '-c', 'import boto3']);
const hasCli = has(['aws', '--version']);

let region: TestRegion;
let url: string;
let stop: () => Promise<void>;
beforeAll(async () => {
  region = testRegion();
  const ec2: Handlers<typeof import('@aws-sdk/client-ec2')> = {
    DescribeVpcs({ VpcIds, Filters }) {
      if (VpcIds?.length) throw new ApiError('InvalidVpcID.NotFound', "The vpc ID 'vpc-0' does not exist");
      return { Vpcs: [{ VpcId: Filters?.[0]?.Values?.join('+') ?? 'vpc-1' }] };
    },
  };
  const elbv2: Handlers<typeof import('@aws-sdk/client-elastic-load-balancing-v2')> = {
    DescribeLoadBalancers({ Names }) {
      if (Names?.length) throw new ApiError('LoadBalancerNotFound', "Load balancers '[none]' not found");
      return { LoadBalancers: [{ LoadBalancerName: 'web' }] };
    },
  };
  const ecs: Handlers<typeof import('@aws-sdk/client-ecs')> = {
    DescribeServices() {
      throw new ApiError('ClusterNotFoundException', 'Cluster not found.');
    },
  };
  const server = await serveGateway({
    s3: createS3(region),
    sts: createSts(region),
    iam: createIam(region),
    logs: createLogs(region),
    secretsmanager: createSecretsManager(region),
    ec2: { handlers: ec2 },
    elbv2: { handlers: elbv2 },
    ecs: { handlers: ecs },
  });
  ({ url, close: stop } = server);
});
afterAll(async () => {
  await stop();
  region.remove();
});

describe.runIf(hasBotocore)('botocore', () => {
  test('calls every protocol and understands what comes', async () => {
    const script = fileURLToPath(new URL('testing/clients.py', import.meta.url));
    const { stdout } = await run('python3', ['-W', 'ignore', script, url]);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string; value?: unknown; error?: string; class?: string });
    const values = Object.fromEntries(
      lines.map(({ name, value, error, class: kind }) => [name, error ? `${kind} ${error}` : value]),
    );
    expect(values).toEqual({
      bucket: 'http://photos.s3.amazonaws.com/',
      location: 'eu-central-1',
      put: '"5d41402abc4b2a76b9719d911017c592"',
      get: 'hello',
      head: 'ClientError 404',
      list: ['a b/é'],
      nokey: 'NoSuchKey NoSuchKey',
      multipart: 20_000_000,
      presigned: 'hello',
      delete: 2,
      identity: '123456789012',
      role: 'arn:aws:iam::123456789012:role/app',
      trust: true,
      norole: 'NoSuchEntityException NoSuchEntity',
      group: 200,
      nogroup: 'ResourceNotFoundException ResourceNotFoundException',
      secret: 'db',
      binary: [0, 255],
      vpcs: [{ VpcId: 'a+b' }],
      novpc: 'ClientError InvalidVpcID.NotFound',
      noaction: 'ClientError InvalidAction',
      balancers: ['web'],
      nobalancer: 'LoadBalancerNotFoundException LoadBalancerNotFound',
      nocluster: 'ClusterNotFoundException ClusterNotFoundException',
      unknown: 'ClientError UnknownService',
      unknownjson: 'ClientError UnknownService',
      unknownrest: expect.stringMatching(/^ClientError/) as string,
    });
  });
});

describe.runIf(hasCli)('the aws command', () => {
  const aws = async (...argv: string[]) => {
    const environment = {
      PATH: process.env['PATH'],
      HOME: region.identity.stateDirectory,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const { stdout } = await run('aws', ['--endpoint-url', url, ...argv], { env: environment });
    return stdout.trim();
  };

  test('reads and writes', async () => {
    expect(await aws('sts', 'get-caller-identity', '--query', 'Account', '--output', 'text')).toBe(
      '123456789012',
    );
    await aws('s3', 'mb', 's3://cli');
    const file = fileURLToPath(import.meta.url);
    await aws('s3', 'cp', file, 's3://cli/x/test.ts');
    expect(await aws('s3', 'ls', 's3://cli', '--recursive')).toContain('x/test.ts');
    expect(await aws('s3', 'cp', 's3://cli/x/test.ts', '-')).toContain('reads and writes');
    await aws('s3', 'rb', 's3://cli', '--force');
    await expect(aws('elbv2', 'describe-load-balancers', '--names', 'none')).rejects.toThrow(
      'An error occurred (LoadBalancerNotFound)',
    );
  });
});
