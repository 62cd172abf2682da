import { afterEach, beforeEach, expect, test } from 'vitest';
import { createStage, slowStack, type Stage } from '../testing/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await createStage();
});
afterEach(() => stage.close());

test('what does not depend on each other is made at once, and what depends waits for all it needs', async () => {
  stage.behave({ A: 2, B: 5, C: 1, D: 1 });
  await stage.cfn.api.CreateStack(slowStack({ A: {}, B: {}, C: { after: ['A'] }, D: { after: ['B', 'C'] } }));
  await stage.pass(10);
  expect(await stage.trace()).toMatchInlineSnapshot(`
    [
      "0 s CREATE_IN_PROGRESS (User Initiated)",
      "0 A CREATE_IN_PROGRESS",
      "0 B CREATE_IN_PROGRESS",
      "0 A CREATE_IN_PROGRESS (Resource creation Initiated)",
      "0 B CREATE_IN_PROGRESS (Resource creation Initiated)",
      "2 A CREATE_COMPLETE",
      "2 C CREATE_IN_PROGRESS",
      "2 C CREATE_IN_PROGRESS (Resource creation Initiated)",
      "3 C CREATE_COMPLETE",
      "5 B CREATE_COMPLETE",
      "5 D CREATE_IN_PROGRESS",
      "5 D CREATE_IN_PROGRESS (Resource creation Initiated)",
      "6 D CREATE_COMPLETE",
      "6 s CREATE_COMPLETE",
    ]
  `);
  const from = (await stage.trace()).length;
  const { Stacks } = await stage.cfn.api.DescribeStacks({ StackName: 's' });
  await stage.cfn.api.DeleteStack({ StackName: 's' });
  await stage.pass(10);
  expect(await stage.trace(Stacks![0]!.StackId, from)).toMatchInlineSnapshot(`
    [
      "10 s DELETE_IN_PROGRESS (User Initiated)",
      "10 D DELETE_IN_PROGRESS",
      "11 D DELETE_COMPLETE",
      "11 C DELETE_IN_PROGRESS",
      "11 B DELETE_IN_PROGRESS",
      "12 C DELETE_COMPLETE",
      "12 A DELETE_IN_PROGRESS",
      "12 B DELETE_COMPLETE",
      "13 A DELETE_COMPLETE",
      "13 s DELETE_COMPLETE",
    ]
  `);
  expect([...stage.alive.keys()]).toEqual([]);
});

test('the first failure ends what is under way, begins nothing more, and takes all back in reverse', async () => {
  stage.behave({ A: 1, B: 'fails', Slow: 60, Later: 1 });
  await stage.cfn.api.CreateStack(
    slowStack({ A: {}, B: { after: ['A'] }, Slow: {}, Later: { after: ['Slow'] } }),
  );
  await stage.pass(10);
  expect(await stage.trace()).toMatchInlineSnapshot(`
    [
      "0 s CREATE_IN_PROGRESS (User Initiated)",
      "0 A CREATE_IN_PROGRESS",
      "0 Slow CREATE_IN_PROGRESS",
      "0 A CREATE_IN_PROGRESS (Resource creation Initiated)",
      "0 Slow CREATE_IN_PROGRESS (Resource creation Initiated)",
      "1 A CREATE_COMPLETE",
      "1 B CREATE_IN_PROGRESS",
      "1 B CREATE_IN_PROGRESS (Resource creation Initiated)",
      "2 B CREATE_FAILED (Resource handler returned message: "it broke" (RequestToken: *, HandlerErrorCode: GeneralServiceException))",
      "2 Slow CREATE_FAILED (Resource creation cancelled)",
      "2 s ROLLBACK_IN_PROGRESS (The following resource(s) failed to create: [B, Slow]. Rollback requested by user.)",
      "2 B DELETE_IN_PROGRESS",
      "2 Slow DELETE_IN_PROGRESS",
      "3 B DELETE_COMPLETE",
      "3 A DELETE_IN_PROGRESS",
      "3 Slow DELETE_COMPLETE",
      "4 A DELETE_COMPLETE",
      "4 s ROLLBACK_COMPLETE",
    ]
  `);
  expect([...stage.alive.keys()]).toEqual([]);
});

