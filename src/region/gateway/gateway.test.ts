import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { EC2 } from '@aws-sdk/client-ec2';
import { ClusterNotFoundException, ECS } from '@aws-sdk/client-ecs';
import {
  ElasticLoadBalancingV2,
  LoadBalancerNotFoundException,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { NoSuchKey, S3 } from '@aws-sdk/client-s3';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import { clientOptions, serveGateway } from './testing/serve.ts';
import type { Handlers } from './types.ts';

const ecs: Handlers<typeof import('@aws-sdk/client-ecs')> = {
  CreateCluster: ({ clusterName, tags }) => ({ cluster: { clusterName, tags, status: 'ACTIVE' } }),
  DescribeServices({ cluster }) {
    throw new ApiError('ClusterNotFoundException', `Cluster ${cluster} not found.`);
  },
  ListClusters() {
    throw new TypeError('a fault of our own');
  },
};
const ec2: Handlers<typeof import('@aws-sdk/client-ec2')> = {
  DescribeVpcs({ VpcIds, Filters }) {
    if (VpcIds?.[0] === 'vpc-0')
      throw new ApiError('InvalidVpcID.NotFound', "The vpc ID 'vpc-0' does not exist");
    return {
      Vpcs: [
        {
          VpcId: 'vpc-1',
          IsDefault: false,
          Tags: Filters?.map(({ Name, Values }) => ({ Key: Name, Value: Values?.join(',') })),
        },
      ],
    };
  },
  CreateSecurityGroup: ({ GroupName }) => ({ GroupId: GroupName }),
  DeleteVpc: () => ({}),
};
const elbv2: Handlers<typeof import('@aws-sdk/client-elastic-load-balancing-v2')> = {
  DescribeLoadBalancers({ Names }) {
    if (Names?.includes('none'))
      throw new ApiError('LoadBalancerNotFound', "Load balancers '[none]' not found");
    return {
      LoadBalancers: [
        {
          LoadBalancerName: 'a&<b>\n',
          CreatedTime: new Date(1234),
          SecurityGroups: Names?.length ? Names : [],
        },
      ],
    };
  },
};
const s3: Handlers<typeof import('@aws-sdk/client-s3')> = {
  GetObject({ Key, Range }) {
    if (Key === 'none') throw new ApiError('NoSuchKey', 'The specified key does not exist.');
    return { Body: `${Key} ${Range ?? 'whole'}`, Metadata: { a: 'b' }, LastModified: new Date(5000) };
  },
  PutObject: ({ Body, ContentEncoding, ChecksumCRC32 }) => ({
    ETag: `"${Body?.length} ${ContentEncoding ?? '-'} ${ChecksumCRC32 ? 'crc' : '-'}"`,
  }),
  HeadObject() {
    throw new ApiError('NotFound', '', 404);
  },
  DeleteObjects: () => ({}),
  GetBucketLocation: () => ({ LocationConstraint: 'eu-west-1' }),
  CopyObject: ({ CopySource }) => ({ CopyObjectResult: { ETag: CopySource } }),
};

let url: string;
let stop: () => Promise<void>;
let logged: string[];
beforeAll(async () => {
  const server = await serveGateway({
    ecs: { handlers: ecs },
    ec2: { handlers: ec2 },
    elbv2: { handlers: elbv2 },
    s3: { handlers: s3 },
    secretsmanager: { handlers: {} },
    cloudformation: { handlers: {} },
  });
  ({ url, logged, close: stop } = server);
});
afterAll(() => stop());

test('JSON: answers and modelled errors', async () => {
  const client = new ECS(clientOptions(url));
  const tags = [{ key: 'a', value: 'ü' }];
  expect((await client.createCluster({ clusterName: 'c', tags })).cluster).toMatchObject({
    clusterName: 'c',
    tags,
  });
  const error = await client
    .describeServices({ cluster: 'x', services: ['y'] })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ClusterNotFoundException);
  expect(error).toMatchObject({ message: 'Cluster x not found.', $metadata: { httpStatusCode: 400 } });
});

