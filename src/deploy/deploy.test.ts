import type { CloudFormationClient, Stack, StackEvent } from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import { systemClock } from '../common/clock.ts';
import { deployStack } from './deploy.ts';
import { destroyStack } from './destroy.ts';
import { steeredValues } from './parameters.ts';
import type { Target } from './target.ts';

type Answer = (input: Record<string, unknown>) => unknown;

/** A target that answers each operation by hand and notes what was asked. */
function target(answers: Record<string, Answer>): Target & { asked: string[] } {
  const asked: string[] = [];
  const send = async (call: { constructor: { name: string }; input: Record<string, unknown> }) => {
    const name = call.constructor.name.replace(/Command$/, '');
    asked.push(name);
    const answer = answers[name];
    if (!answer) throw new Error(`unexpected ${name}`);
    return answer(call.input);
  };
  return {
    asked,
    cloudformation: { send } as unknown as CloudFormationClient,
    ecr: () => Promise.reject(new Error('no ECR')),
    ecs: () => Promise.reject(new Error('no ECS')),
    logs: () => Promise.reject(new Error('no logs')),
    s3: () => Promise.reject(new Error('no S3')),
    clock: systemClock,
    pollInterval: 1,
  };
}

const missing = () => {
  throw Object.assign(new Error('Stack with id jobs does not exist'), { name: 'ValidationError' });
};
const event = (
  id: number,
  LogicalResourceId: string,
  ResourceStatus: string,
  ResourceStatusReason?: string,
) =>
  ({
    EventId: String(id),
    LogicalResourceId,
    ResourceStatus,
    ResourceStatusReason,
    ResourceType: LogicalResourceId === 'jobs' ? 'AWS::CloudFormation::Stack' : 'AWS::ECS::Service',
    StackId: 'arn:jobs',
  }) as StackEvent;

function life(end: string, events: StackEvent[]) {
  const seen: string[] = [];
  let state: string | undefined;
  const asTarget = target({
    DescribeStacks: () =>
      state ? { Stacks: [{ StackId: 'arn:jobs', StackStatus: state } as Stack] } : missing(),
    CreateChangeSet: ({ ChangeSetType }) => {
      expect(ChangeSetType).toBe('CREATE');
      state = 'REVIEW_IN_PROGRESS';
      return { Id: 'cs' };
    },
    DescribeChangeSet: () => ({
      Status: 'CREATE_COMPLETE',
      ChangeSetId: 'cs',
      StackId: 'arn:jobs',
      Changes: [],
    }),
    ExecuteChangeSet: () => {
      state = end;
      return {};
    },
    DescribeStackEvents: () => ({ StackEvents: state === end ? [...events].reverse() : [] }),
  });
  const observer = {
    event: ({ LogicalResourceId }: StackEvent) => void seen.push(LogicalResourceId!),
    note() {},
  };
  return { asTarget, seen, observer };
}

test('a new stack is made by a change set, and its events are passed on in order', async () => {
  const { asTarget, seen, observer } = life('CREATE_COMPLETE', [
    event(1, 'jobs', 'CREATE_IN_PROGRESS'),
    event(2, 'Web', 'CREATE_COMPLETE'),
    event(3, 'jobs', 'CREATE_COMPLETE'),
  ]);
  const outcome = await deployStack(asTarget, {
    stackName: 'jobs',
    template: '{}',
    parameters: [],
    observer,
  });
  expect(outcome.kind).toBe('changed');
  expect(seen).toEqual(['jobs', 'Web', 'jobs']);
});

test('a failure carries the first cause, not what followed from it', async () => {
  const { asTarget, observer } = life('ROLLBACK_COMPLETE', [
    event(1, 'Api', 'CREATE_FAILED', 'Resource creation cancelled'),
    event(2, 'Web', 'CREATE_FAILED', 'the port is closed'),
    event(3, 'jobs', 'ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to create: [Web]'),
  ]);
  await expect(
    deployStack(asTarget, { stackName: 'jobs', template: '{}', parameters: [], observer }),
  ).rejects.toThrow('stack jobs is ROLLBACK_COMPLETE: Web (AWS::ECS::Service): the port is closed');
});

test.each([
  ['an update', 'UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE', 'CancelUpdateStack'],
  ['a first creation', 'CREATE_IN_PROGRESS', 'DELETE_COMPLETE', 'DeleteStack'],
])('%s is cancelled at its first failure, where that is wanted', async (_what, going, end, call) => {
  const update = call === 'CancelUpdateStack';
  let state: string | undefined = update ? 'UPDATE_COMPLETE' : undefined;
  const arn = 'arn:aws:ecs:us-east-1:000000000000:service/jobs/web';
  const cancel = () => {
    state = end;
    return {};
  };
  const asTarget = {
    ...target({
      DescribeStacks: () =>
        state ? { Stacks: [{ StackId: 'arn:jobs', StackStatus: state } as Stack] } : missing(),
      CreateChangeSet: () => ({ Id: 'cs' }),
      DescribeChangeSet: () => ({ Status: 'CREATE_COMPLETE', ChangeSetId: 'cs', StackId: 'arn:jobs' }),
      ExecuteChangeSet: () => {
        state = going;
        return {};
      },
      DescribeStackEvents: () => ({
        StackEvents:
          state === going
            ? [{ ...event(1, 'Web', going), PhysicalResourceId: arn, Timestamp: new Date(0) }]
            : [],
      }),
      [call]: cancel,
    }),
    lastWords: async () => [{ container: 'web', lines: ['no config', 'no config'] }],
    ecs: async () =>
      ({
        send: async (sent: { constructor: { name: string } }) =>
          sent.constructor.name === 'ListTasksCommand'
            ? { taskArns: ['t/1'] }
            : {
                tasks: [
                  {
                    taskArn: 't/1',
                    lastStatus: 'STOPPED',
                    createdAt: new Date(1),
                    stoppedReason: 'It exited',
                  },
                ],
              },
      }) as never,
  };
  await expect(
    deployStack(asTarget, {
      stackName: 'jobs',
      template: '{}',
      parameters: [],
      observer: { event() {}, note() {} },
      cancelOnFirstFailure: true,
    }),
  ).rejects.toThrow(
    `stack jobs is ${end}: cancelled at the first failure, of Web\n  its first task stopped: It exited\n  its last lines:\n    no config (2 times)`,
  );
  expect(asTarget.asked.filter((name) => name === call)).toEqual([call]);
});