test('a replacement is made first, then what refers to it, and the old one goes last', async () => {
  const stack = (named: string) => ({
    StackName: 's',
    TemplateBody: JSON.stringify({
      Resources: {
        A: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: named } },
        B: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: { 'Fn::Sub': '${A}-b' } } },
      },
    }),
  });
  await stage.cfn.api.CreateStack(stack('one'));
  await stage.pass(5);
  const from = (await stage.trace()).length;
  await stage.cfn.api.UpdateStack(stack('two'));
  await stage.pass(10);
  expect(await stage.trace('s', from)).toMatchInlineSnapshot(`
    [
      "5 s UPDATE_IN_PROGRESS (User Initiated)",
      "5 A UPDATE_IN_PROGRESS (Requested update requires the creation of a new physical resource; hence creating one.)",
      "5 A UPDATE_IN_PROGRESS (Resource creation Initiated)",
      "6 A UPDATE_COMPLETE",
      "6 B UPDATE_IN_PROGRESS (Requested update requires the creation of a new physical resource; hence creating one.)",
      "6 B UPDATE_IN_PROGRESS (Resource creation Initiated)",
      "7 B UPDATE_COMPLETE",
      "7 s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "7 B DELETE_IN_PROGRESS",
      "8 B DELETE_COMPLETE",
      "8 A DELETE_IN_PROGRESS",
      "9 A DELETE_COMPLETE",
      "9 s UPDATE_COMPLETE",
    ]
  `);
  expect([...stage.alive.keys()]).toEqual(['two', 'two-b']);
});

test('an update that fails goes back to what it had replaced', async () => {
  const stack = (named: string, days: number) =>
    slowStack({ A: { named }, B: { after: ['A'], days }, C: { after: ['B'], days } });
  await stage.cfn.api.CreateStack(stack('one', 7));
  await stage.pass(5);
  const from = (await stage.trace()).length;
  stage.behave({ C: 'update fails' });
  await stage.cfn.api.UpdateStack(stack('two', 14));
  await stage.pass(3);
  stage.behave({});
  await stage.pass(10);
  expect(await stage.trace('s', from)).toMatchInlineSnapshot(`
    [
      "5 s UPDATE_IN_PROGRESS (User Initiated)",
      "5 A UPDATE_IN_PROGRESS (Requested update requires the creation of a new physical resource; hence creating one.)",
      "5 A UPDATE_IN_PROGRESS (Resource creation Initiated)",
      "6 A UPDATE_COMPLETE",
      "6 B UPDATE_IN_PROGRESS",
      "7 B UPDATE_COMPLETE",
      "7 C UPDATE_IN_PROGRESS",
      "8 C UPDATE_FAILED (Resource handler returned message: "it broke" (RequestToken: *, HandlerErrorCode: GeneralServiceException))",
      "8 s UPDATE_ROLLBACK_IN_PROGRESS (The following resource(s) failed to update: [C].)",
      "8 A UPDATE_COMPLETE",
      "8 B UPDATE_IN_PROGRESS",
      "9 B UPDATE_COMPLETE",
      "9 C UPDATE_IN_PROGRESS",
      "10 C UPDATE_COMPLETE",
      "10 s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "10 A DELETE_IN_PROGRESS",
      "11 A DELETE_COMPLETE",
      "11 s UPDATE_ROLLBACK_COMPLETE",
    ]
  `);
  expect([...stage.alive.values()].map((made) => JSON.stringify(made))).toEqual([
    '{"RetentionInDays":7,"LogGroupName":"one"}',
    '{"RetentionInDays":7}',
    '{"RetentionInDays":7}',
  ]);
});