test('EC2: answers, empty answers and unmodelled errors', async () => {
  const client = new EC2(clientOptions(url));
  expect(await client.describeVpcs({ Filters: [{ Name: 'n', Values: ['a', 'b'] }] })).toMatchObject({
    Vpcs: [{ VpcId: 'vpc-1', IsDefault: false, Tags: [{ Key: 'n', Value: 'a,b' }] }],
  });
  await client.deleteVpc({ VpcId: 'vpc-1' });
  await expect(client.describeVpcs({ VpcIds: ['vpc-0'] })).rejects.toMatchObject({
    name: 'InvalidVpcID.NotFound',
    message: "The vpc ID 'vpc-0' does not exist",
  });
});

test('query: answers, empty lists, signs of markup, errors by their query code', async () => {
  const client = new ElasticLoadBalancingV2(clientOptions(url));
  const { LoadBalancers } = await client.describeLoadBalancers({ Names: [] });
  expect(LoadBalancers).toEqual([
    { LoadBalancerName: 'a&<b>\n', CreatedTime: new Date(1234), SecurityGroups: [] },
  ]);
  await expect(client.describeLoadBalancers({ Names: ['none'] })).rejects.toBeInstanceOf(
    LoadBalancerNotFoundException,
  );
});

test('S3: bodies, headers, streamed uploads with a trailing checksum, HEAD, bare root text', async () => {
  const client = new S3({ ...clientOptions(url), forcePathStyle: true });
  const object = await client.getObject({ Bucket: 'b', Key: 'd/é k', Range: 'bytes=0-1' });
  expect(await object.Body?.transformToString()).toBe('d/é k bytes=0-1');
  expect(object).toMatchObject({ Metadata: { a: 'b' }, LastModified: new Date(5000) });
  await expect(client.getObject({ Bucket: 'b', Key: 'none' })).rejects.toBeInstanceOf(NoSuchKey);
  await expect(client.headObject({ Bucket: 'b', Key: 'k' })).rejects.toMatchObject({ name: 'NotFound' });
  const put = await client.putObject({ Bucket: 'b', Key: 'k', Body: Buffer.alloc(100_000, 1) });
  expect(put.ETag).toBe('"100000 - crc"');
  expect((await client.getBucketLocation({ Bucket: 'b' })).LocationConstraint).toBe('eu-west-1');
  const copy = await client.copyObject({ Bucket: 'b', Key: 'k', CopySource: 'b/other' });
  expect(copy.CopyObjectResult?.ETag).toBe('b/other');
});

test('what is not enacted is refused in the words of the protocol', async () => {
  await expect(new SecretsManager(clientOptions(url)).listSecrets({})).rejects.toMatchObject({
    name: 'UnknownOperationException',
  });
  await expect(new CloudFormation(clientOptions(url)).listStacks({})).rejects.toMatchObject({
    name: 'InvalidAction',
  });
  await expect(new EC2(clientOptions(url)).describeHosts({})).rejects.toMatchObject({
    name: 'InvalidAction',
  });
  await expect(new S3({ ...clientOptions(url), forcePathStyle: true }).listBuckets({})).rejects.toMatchObject(
    {
      name: 'NotImplemented',
    },
  );
});

test('a fault of the region itself is logged and an internal failure', async () => {
  await expect(new ECS(clientOptions(url)).listClusters({})).rejects.toMatchObject({
    name: 'InternalFailure',
    $metadata: { httpStatusCode: 500 },
  });
  expect(logged.join('\n')).toContain('a fault of our own');
});

const json = (target: string, body: string) =>
  fetch(url, {
    method: 'POST',
    headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' },
    body,
  });
const form = (body: string) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
const ECS_TARGET = 'AmazonEC2ContainerServiceV20141113';

