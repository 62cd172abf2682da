import { afterEach, beforeEach, expect, test } from 'vitest';
import { refusal } from '../testing/bench.ts';
import { createStage, slowStack, type Stage } from '../testing/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await createStage();
});
afterEach(() => stage.close());

const two = (days = 7) => slowStack({ A: { days }, B: { days, after: ['A'] }, C: { days } });
async function made(): Promise<number> {
  await stage.cfn.api.CreateStack(two());
  await stage.pass(5);
  expect(await stage.status()).toBe('CREATE_COMPLETE');
  return (await stage.trace()).length;
}

test('OnFailure DO_NOTHING leaves what was made; an update goes on from there', async () => {
  stage.behave({ A: 'fails', C: 4 });
  await stage.cfn.api.CreateStack({ ...two(), OnFailure: 'DO_NOTHING' });
  await stage.pass(6);
  expect(await stage.trace()).toMatchInlineSnapshot(`
    [
      "0 s CREATE_IN_PROGRESS (User Initiated)",
      "0 A CREATE_IN_PROGRESS",
      "0 C CREATE_IN_PROGRESS",
      "0 A CREATE_IN_PROGRESS (Resource creation Initiated)",
      "0 C CREATE_IN_PROGRESS (Resource creation Initiated)",
      "1 A CREATE_FAILED (Resource handler returned message: "it broke" (RequestToken: *, HandlerErrorCode: GeneralServiceException))",
      "4 C CREATE_COMPLETE",
      "4 s CREATE_FAILED (The following resource(s) failed to create: [A].)",
    ]
  `);
  expect(await refusal(stage.cfn.api.UpdateStack(two()))).toBe(
    'ValidationError: This stack is currently in a non-terminal [CREATE_FAILED] state. To update the stack from this state, please use the disable-rollback parameter with update-stack API. To rollback to the last known good state, use the rollback-stack API',
  );
  const from = (await stage.trace()).length;
  stage.behave({});
  await stage.cfn.api.UpdateStack({ ...two(), DisableRollback: true });
  await stage.pass(6);
  expect(await stage.trace('s', from)).toMatchInlineSnapshot(`
    [
      "6 s UPDATE_IN_PROGRESS (User Initiated)",
      "6 A DELETE_IN_PROGRESS",
      "7 A DELETE_COMPLETE",
      "7 A CREATE_IN_PROGRESS",
      "7 A CREATE_IN_PROGRESS (Resource creation Initiated)",
      "8 A CREATE_COMPLETE",
      "8 B CREATE_IN_PROGRESS",
      "8 B CREATE_IN_PROGRESS (Resource creation Initiated)",
      "9 B CREATE_COMPLETE",
      "9 s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "9 s UPDATE_COMPLETE",
    ]
  `);
  expect(stage.alive.size).toBe(3);
});

test('OnFailure DELETE leaves nothing', async () => {
  stage.behave({ B: 'fails' });
  const { StackId } = await stage.cfn.api.CreateStack({ ...two(), OnFailure: 'DELETE' });
  await stage.pass(8);
  expect((await stage.trace(StackId)).filter((line) => / s /.test(line))).toMatchInlineSnapshot(`
    [
      "0 s CREATE_IN_PROGRESS (User Initiated)",
      "2 s DELETE_IN_PROGRESS (The following resource(s) failed to create: [B]. Delete requested by user.)",
      "4 s DELETE_COMPLETE",
    ]
  `);
  expect(stage.alive.size).toBe(0);
});

test('an update with DisableRollback stays failed, goes on, or is rolled back when asked', async () => {
  const from = await made();
  stage.behave({ A: 'update fails' });
  await stage.cfn.api.UpdateStack({ ...two(14), DisableRollback: true });
  await stage.pass(4);
  expect(await stage.trace('s', from)).toMatchInlineSnapshot(`
    [
      "5 s UPDATE_IN_PROGRESS (User Initiated)",
      "5 A UPDATE_IN_PROGRESS",
      "5 C UPDATE_IN_PROGRESS",
      "6 A UPDATE_FAILED (Resource handler returned message: "it broke" (RequestToken: *, HandlerErrorCode: GeneralServiceException))",
      "6 C UPDATE_COMPLETE",
      "6 s UPDATE_FAILED (The following resource(s) failed to update: [A].)",
    ]
  `);
  stage.behave({});
  await stage.cfn.api.RollbackStack({ StackName: 's' });
  await stage.pass(6);
  expect((await stage.trace('s', from)).filter((line) => / s /.test(line))).toMatchInlineSnapshot(`
    [
      "5 s UPDATE_IN_PROGRESS (User Initiated)",
      "6 s UPDATE_FAILED (The following resource(s) failed to update: [A].)",
      "9 s UPDATE_ROLLBACK_IN_PROGRESS (User Initiated)",
      "10 s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "10 s UPDATE_ROLLBACK_COMPLETE",
    ]
  `);
  expect([...stage.alive.values()]).toEqual(Array.from({ length: 3 }, () => ({ RetentionInDays: 7 })));
  expect(await refusal(stage.cfn.api.RollbackStack({ StackName: 's' }))).toContain(
    'is in UPDATE_ROLLBACK_COMPLETE state and can not be rolled back',
  );
});

