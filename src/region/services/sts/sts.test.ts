import { afterEach, beforeEach, expect, test } from 'vitest';
import { testRegion, type TestRegion } from '../../gateway/testing/region.ts';
import { createIam } from '../iam/index.ts';
import { createSts } from './index.ts';

let region: TestRegion;
beforeEach(() => {
  region = testRegion();
  region.handlers.iam = createIam(region).handlers;
  region.handlers.sts = createSts(region).handlers;
});
afterEach(() => region.remove());

const ACCOUNT = '123456789012';
const RoleArn = `arn:aws:iam::${ACCOUNT}:role/app`;
const createRole = (Principal: object) =>
  region.api.iam.CreateRole({
    RoleName: 'app',
    AssumeRolePolicyDocument: JSON.stringify({
      Statement: { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' },
    }),
  });
const callAs = (accessKeyId: string) =>
  region.handlers.sts?.GetCallerIdentity?.({}, { region: 'r', accessKeyId, requestId: 'x', host: 'h' });

test('the caller is the owner of the account', async () => {
  await expect(region.api.sts.GetCallerIdentity({})).resolves.toEqual({
    Account: ACCOUNT,
    UserId: ACCOUNT,
    Arn: `arn:aws:iam::${ACCOUNT}:root`,
  });
});

test('an assumed role is who calls, until its session ends', async () => {
  await createRole({ AWS: ACCOUNT });
  const { Credentials, AssumedRoleUser } = await region.api.sts.AssumeRole({
    RoleArn,
    RoleSessionName: 'me',
    DurationSeconds: 900,
  });
  expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/app/me`);
  expect(callAs(Credentials?.AccessKeyId ?? '')).toMatchObject({ Arn: AssumedRoleUser?.Arn });
  await region.clock.advance(900_000);
  expect(() => callAs(Credentials?.AccessKeyId ?? '')).toThrow('expired');
});

test('a role that does not trust the caller, or is not there, is denied in the same words', async () => {
  const assume = () => region.api.sts.AssumeRole({ RoleArn, RoleSessionName: 'me' });
  const denied = {
    code: 'AccessDenied',
    message: `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
  };
  await expect(assume()).rejects.toMatchObject(denied);
  await createRole({ Service: 'ecs-tasks.amazonaws.com' });
  await expect(assume()).rejects.toMatchObject(denied);
});

test.each([
  [{ DurationSeconds: 899 }, 'greater than or equal to 900'],
  [{ DurationSeconds: 3601 }, 'less than or equal to 3600'],
  [{ RoleSessionName: 'a b' }, 'roleSessionName'],
  [{ Policy: '{}' }, 'Policy'],
])('AssumeRole refuses %o', async (input, message) => {
  await createRole({ AWS: ACCOUNT });
  await expect(region.api.sts.AssumeRole({ RoleArn, RoleSessionName: 'me', ...input })).rejects.toMatchObject(
    { code: 'ValidationError', message: expect.stringContaining(message) as string },
  );
});