test('what an update that fails had added is deleted in reverse, after what was there is back', async () => {
  await stage.cfn.api.CreateStack(slowStack({ A: {} }));
  await stage.pass(3);
  const from = (await stage.trace()).length;
  stage.behave({ D: 'fails' });
  await stage.cfn.api.UpdateStack(
    slowStack({ A: { days: 14 }, B: { after: ['A'] }, C: { after: ['B'] }, D: { after: ['C'] } }),
  );
  await stage.pass(10);
  expect(await stage.trace('s', from)).toMatchInlineSnapshot(`
    [
      "3 s UPDATE_IN_PROGRESS (User Initiated)",
      "3 A UPDATE_IN_PROGRESS",
      "4 A UPDATE_COMPLETE",
      "4 B CREATE_IN_PROGRESS",
      "4 B CREATE_IN_PROGRESS (Resource creation Initiated)",
      "5 B CREATE_COMPLETE",
      "5 C CREATE_IN_PROGRESS",
      "5 C CREATE_IN_PROGRESS (Resource creation Initiated)",
      "6 C CREATE_COMPLETE",
      "6 D CREATE_IN_PROGRESS",
      "6 D CREATE_IN_PROGRESS (Resource creation Initiated)",
      "7 D CREATE_FAILED (Resource handler returned message: "it broke" (RequestToken: *, HandlerErrorCode: GeneralServiceException))",
      "7 s UPDATE_ROLLBACK_IN_PROGRESS (The following resource(s) failed to create: [D].)",
      "7 A UPDATE_IN_PROGRESS",
      "8 A UPDATE_COMPLETE",
      "8 s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "8 D DELETE_IN_PROGRESS",
      "9 D DELETE_COMPLETE",
      "9 C DELETE_IN_PROGRESS",
      "10 C DELETE_COMPLETE",
      "10 B DELETE_IN_PROGRESS",
      "11 B DELETE_COMPLETE",
      "11 s UPDATE_ROLLBACK_COMPLETE",
    ]
  `);
  expect([...stage.alive.values()]).toEqual([{ RetentionInDays: 7 }]);
});

test('what was replaced and cannot be deleted is tried three times, and left where it is', async () => {
  await stage.cfn.api.CreateStack(slowStack({ A: { named: 'one' } }));
  await stage.pass(3);
  const from = (await stage.trace()).length;
  stage.behave({ 'A deleted': 'fails' });
  await stage.cfn.api.UpdateStack(slowStack({ A: { named: 'two' } }));
  await stage.pass(5);
  expect(await stage.trace('s', from)).toMatchInlineSnapshot(`
    [
      "3 s UPDATE_IN_PROGRESS (User Initiated)",
      "3 A UPDATE_IN_PROGRESS (Requested update requires the creation of a new physical resource; hence creating one.)",
      "3 A UPDATE_IN_PROGRESS (Resource creation Initiated)",
      "4 A UPDATE_COMPLETE",
      "4 s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "4 A DELETE_IN_PROGRESS",
      "4 A DELETE_FAILED (Resource handler returned message: "it is held" (RequestToken: *, HandlerErrorCode: GeneralServiceException))",
      "4 s UPDATE_COMPLETE (Update successful. One or more resources could not be deleted.)",
    ]
  `);
  expect([...stage.alive.keys()]).toEqual(['one', 'two']);
  expect(stage.refused).toEqual(['one', 'one', 'one']);
});

test('a creation that lasts longer than it may is rolled back', async () => {
  stage.behave({ A: 1, B: 'never' });
  await stage.cfn.api.CreateStack({ ...slowStack({ A: {}, B: {} }), TimeoutInMinutes: 1 });
  await stage.pass(65);
  expect(await stage.trace()).toMatchInlineSnapshot(`
    [
      "0 s CREATE_IN_PROGRESS (User Initiated)",
      "0 A CREATE_IN_PROGRESS",
      "0 B CREATE_IN_PROGRESS",
      "0 A CREATE_IN_PROGRESS (Resource creation Initiated)",
      "0 B CREATE_IN_PROGRESS (Resource creation Initiated)",
      "1 A CREATE_COMPLETE",
      "60 B CREATE_FAILED (Resource creation cancelled)",
      "60 s ROLLBACK_IN_PROGRESS (Stack creation time exceeded the specified timeout. Rollback requested by user.)",
      "60 A DELETE_IN_PROGRESS",
      "60 B DELETE_IN_PROGRESS",
      "61 A DELETE_COMPLETE",
      "61 B DELETE_COMPLETE",
      "61 s ROLLBACK_COMPLETE",
    ]
  `);
});