test('nothing is replaced while a rollback is disabled', async () => {
  await stage.cfn.api.CreateStack(slowStack({ A: { named: 'one' } }));
  await stage.pass(3);
  await stage.cfn.api.UpdateStack({ ...slowStack({ A: { named: 'two' } }), DisableRollback: true });
  await stage.pass(3);
  expect((await stage.trace()).at(-2)).toContain(
    'A UPDATE_FAILED (Replacement type updates not supported on stack with disable-rollback.)',
  );
  expect([...stage.alive.keys()]).toEqual(['one']);
});

test('RollbackStack deletes what was never complete', async () => {
  stage.behave({ B: 'fails' });
  const { StackId } = await stage.cfn.api.CreateStack({ ...two(), DisableRollback: true });
  await stage.pass(5);
  expect(await stage.status()).toBe('CREATE_FAILED');
  await stage.cfn.api.RollbackStack({ StackName: 's' });
  await stage.pass(5);
  expect(await stage.status(StackId)).toBe('DELETE_COMPLETE');
  expect(stage.alive.size).toBe(0);
});

test('a cancelled update goes back', async () => {
  const from = await made();
  stage.behave({ A: 30 });
  await stage.cfn.api.UpdateStack(two(14));
  await stage.pass(2);
  stage.behave({});
  await stage.cfn.api.CancelUpdateStack({ StackName: 's' });
  await stage.pass(8);
  expect(await stage.trace('s', from)).toMatchInlineSnapshot(`
    [
      "5 s UPDATE_IN_PROGRESS (User Initiated)",
      "5 A UPDATE_IN_PROGRESS",
      "5 C UPDATE_IN_PROGRESS",
      "6 C UPDATE_COMPLETE",
      "7 A UPDATE_FAILED (Resource update cancelled)",
      "7 s UPDATE_ROLLBACK_IN_PROGRESS (User Initiated)",
      "7 A UPDATE_IN_PROGRESS",
      "7 C UPDATE_IN_PROGRESS",
      "8 A UPDATE_COMPLETE",
      "8 C UPDATE_COMPLETE",
      "8 s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "8 s UPDATE_ROLLBACK_COMPLETE",
    ]
  `);
  expect([...stage.alive.values()]).toEqual(Array.from({ length: 3 }, () => ({ RetentionInDays: 7 })));
  expect(await refusal(stage.cfn.api.CancelUpdateStack({ StackName: 's' }))).toBe(
    'ValidationError: CancelUpdateStack cannot be called from current stack status',
  );
});

test('a rollback that fails waits to be continued, with what is skipped left as it is', async () => {
  const from = await made();
  stage.behave({ A: 'update fails' });
  await stage.cfn.api.UpdateStack(two(14));
  await stage.pass(6);
  expect(await stage.status()).toBe('UPDATE_ROLLBACK_FAILED');
  expect(
    await refusal(stage.cfn.api.ContinueUpdateRollback({ StackName: 's', ResourcesToSkip: ['C'] })),
  ).toContain('Do not specify resources [C]');
  await stage.cfn.api.ContinueUpdateRollback({ StackName: 's', ResourcesToSkip: ['A'] });
  await stage.pass(6);
  expect(await stage.trace('s', from)).toMatchInlineSnapshot(`
    [
      "5 s UPDATE_IN_PROGRESS (User Initiated)",
      "5 A UPDATE_IN_PROGRESS",
      "5 C UPDATE_IN_PROGRESS",
      "6 A UPDATE_FAILED (Resource handler returned message: "it broke" (RequestToken: *, HandlerErrorCode: GeneralServiceException))",
      "6 C UPDATE_FAILED (Resource update cancelled)",
      "6 s UPDATE_ROLLBACK_IN_PROGRESS (The following resource(s) failed to update: [A, C].)",
      "6 A UPDATE_IN_PROGRESS",
      "6 C UPDATE_IN_PROGRESS",
      "7 A UPDATE_FAILED (Resource handler returned message: "it broke" (RequestToken: *, HandlerErrorCode: GeneralServiceException))",
      "7 C UPDATE_COMPLETE",
      "7 s UPDATE_ROLLBACK_FAILED (The following resource(s) failed to update: [A]. )",
      "11 s UPDATE_ROLLBACK_IN_PROGRESS (User Initiated)",
      "11 A UPDATE_COMPLETE",
      "11 s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "11 s UPDATE_ROLLBACK_COMPLETE",
    ]
  `);
});