test.each([
  ['malformed JSON', 'CreateCluster', '{"clusterName":', 'SerializationException'],
  ['not an object', 'CreateCluster', '[]', 'SerializationException'],
  ['a number for a string', 'CreateCluster', '{"clusterName":1}', 'SerializationException'],
  ['a string for a list', 'CreateCluster', '{"tags":"x"}', 'SerializationException'],
  ['null in a list', 'CreateCluster', '{"tags":[null]}', 'SerializationException'],
  ['an unknown member', 'CreateCluster', '{"clusterNam":"x"}', 'InvalidParameterException'],
  ['a missing member', 'DescribeServices', '{}', 'InvalidParameterException'],
])('JSON: %s is a client error', async (_what, operation, body, code) => {
  const response = await json(`${ECS_TARGET}.${operation}`, body);
  expect(response.status).toBe(400);
  expect(response.headers.get('x-amzn-errortype')).toBe(code);
  expect(((await response.json()) as { __type: string }).__type).toBe(code);
});

test.each([
  ['a missing parameter', 'Action=CreateSecurityGroup&Version=2016-11-15', 'MissingParameter'],
  ['an unknown parameter', 'Action=DescribeVpcs&Version=2016-11-15&Foo=1', 'UnknownParameter'],
  ['a wrong Boolean', 'Action=DescribeVpcs&Version=2016-11-15&DryRun=maybe', 'InvalidParameterValue'],
  ['a wrong number', 'Action=DescribeVpcs&Version=2016-11-15&MaxResults=x', 'InvalidParameterValue'],
  ['an unknown action', 'Action=Describe&Version=2016-11-15', 'InvalidAction'],
  ['query: text for a list', 'Action=DescribeLoadBalancers&Version=2015-12-01&Names=x', 'MalformedInput'],
  ['query: an unknown one', 'Action=DescribeLoadBalancers&Version=2015-12-01&Foo.1=x', 'ValidationError'],
])('forms: %s is a client error', async (_what, body, code) => {
  const response = await form(body);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(`<Code>${code}</Code>`);
});

test('a service that the region does not have is refused in the format of the client', async () => {
  const asked = await json('DynamoDB_20120810.ListTables', '{}');
  expect([asked.status, asked.headers.get('x-amzn-errortype')]).toEqual([404, 'UnknownService']);
  const queried = await form('Action=DescribeDBInstances&Version=2014-10-31');
  expect(await queried.text()).toMatch(/^<\?xml.*\n<ErrorResponse><Error>.*<Code>UnknownService/);
  const scoped = await fetch(`${url}/2015-03-31/functions`, {
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/lambda/aws4_request, x' },
  });
  expect([scoped.status, await scoped.text()]).toEqual([404, expect.stringContaining('lambda') as string]);
});

test('S3: hostile requests are client errors', async () => {
  expect((await fetch(`${url}/b/%zz`)).status).toBe(400);
  expect((await fetch(`${url}/b?frobnicate`)).status).toBe(501);
  const bucket = (body: string) => fetch(`${url}/b?delete`, { method: 'POST', body });
  expect(await (await bucket('<Delete><Object><Key>k</Key></Delete>')).text()).toContain('MalformedXML');
  expect(await (await bucket('<Delete><Objekt/></Delete>')).text()).toContain('Delete.Objekt');
  const chunked = await fetch(`${url}/b/k`, {
    method: 'PUT',
    headers: { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
    body: 'ff\r\nshort',
  });
  expect(chunked.status).toBe(400);
});

test('a presigned URL ends when it says', async () => {
  const query = 'X-Amz-Credential=A/20200101/us-east-1/s3/aws4_request&X-Amz-Expires=60';
  expect((await fetch(`${url}/b/k?${query}&X-Amz-Date=20200101T000000Z`)).status).toBe(403);
  const today = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  expect((await fetch(`${url}/b/k?${query}&X-Amz-Date=${today}`)).status).toBe(200);
});

test('a bucket may stand in the host name', async () => {
  const { request } = await import('node:http');
  const text = await new Promise<string>((resolve, reject) => {
    request(`${url}/k`, { headers: { host: 'photos.s3.localhost:4566' } }, (response) => {
      response.setEncoding('utf8').on('data', resolve);
    })
      .on('error', reject)
      .end();
  });
  expect(text).toBe('k whole');
});
