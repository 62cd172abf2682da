import { afterEach, beforeEach, expect, test } from 'vitest';
import { testRegion, type TestRegion } from '../../gateway/testing/region.ts';
import { createIam } from './index.ts';

let region: TestRegion;
let iam: TestRegion['api']['iam'];
beforeEach(() => {
  region = testRegion();
  region.handlers.iam = createIam(region).handlers;
  ({ iam } = region.api);
});
afterEach(() => region.remove());

const trust = (change: object = {}, document: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'ecs-tasks.amazonaws.com' },
        Action: 'sts:AssumeRole',
        ...change,
      },
    ],
    ...document,
  });
const allow = (change: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::b/*', ...change }],
  });
const createRole = (RoleName = 'app', extra: object = {}) =>
  iam.CreateRole({ RoleName, AssumeRolePolicyDocument: trust(), ...extra });
const EXECUTION = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';

test('a role is made, read, changed and deleted', async () => {
  const { Role } = await createRole('app', { Path: '/svc/', Tags: [{ Key: 'a', Value: 'b' }] });
  expect(Role).toMatchObject({
    Arn: 'arn:aws:iam::123456789012:role/svc/app',
    RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/) as string,
    MaxSessionDuration: 3600,
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  await expect(createRole('APP')).rejects.toMatchObject({
    code: 'EntityAlreadyExists',
    message: 'Role with name APP already exists.',
    status: 409,
  });
  await iam.UpdateRole({ RoleName: 'app', Description: 'd', MaxSessionDuration: 7200 });
  await iam.UpdateAssumeRolePolicy({
    RoleName: 'app',
    PolicyDocument: trust({ Principal: { Service: 'ec2.amazonaws.com' } }),
  });
  const read = (await iam.GetRole({ RoleName: 'app' })).Role;
  expect(read).toMatchObject({ Description: 'd', MaxSessionDuration: 7200, RoleId: Role?.RoleId });
  expect(decodeURIComponent(read?.AssumeRolePolicyDocument ?? '')).toContain('ec2.amazonaws.com');
  expect(read?.AssumeRolePolicyDocument).not.toMatch(/["{ ]/);
  await iam.DeleteRole({ RoleName: 'app' });
  await expect(iam.GetRole({ RoleName: 'app' })).rejects.toMatchObject({
    code: 'NoSuchEntity',
    message: 'The role with name app cannot be found.',
    status: 404,
  });
});

test('a role with policies is not deleted', async () => {
  await createRole();
  await iam.AttachRolePolicy({ RoleName: 'app', PolicyArn: EXECUTION });
  await iam.AttachRolePolicy({ RoleName: 'app', PolicyArn: EXECUTION });
  expect((await iam.ListAttachedRolePolicies({ RoleName: 'app' })).AttachedPolicies).toEqual([
    { PolicyName: 'AmazonECSTaskExecutionRolePolicy', PolicyArn: EXECUTION },
  ]);
  await expect(iam.DeleteRole({ RoleName: 'app' })).rejects.toMatchObject({
    code: 'DeleteConflict',
    status: 409,
  });
  await iam.DetachRolePolicy({ RoleName: 'app', PolicyArn: EXECUTION });
  await iam.PutRolePolicy({ RoleName: 'app', PolicyName: 'p', PolicyDocument: allow() });
  await expect(iam.DeleteRole({ RoleName: 'app' })).rejects.toThrow('must delete policies first');
  expect((await iam.ListRolePolicies({ RoleName: 'app' })).PolicyNames).toEqual(['p']);
  const { PolicyDocument = '' } = await iam.GetRolePolicy({ RoleName: 'app', PolicyName: 'p' });
  expect(decodeURIComponent(PolicyDocument)).toBe(allow());
  await iam.DeleteRolePolicy({ RoleName: 'app', PolicyName: 'p' });
  await iam.DeleteRole({ RoleName: 'app' });
});

test('managed policies: versions, attachments, deletion', async () => {
  const { Policy } = await iam.CreatePolicy({ PolicyName: 'read', PolicyDocument: allow() });
  const PolicyArn = Policy?.Arn;
  expect(PolicyArn).toBe('arn:aws:iam::123456789012:policy/read');
  await createRole();
  await iam.AttachRolePolicy({ RoleName: 'app', PolicyArn });
  expect((await iam.GetPolicy({ PolicyArn })).Policy?.AttachmentCount).toBe(1);
  await expect(iam.DeletePolicy({ PolicyArn })).rejects.toMatchObject({ code: 'DeleteConflict' });
  await iam.CreatePolicyVersion({ PolicyArn, PolicyDocument: allow({ Sid: 'Two' }), SetAsDefault: true });
  await expect(iam.DeletePolicyVersion({ PolicyArn, VersionId: 'v2' })).rejects.toThrow('default version');
  await iam.DeletePolicyVersion({ PolicyArn, VersionId: 'v1' });
  const { PolicyVersion } = await iam.GetPolicyVersion({ PolicyArn, VersionId: 'v2' });
  expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toContain('Two');
  await iam.DetachRolePolicy({ RoleName: 'app', PolicyArn });
  await iam.DeletePolicy({ PolicyArn });
  await expect(iam.AttachRolePolicy({ RoleName: 'app', PolicyArn })).rejects.toMatchObject({
    code: 'NoSuchEntity',
  });
});

test.each([
  ['not JSON', 'x', 'invalid Json'],
  ['a key that is none', trust({}, { Statments: [] }), 'Syntax errors'],
  ['no statement', trust({}, { Statement: [] }), 'Syntax errors'],
  ['a version that is none', trust({}, { Version: '2012-10-18' }), 'valid version string'],
  ['no principal', trust({ Principal: undefined }), 'Missing required field Principal'],
  ['a resource', trust({ Resource: '*' }), 'Has prohibited field Resource'],
  ['another action', trust({ Action: 's3:GetObject' }), 'may only specify STS AssumeRole actions'],
  ['a service that is none', trust({ Principal: { Service: 'ecs-tasks' } }), 'Invalid principal'],
  ['an effect that is none', trust({ Effect: 'allow' }), 'Syntax errors'],
])('a trust policy with %s is malformed', async (_what, AssumeRolePolicyDocument, message) => {
  const attempt = createRole('app', { AssumeRolePolicyDocument });
  await expect(attempt).rejects.toMatchObject({
    code: 'MalformedPolicyDocument',
    message: expect.stringContaining(message) as string,
  });
});

test.each([
  ['a principal', allow({ Principal: '*' }), 'should not specify a principal'],
  ['no resource', allow({ Resource: undefined }), 'must contain resources'],
  ['a resource that is no ARN', allow({ Resource: 'bucket' }), 'must be in ARN format'],
  ['no action', allow({ Action: [] }), 'must contain actions'],
  ['an action without service', allow({ Action: 'GetObject' }), 'prefaced by a vendor'],
])('an identity policy with %s is malformed', async (_what, PolicyDocument, message) => {
  await createRole();
  const attempt = iam.PutRolePolicy({ RoleName: 'app', PolicyName: 'p', PolicyDocument });
  await expect(attempt).rejects.toMatchObject({
    code: 'MalformedPolicyDocument',
    message: expect.stringContaining(message) as string,
  });
});

test('lists go by pages, tags by key whatever its case', async () => {
  for (const name of ['c', 'a', 'b']) await createRole(name);
  const first = await iam.ListRoles({ MaxItems: 2 });
  expect([first.Roles?.map(({ RoleName }) => RoleName), first.IsTruncated]).toEqual([['a', 'b'], true]);
  const second = await iam.ListRoles({ MaxItems: 2, Marker: first.Marker });
  expect([second.Roles?.map(({ RoleName }) => RoleName), second.IsTruncated]).toEqual([['c'], false]);
  await iam.TagRole({ RoleName: 'a', Tags: [{ Key: 'Team', Value: 'x' }] });
  await iam.TagRole({ RoleName: 'a', Tags: [{ Key: 'team', Value: 'y' }] });
  expect((await iam.ListRoleTags({ RoleName: 'a' })).Tags).toEqual([{ Key: 'team', Value: 'y' }]);
});

test('what is not enacted is refused, not dropped', async () => {
  await expect(createRole('app', { PermissionsBoundary: EXECUTION })).rejects.toThrow('PermissionsBoundary');
});

test('service-linked roles have the names of their services', async () => {
  const { Role } = await iam.CreateServiceLinkedRole({ AWSServiceName: 'ecs.amazonaws.com' });
  expect(Role?.Arn).toBe(
    'arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS',
  );
  await expect(iam.CreateServiceLinkedRole({ AWSServiceName: 'ecs.amazonaws.com' })).rejects.toMatchObject({
    code: 'InvalidInput',
  });
});
