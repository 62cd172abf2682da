import { afterAll, beforeAll, expect, test } from 'vitest';
import { testRegion, type TestRegion } from '../../gateway/testing/region.ts';
import { serveGateway } from '../../gateway/testing/serve.ts';
import { createCloudWatch } from './index.ts';

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

const day = { StartTime: '2026-01-01T00:00:00Z', EndTime: '2026-01-02T00:00:00Z' };
const alarm = {
  AlarmName: 'busy',
  Namespace: 'Demo',
  MetricName: 'Load',
  Statistic: 'Average',
  Period: '60',
  EvaluationPeriods: '3',
  Threshold: '1',
  ComparisonOperator: 'GreaterThanThreshold',
};
const datum = { 'MetricData.member.1.MetricName': 'Load' };

// Clients of the query protocol know these codes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html
test.each([
  ['DescribeAlarms', { NextToken: 'x' }, 400, 'InvalidNextToken', 'The NextToken is invalid.'],
  [
    'SetAlarmState',
    { AlarmName: 'none', StateValue: 'OK', StateReason: 'x' },
    404,
    'ResourceNotFound',
    'Alarm none does not exist',
  ],
  [
    'GetMetricStatistics',
    { Namespace: 'Demo', MetricName: 'Load', Period: '60', ...day },
    400,
    'InvalidParameterCombination',
    'Must specify either Statistics or ExtendedStatistics',
  ],
  [
    'GetMetricStatistics',
    { Namespace: 'Demo', MetricName: 'Load', Period: '61', 'Statistics.member.1': 'Sum', ...day },
    400,
    'InvalidParameterValue',
    'The parameter Period must be a multiple of 60.',
  ],
  [
    'PutMetricData',
    { Namespace: 'AWS/ECS', ...datum, 'MetricData.member.1.Value': '1' },
    400,
    'InvalidParameterValue',
    'reserved for AWS',
  ],
  ['PutMetricData', { Namespace: 'Demo', ...datum }, 400, 'MissingParameter', 'MetricData.member.1.Value'],
  ['PutMetricAlarm', { ...alarm, DatapointsToAlarm: '4' }, 400, 'ValidationError', 'DatapointsToAlarm (4)'],
  ['PutMetricAlarm', { ...alarm, TreatMissingData: 'x' }, 400, 'ValidationError', 'Option [x]'],
  ['PutMetricAlarm', { ...alarm, 'AlarmActions.member.1': 'x' }, 400, 'InvalidParameterValue', 'arn syntax'],
])('%s %j: %i %s', async (Action, parameters, status, code, message) => {
  const answer = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Action, Version: '2010-08-01', ...parameters }),
  });
  const text = await answer.text();
  expect([answer.status, /<Type>(.*)<\/Type><Code>(.*)<\/Code>/.exec(text)?.slice(1)]).toEqual([
    status,
    ['Sender', code],
  ]);
  expect(/<Message>(.*)<\/Message>/.exec(text)?.[1]).toContain(message);
});