test('a deletion that fails can retain what holds it, or be forced', async () => {
  for (const end of [{ RetainResources: ['A'] }, { DeletionMode: 'FORCE_DELETE_STACK' as const }]) {
    const { StackId } = await stage.cfn.api.CreateStack(two());
    await stage.pass(5);
    stage.behave({ 'A deleted': 'fails' });
    expect(await refusal(stage.cfn.api.DeleteStack({ StackName: 's', ...end }))).toBe(
      'ValidationError: Invalid operation on stack. Specify resources to retain only when the current stack state is DELETE_FAILED.',
    );
    await stage.cfn.api.DeleteStack({ StackName: 's' });
    await stage.pass(5);
    expect((await stage.trace()).at(-1)).toContain(
      's DELETE_FAILED (The following resource(s) failed to delete: [A]. )',
    );
    await stage.cfn.api.DeleteStack({ StackName: 's', ...end });
    await stage.pass(5);
    expect((await stage.trace(StackId)).slice(-2).map((line) => line.replace(/^\d+ /, ''))).toEqual([
      'A DELETE_SKIPPED',
      's DELETE_COMPLETE',
    ]);
    stage.behave({});
  }
});

test('RetainExceptOnCreate, of a resource or of a call, is for what was there before', async () => {
  stage.behave({ B: 'fails' });
  const stack = (DeletionPolicy: string) =>
    slowStack({ A: { more: { DeletionPolicy } }, B: { after: ['A'] } });
  for (const [policy, call, left] of [
    ['Retain', {}, 1],
    ['RetainExceptOnCreate', {}, 1],
    ['Retain', { RetainExceptOnCreate: true }, 1],
  ] as const) {
    const { StackId } = await stage.cfn.api.CreateStack({ ...stack(policy), ...call });
    await stage.pass(6);
    expect(await stage.status()).toBe('ROLLBACK_COMPLETE');
    await stage.cfn.api.DeleteStack({ StackName: StackId });
    await stage.pass(3);
    expect(stage.alive.size).toBe(left);
  }
});

test('RetainExceptOnCreate keeps what was there before its stack is deleted', async () => {
  const stack = slowStack({ A: { more: { DeletionPolicy: 'RetainExceptOnCreate' } }, B: {} });
  const { StackId } = await stage.cfn.api.CreateStack(stack);
  await stage.pass(3);
  await stage.cfn.api.DeleteStack({ StackName: 's' });
  await stage.pass(3);
  expect(await stage.trace(StackId, 7)).toMatchInlineSnapshot(`
    [
      "1 s CREATE_COMPLETE",
      "3 s DELETE_IN_PROGRESS (User Initiated)",
      "3 A DELETE_SKIPPED",
      "3 B DELETE_IN_PROGRESS",
      "4 B DELETE_COMPLETE",
      "4 s DELETE_COMPLETE",
    ]
  `);
  expect(stage.alive.size).toBe(1);
});

test('a request with a token that was used is the same request, or refused', async () => {
  const input = { ...two(), ClientRequestToken: 'once' };
  const { StackId } = await stage.cfn.api.CreateStack(input);
  expect(await stage.cfn.api.CreateStack(input)).toEqual({ StackId });
  await stage.pass(5);
  expect(await stage.cfn.api.CreateStack(input)).toEqual({ StackId });
  expect(await refusal(stage.cfn.api.UpdateStack({ ...two(14), ClientRequestToken: 'once' }))).toContain(
    'TokenAlreadyExistsException',
  );
  const { StackEvents } = await stage.cfn.api.DescribeStackEvents({ StackName: 's' });
  expect(new Set(StackEvents!.map(({ ClientRequestToken }) => ClientRequestToken))).toEqual(
    new Set(['once']),
  );
});