test('a deployment that another one overtook begins again once that is done', async () => {
  let others: 'coming' | 'here' | 'done' = 'coming';
  const notes: string[] = [];
  const asTarget = target({
    DescribeStacks: () => {
      if (others === 'coming') return missing();
      const StackStatus = others === 'here' ? 'CREATE_IN_PROGRESS' : 'CREATE_COMPLETE';
      others = 'done';
      return { Stacks: [{ StackId: 'arn:jobs', StackStatus }] };
    },
    CreateChangeSet: () => ({ Id: 'cs' }),
    DescribeChangeSet: () =>
      others === 'done'
        ? { Status: 'FAILED', StatusReason: 'No updates are to be performed.' }
        : { Status: 'CREATE_COMPLETE', ChangeSetId: 'cs', StackId: 'arn:jobs' },
    DeleteChangeSet: () => ({}),
    ExecuteChangeSet: () => {
      others = 'here';
      throw Object.assign(new Error('ChangeSet [cs] does not exist'), { name: 'ChangeSetNotFoundException' });
    },
    DescribeStackEvents: () => ({ StackEvents: [] }),
  });
  const outcome = await deployStack(asTarget, {
    stackName: 'jobs',
    template: '{}',
    parameters: [],
    observer: { event() {}, note: (text) => void notes.push(text) },
  });
  expect(outcome.kind).toBe('unchanged');
  expect(notes).toEqual([
    'another deployment of stack jobs came first',
    'stack jobs is CREATE_IN_PROGRESS: waiting until that is done',
  ]);
});

test('other parameters for a stack that was rolled back are refused, and nothing is deleted', async () => {
  const asTarget = target({
    DescribeStacks: () => ({ Stacks: [{ StackId: 'arn:jobs', StackStatus: 'ROLLBACK_COMPLETE' }] }),
  });
  await expect(
    deployStack(asTarget, { stackName: 'jobs', parameters: [], observer: { event() {}, note() {} } }),
  ).rejects.toThrow('stack jobs does not run');
  expect(asTarget.asked).toEqual(['DescribeStacks']);
});

test('an empty change set is "unchanged", and is removed', async () => {
  const asTarget = target({
    DescribeStacks: () => ({ Stacks: [{ StackId: 'arn:jobs', StackStatus: 'UPDATE_COMPLETE' }] }),
    CreateChangeSet: () => ({ Id: 'cs' }),
    DescribeChangeSet: () => ({
      Status: 'FAILED',
      StatusReason:
        "The submitted information didn't contain changes. Submit different information to create a change set.",
    }),
    DeleteChangeSet: () => ({}),
  });
  const outcome = await deployStack(asTarget, {
    stackName: 'jobs',
    template: '{}',
    parameters: [],
    observer: { event() {}, note() {} },
  });
  expect(outcome.kind).toBe('unchanged');
  expect(asTarget.asked).toContain('DeleteChangeSet');
  expect(asTarget.asked).not.toContain('ExecuteChangeSet');
});

test('a template above 51,200 bytes travels by S3', async () => {
  const { asTarget, observer } = life('CREATE_COMPLETE', []);
  const template = JSON.stringify({ Description: 'x'.repeat(52_000) });
  await expect(
    deployStack(asTarget, { stackName: 'jobs', template, parameters: [], observer }),
  ).rejects.toThrow('no S3');
});

test('deleting what is not there is no error', async () => {
  expect(
    await destroyStack(target({ DescribeStacks: missing }), {
      stackName: 'jobs',
      observer: { event() {}, note() {} },
    }),
  ).toBe(false);
});

test('a scaled count holds until the default it was deployed with changes', async () => {
  const values = (deployedDefault: string, held: string, now: string) =>
    steeredValues(
      target({
        DescribeStacks: () => ({
          Stacks: [
            {
              StackStatus: 'UPDATE_COMPLETE',
              Parameters: [{ ParameterKey: 'ApiDesiredCount', ParameterValue: held }],
            },
          ],
        }),
        GetTemplateSummary: () => ({
          Parameters: [{ ParameterKey: 'ApiDesiredCount', DefaultValue: deployedDefault }],
        }),
      }),
      'jobs',
      [{ name: 'ApiDesiredCount', default: now }],
    );
  expect((await values('2', '5', '2'))[0]!.ParameterValue).toBe('5');
  expect((await values('2', '5', '3'))[0]!.ParameterValue).toBe('3');
});
