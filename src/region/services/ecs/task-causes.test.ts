import { expect, test } from 'vitest';
import { runOne } from './test-task.ts';

test('secrets reach the environment; a missing one stops the task with the reason', async () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf';
  const secrets = [
    { name: 'ALL', valueFrom: arn },
    { name: 'PASSWORD', valueFrom: `${arn}:password::` },
    { name: 'PORT', valueFrom: `${arn}:port::` },
  ];
  const { containers } = await runOne([{ secrets }]);
  expect(containers[0]?.spec.environment).toMatchObject({
    ALL: '{"password":"hunter2","port":5432}',
    PASSWORD: 'hunter2',
    PORT: '5432',
  });
  for (const valueFrom of [`${arn}:user::`, arn.replace('secret:db', 'secret:none')]) {
    const { task } = await runOne([{ secrets: [{ name: 'X', valueFrom }] }]);
    expect(await task()).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(
        /^ResourceInitializationError: unable to pull secrets or registry auth: /,
      ),
    });
  }
});

const logs = (group: string) => ({
  logDriver: 'awslogs' as const,
  options: { 'awslogs-group': group, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'jobs' },
});

test('output becomes events by line; a missing group stops the task', async () => {
  const { containers, lines, id, settle } = await runOne([{ logConfiguration: logs('jobs') }]);
  const stream = `jobs/api/${id}`;
  expect(lines.get(stream)).toEqual([]);
  const { onOutput } = containers[0]!.spec;
  const euro = Buffer.from('5 €\nlast');
  onOutput('stdout', Buffer.from('one\ntw'));
  onOutput('stderr', Buffer.from('problem\n'));
  onOutput('stdout', Buffer.from('o\n'));
  onOutput('stdout', euro.subarray(0, 3));
  onOutput('stdout', euro.subarray(3));
  containers[0]?.exit(0);
  await settle();
  expect(lines.get(stream)).toEqual(['one', 'problem', 'two', '5 €', 'last']);
  const { task } = await runOne([{ logConfiguration: logs('none') }]);
  expect((await task()).stoppedReason).toMatch(/^ResourceInitializationError: .*log group does not exist/);
});

test('a role that is missing, or for others, keeps a task from starting', async () => {
  for (const name of ['missing', 'of-lambda']) {
    const taskRoleArn = `arn:aws:iam::123456789012:role/${name}`;
    const { task, containers } = await runOne([{}], { taskRoleArn });
    expect((await task()).stoppedReason).toMatch(
      new RegExp(`^ECS was unable to assume the role '${taskRoleArn}'`),
    );
    expect(containers).toEqual([]);
  }
});
