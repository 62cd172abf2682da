import { expect, test } from 'vitest';
import { testRegion } from './test-region.ts';
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

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
test('a role may be named without its ARN, and must be there all the same', async () => {
  for (const taskRoleArn of ['missing', 'of-lambda']) {
    const { task, containers } = await runOne([{}], { taskRoleArn });
    expect((await task()).stoppedReason).toMatch(
      new RegExp(`^ECS was unable to assume the role '${taskRoleArn}'`),
    );
    expect(containers).toEqual([]);
  }
  const { containers } = await runOne([{}], { taskRoleArn: 'ecsTaskExecutionRole' });
  expect(containers).toHaveLength(1);
});

const initialization = 'ResourceInitializationError: unable to pull secrets or registry auth: ';
const retrieval = `${initialization}execution resource retrieval failed: `;

test('parameters come by name or by ARN; one that is missing stops the task', async () => {
  const arn = 'arn:aws:ssm:us-east-1:123456789012:parameter';
  const secrets = [
    { name: 'BY_NAME', valueFrom: '/shop/key' },
    { name: 'BY_ARN', valueFrom: `${arn}/shop/key` },
  ];
  const { containers } = await runOne([{ secrets }]);
  expect(containers[0]?.spec.environment).toMatchObject({ BY_NAME: 'of the store', BY_ARN: 'of the store' });
  const { task } = await runOne([{ secrets: [{ name: 'X', valueFrom: `${arn}/shop/none` }] }]);
  expect(await task()).toMatchObject({
    stopCode: 'TaskFailedToStart',
    stoppedReason: `${retrieval}unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid parameters: /shop/none`,
  });
});

test('a key that a secret does not have is named', async () => {
  const valueFrom = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf:user::';
  const { task } = await runOne([{ secrets: [{ name: 'X', valueFrom }] }]);
  expect((await task()).stoppedReason).toBe(
    `${retrieval}unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key user`,
  );
});

test('an image that cannot be pulled is told of the task and of the container, which has no code', async () => {
  const region = testRegion();
  region.programs.missing.add('api:1');
  const { task, interfaces } = await runOne([{}], {}, region);
  const stopped = await task();
  expect(stopped).toMatchObject({
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'CannotPullContainerError: api:1',
    containers: [{ lastStatus: 'STOPPED', reason: 'CannotPullContainerError: api:1' }],
  });
  expect(stopped.containers?.[0]?.exitCode).toBeUndefined();
  expect(interfaces.size).toBe(0);
});

test('a container has its own limit of memory and the task’s, or what it is run with', async () => {
  const { containers } = await runOne([{ memory: 128 }, { memoryReservation: 64 }]);
  const mebibytes = (count: number) => count * 1024 * 1024;
  expect(containers.map(({ spec }) => spec.memory)).toEqual([
    { bytes: mebibytes(128), group: { name: expect.any(String), bytes: mebibytes(512) } },
    { group: { name: containers[0]?.spec.memory?.group.name, bytes: mebibytes(512) } },
  ]);
  const overrides = {
    cpu: '512',
    memory: '1024',
    containerOverrides: [{ name: 'api', memory: 256 }],
  };
  const other = await runOne([{ memory: 128 }], {}, testRegion(), { overrides });
  expect(other.containers[0]?.spec.memory).toMatchObject({
    bytes: mebibytes(256),
    group: { bytes: mebibytes(1024) },
  });
});

test('a container that holds too much is killed, and says so', async () => {
  const { container, settle, task } = await runOne();
  container('api').exhaust();
  await settle();
  expect(await task()).toMatchObject({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
  });
});

test('a dependency that ends without success is named with who waits for it', async () => {
  const { container, settle, task, trace } = await runOne([
    { dependsOn: [{ containerName: 'sidecar', condition: 'SUCCESS' }] },
    { essential: false },
  ]);
  container('sidecar').exit(4);
  await settle();
  expect(trace).toEqual(['start sidecar:1']);
  expect(await task()).toMatchObject({
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'Task failed to start',
    containers: [
      {
        exitCode: 143,
        reason:
          'CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [sidecar] for target [api] as dependency did not exit successfully.',
      },
      { exitCode: 4 },
    ],
  });
});

test('a stopped task keeps its reason and its last words for an hour, over a restart of the region, and no longer', async () => {
  const region = testRegion();
  const { containers, settle, advance, task, id, ecs, api, store } = await runOne(
    [{ logConfiguration: logs('jobs') }, {}],
    {},
    region,
  );
  const { lastWords } = ecs.internal;
  containers[0]?.spec.onOutput('stdout', Buffer.from(`${'x'.repeat(2000)}\n`));
  for (let line = 1; line <= 30; line++)
    containers[0]?.spec.onOutput('stderr', Buffer.from(`line ${line}\n`));
  containers[1]?.spec.onOutput('stdout', Buffer.from('without\na log'));
  expect(lastWords(id)[1]?.lines).toEqual(['without']);
  containers[0]?.exit(1);
  await settle();
  const words = [
    { container: 'api', lines: Array.from({ length: 20 }, (_, index) => `line ${index + 11}`) },
    { container: 'sidecar', lines: ['without', 'a log'] },
  ];
  expect(lastWords(id)).toEqual(words);
  const again = testRegion(undefined, store);
  expect(again.ecs.internal.lastWords(id)).toEqual(words);
  await advance(59 * 60_000);
  expect(await task()).toMatchObject({
    stopCode: 'EssentialContainerExited',
    containers: [{ exitCode: 1 }, { exitCode: 143 }],
  });
  const listed = () => api.ListTasks({ cluster: 'jobs', desiredStatus: 'STOPPED' });
  expect((await listed()).taskArns).toHaveLength(1);
  await advance(60_000);
  expect((await listed()).taskArns).toEqual([]);
  expect(lastWords(id)).toEqual([]);
});
