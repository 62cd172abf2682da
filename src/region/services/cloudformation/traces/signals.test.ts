import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGateway } from '../../../gateway/gateway.ts';
import { listenLocal, type LocalEndpoint } from '../../../gateway/listen.ts';
import { refusal } from '../testing/bench.ts';
import { createStage, type Stage } from '../testing/stage.ts';

let stage: Stage;
let endpoint: LocalEndpoint;
beforeEach(async () => {
  stage = await createStage();
  endpoint = await listenLocal({
    gateway: createGateway({
      services: { s3: { handlers: stage.world.handlers.s3 } },
      identity: { region: 'eu-central-1' },
      log: () => {},
      clock: stage.clock,
    }),
    port: 0,
    allowUid: process.getuid!(),
  });
});
afterEach(async () => {
  await endpoint.close();
  await stage.close();
});

const waiting = (count: number) => ({
  StackName: 's',
  TemplateBody: JSON.stringify({
    Resources: {
      Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
      Ready: {
        Type: 'AWS::CloudFormation::WaitCondition',
        Properties: { Handle: { Ref: 'Handle' }, Timeout: '60', Count: count },
      },
    },
    Outputs: { Data: { Value: { 'Fn::GetAtt': ['Ready', 'Data'] } } },
  }),
});
/** Puts a signal at the handle's address, as any program of this machine does. */
async function put(body: unknown): Promise<number> {
  const { StackResources } = await stage.cfn.api.DescribeStackResources({ StackName: 's' });
  const handle = StackResources!.find(({ LogicalResourceId }) => LogicalResourceId === 'Handle')!;
  const url = new URL(handle.PhysicalResourceId!);
  expect(url.origin).toBe('http://127.0.0.1:4566');
  url.port = String(endpoint.port);
  const answer = await fetch(url, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { 'content-type': '' },
  });
  return answer.status;
}
const success = (UniqueId: string) => ({
  Status: 'SUCCESS',
  UniqueId,
  Data: `data of ${UniqueId}`,
  Reason: 'up',
});

test('a wait condition waits for its signals, and hands their data on', async () => {
  await stage.cfn.api.CreateStack(waiting(2));
  await stage.pass(3);
  expect(await put(success('one'))).toBe(200);
  expect(await put(success('one'))).toBe(200);
  expect(await put({ Status: 'GOOD' })).toBe(400);
  await stage.pass(5);
  expect(await stage.status()).toBe('CREATE_IN_PROGRESS');
  expect(await put(success('two'))).toBe(200);
  await stage.pass(2);
  expect(await stage.trace()).toMatchInlineSnapshot(`
    [
      "0 s CREATE_IN_PROGRESS (User Initiated)",
      "0 Handle CREATE_IN_PROGRESS",
      "0 Handle CREATE_IN_PROGRESS (Resource creation Initiated)",
      "0 Handle CREATE_COMPLETE",
      "0 Ready CREATE_IN_PROGRESS",
      "0 Ready CREATE_IN_PROGRESS (Resource creation Initiated)",
      "8 Ready CREATE_COMPLETE",
      "8 s CREATE_COMPLETE",
    ]
  `);
  const { Stacks } = await stage.cfn.api.DescribeStacks({ StackName: 's' });
  expect(Stacks![0]!.Outputs).toMatchObject([{ OutputValue: '{"one":"data of one","two":"data of two"}' }]);
});

test('a failure signal fails it', async () => {
  await stage.cfn.api.CreateStack(waiting(1));
  await stage.pass(3);
  await put({ Status: 'FAILURE', UniqueId: 'one', Reason: 'no disk' });
  await stage.pass(3);
  expect((await stage.trace()).find((line) => line.includes('CREATE_FAILED'))).toBe(
    "3 Ready CREATE_FAILED (WaitCondition received failed message: 'no disk' for uniqueId: one)",
  );
});

test('too few signals in time fail it', async () => {
  await stage.cfn.api.CreateStack(waiting(2));
  await stage.pass(3);
  await put(success('one'));
  await stage.pass(70);
  expect((await stage.trace()).find((line) => line.includes('CREATE_FAILED'))).toBe(
    '60 Ready CREATE_FAILED (WaitCondition timed out. Received 1 conditions when expecting 2)',
  );
});

const byPolicy = {
  StackName: 's',
  TemplateBody: JSON.stringify({
    Resources: {
      Ready: {
        Type: 'AWS::CloudFormation::WaitCondition',
        CreationPolicy: { ResourceSignal: { Count: 2, Timeout: 'PT1M30S' } },
      },
    },
  }),
};
const signal = (UniqueId: string, Status: 'SUCCESS' | 'FAILURE' = 'SUCCESS') =>
  stage.cfn.api.SignalResource({ StackName: 's', LogicalResourceId: 'Ready', UniqueId, Status });

test('a creation policy waits for SignalResource', async () => {
  await stage.cfn.api.CreateStack(byPolicy);
  await stage.pass(3);
  await signal('a');
  await stage.pass(2);
  await signal('b');
  await stage.pass(2);
  expect(await stage.trace()).toMatchInlineSnapshot(`
    [
      "0 s CREATE_IN_PROGRESS (User Initiated)",
      "0 Ready CREATE_IN_PROGRESS",
      "0 Ready CREATE_IN_PROGRESS (Resource creation Initiated)",
      "3 Ready CREATE_IN_PROGRESS (Received SUCCESS signal with UniqueId a)",
      "5 Ready CREATE_IN_PROGRESS (Received SUCCESS signal with UniqueId b)",
      "5 Ready CREATE_COMPLETE",
      "5 s CREATE_COMPLETE",
    ]
  `);
  expect(await refusal(signal('c'))).toContain('it is in CREATE_COMPLETE and waits for nothing');
});

test('a creation policy fails by a failure, and by time', async () => {
  await stage.cfn.api.CreateStack(byPolicy);
  await stage.pass(3);
  await signal('a', 'FAILURE');
  await stage.pass(5);
  expect((await stage.trace()).find((line) => line.includes('CREATE_FAILED'))).toBe(
    '3 Ready CREATE_FAILED (Received FAILURE signal with UniqueId a)',
  );
  await stage.cfn.api.CreateStack({ ...byPolicy, StackName: 't' });
  await stage.pass(100);
  expect((await stage.trace('t')).find((line) => line.includes('CREATE_FAILED'))).toBe(
    '90 Ready CREATE_FAILED (Failed to receive 2 resource signal(s) within the specified duration)',
  );
});

test('a creation policy stands where AWS takes one', async () => {
  const group = { Type: 'AWS::Logs::LogGroup', CreationPolicy: { ResourceSignal: {} } };
  expect(
    await refusal(
      stage.cfn.api.CreateStack({
        StackName: 'x',
        TemplateBody: JSON.stringify({ Resources: { A: group } }),
      }),
    ),
  ).toContain('CreationPolicy of A is not enacted');
});
