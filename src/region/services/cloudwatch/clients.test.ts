import { CloudWatchClient, DescribeAlarmsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testRegion, type TestRegion } from '../../gateway/testing/region.ts';
import { clientOptions, serveGateway } from '../../gateway/testing/serve.ts';
import { createCloudWatch } from './index.ts';

const run = promisify(execFile);
let region: TestRegion;
let server: Awaited<ReturnType<typeof serveGateway>>;
beforeAll(async () => {
  region = testRegion();
  server = await serveGateway({ cloudwatch: createCloudWatch(region) });
});
afterAll(async () => {
  await server.close();
  region.remove();
});

const at = '2026-01-01T00:00:00Z';
const aws = async (...args: string[]): Promise<Record<string, unknown>> => {
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_DEFAULT_REGION: 'eu-central-1',
  };
  const all = ['--endpoint-url', server.url, '--output', 'json', 'cloudwatch', ...args];
  const { stdout } = await run('aws', all, { env });
  return stdout === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>);
};

test('the aws command puts, reads and watches a metric', async () => {
  const metric = ['--namespace', 'Demo', '--metric-name', 'Load'];
  await aws('put-metric-data', ...metric, '--value', '2.5', '--timestamp', at, '--dimensions', 'Service=api');
  await aws('put-metric-data', ...metric, '--value', '4', '--timestamp', at, '--dimensions', 'Service=api');
  const found = await aws(
    'get-metric-statistics',
    ...metric,
    '--dimensions',
    'Name=Service,Value=api',
    '--period',
    '60',
    '--statistics',
    'Average',
    'SampleCount',
    '--start-time',
    at,
    '--end-time',
    '2026-01-01T00:05:00Z',
  );
  expect(found['Datapoints']).toMatchObject([{ Average: 3.25, SampleCount: 2, Unit: 'None' }]);
  await aws(
    'put-metric-alarm',
    ...metric,
    '--alarm-name',
    'busy',
    '--statistic',
    'Average',
    '--period',
    '60',
    '--evaluation-periods',
    '1',
    '--threshold',
    '3',
    '--comparison-operator',
    'GreaterThanThreshold',
    '--dimensions',
    'Name=Service,Value=api',
  );
  await region.clock.advance(65_000);
  const { MetricAlarms } = await aws('describe-alarms');
  expect(MetricAlarms).toMatchObject([
    {
      StateValue: 'ALARM',
      StateReason:
        'Threshold Crossed: 1 datapoint [3.25 (01/01/26 00:00:00)] was greater than the threshold (3.0).',
    },
  ]);
  await expect(
    aws('set-alarm-state', '--alarm-name', 'none', '--state-value', 'OK', '--state-reason', 'x'),
  ).rejects.toThrow('(ResourceNotFound) when calling the SetAlarmState operation: Alarm none does not exist');
}, 60_000);

test('the SDK and clients of the query protocol read the same', async () => {
  const client = new CloudWatchClient(clientOptions(server.url));
  const { Metrics } = await client.send(new ListMetricsCommand({ Namespace: 'Demo' }));
  expect(Metrics).toMatchObject([{ MetricName: 'Load', Dimensions: [{ Name: 'Service', Value: 'api' }] }]);
  const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['busy']);
  client.destroy();
  const answer = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=busy',
  });
  expect(await answer.text()).toContain('<AlarmName>busy</AlarmName>');
});
