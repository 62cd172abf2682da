import { expect, test } from 'vitest';
import { taskProtectionEndpoint } from './task-protection-endpoint.ts';
import { createState } from './state.ts';
import { network, withService } from './test-region.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html */
test('tasks of a service are protected for 2 hours, or 1 to 2880 minutes, and again from each call on', async () => {
  const { api, tasks, settle, clock } = await withService();
  await settle();
  const [{ taskArn = '' } = {}] = await tasks();
  const update = (expiresInMinutes?: number, protectionEnabled = true) =>
    api.UpdateTaskProtection({ cluster: 'jobs', tasks: [taskArn], protectionEnabled, expiresInMinutes });
  const get = async () => {
    const { protectedTasks = [] } = await api.GetTaskProtection({ cluster: 'jobs', tasks: [taskArn] });
    return protectedTasks[0];
  };
  expect(await get()).toEqual({ taskArn, protectionEnabled: false });
  const until = (minutes: number) => new Date(clock.now() + minutes * 60_000);
  expect(await update()).toEqual({
    protectedTasks: [{ taskArn, protectionEnabled: true, expirationDate: until(120) }],
    failures: [],
  });
  await update(1);
  expect(await get()).toEqual({ taskArn, protectionEnabled: true, expirationDate: until(1) });
  await clock.advance(60_000);
  expect(await get()).toEqual({ taskArn, protectionEnabled: false });
  await update(2880);
  expect((await update(undefined, false)).protectedTasks).toEqual([{ taskArn, protectionEnabled: false }]);
  for (const minutes of [0, 2881, 1.5])
    await expect(update(minutes)).rejects.toMatchObject({ code: 'InvalidParameterException' });
  const { protectedTasks } = await api.GetTaskProtection({ cluster: 'jobs' });
  expect(protectedTasks).toHaveLength(2);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html */
test('what cannot be protected is a failure with its reason', async () => {
  const { api, tasks, settle, update } = await withService();
  await settle();
  const { tasks: [alone] = [] } = await api.RunTask({
    cluster: 'jobs',
    taskDefinition: 'api',
    launchType: 'FARGATE',
    networkConfiguration: network,
  });
  const protect = async (wanted: string[]) =>
    (await api.UpdateTaskProtection({ cluster: 'jobs', tasks: wanted, protectionEnabled: true })).failures;
  expect(await protect([alone!.taskArn!, 'f'.repeat(32)])).toEqual([
    { arn: alone!.taskArn, reason: 'TASK_NOT_VALID' },
    { arn: expect.stringMatching(/task\/jobs\/f{32}$/), reason: 'MISSING' },
  ]);
  await update({ desiredCount: 3 });
  await settle();
  const [first, second, third] = (await tasks()).flatMap(({ taskArn, group }) =>
    group === 'service:api' ? [taskArn!] : [],
  );
  expect(await protect([first!, second!])).toEqual([]);
  await update({ desiredCount: 1 });
  // More protected than wanted: what is protected already may stay so for longer.
  expect(await protect([second!, third!])).toEqual([{ arn: third, reason: 'DEPLOYMENT_BLOCKED' }]);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html */
test('a task asks and sets its own protection', async () => {
  const { region, settle, store } = await withService({ desiredCount: 1 });
  await settle();
  const ecs = createState(region, { taskSettles: 500 });
  const [task] = store.table<{ id: string; arn: string; clusterArn: string }>('ecs/tasks').values();
  const ask = (method: string, body?: object | string) =>
    taskProtectionEndpoint(ecs, task!, method, typeof body === 'object' ? JSON.stringify(body) : body);
  const of = (ProtectionEnabled: boolean, ExpirationDate: string | null) => ({
    status: 200,
    body: {
      requestID: expect.any(String),
      protection: { ProtectionEnabled, ExpirationDate, TaskArn: task!.arn },
    },
  });
  expect(ask('GET')).toEqual(of(false, null));
  expect(ask('PUT', { ProtectionEnabled: true, ExpiresInMinutes: 60 })).toEqual(
    of(true, '2026-01-01T01:00:00.000Z'),
  );
  expect(ask('GET')).toEqual(of(true, '2026-01-01T01:00:00.000Z'));
  expect(ask('PUT', { ProtectionEnabled: false })).toEqual(of(false, null));
  const refused = { status: 400, body: { error: { Arn: task!.arn, Code: 'InvalidParameterException' } } };
  for (const body of [
    '',
    '[',
    {},
    { ProtectionEnabled: 'yes' },
    { ProtectionEnabled: true, ExpiresInMinutes: 0 },
  ])
    expect(ask('PUT', body)).toMatchObject(refused);
  expect(ask('POST', {})).toMatchObject({ status: 405 });
});
