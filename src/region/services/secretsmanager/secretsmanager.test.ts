import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testRegion, type TestRegion } from '../../gateway/testing/region.ts';
import { createSecretsManager } from './index.ts';

let region: TestRegion;
let secrets: TestRegion['api']['secretsmanager'];
function mount(): void {
  region.handlers.secretsmanager = createSecretsManager(region).handlers;
  secrets = region.api.secretsmanager;
}
beforeEach(() => {
  region = testRegion();
  mount();
});
afterEach(() => region.remove());
const SecretId = 'app/db';
const create = (SecretString = 'one', extra: object = {}) =>
  secrets.CreateSecret({ Name: SecretId, SecretString, ...extra });
const value = async (input: object = {}) =>
  (await secrets.GetSecretValue({ SecretId, ...input })).SecretString;
const token = (letter: string) => letter.repeat(32);

test('a secret is found by name, ARN, and ARN without its end', async () => {
  const { ARN = '' } = await create();
  expect(ARN).toMatch(/^arn:aws:secretsmanager:eu-central-1:123456789012:secret:app\/db-[A-Za-z0-9]{6}$/);
  for (const id of [SecretId, ARN, ARN.slice(0, -7)]) expect(await value({ SecretId: id })).toBe('one');
  await expect(value({ SecretId: 'none' })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret.",
  });
  await expect(create()).rejects.toMatchObject({ code: 'ResourceExistsException' });
  await expect(secrets.CreateSecret({ Name: 'a b' })).rejects.toMatchObject({ code: 'ValidationException' });
});

test('labels move with each new value', async () => {
  const first = await create();
  const second = await secrets.PutSecretValue({ SecretId, SecretString: 'two' });
  expect(second.VersionStages).toEqual(['AWSCURRENT']);
  expect([await value(), await value({ VersionStage: 'AWSPREVIOUS' })]).toEqual(['two', 'one']);
  expect(await value({ VersionId: first.VersionId })).toBe('one');
  await secrets.UpdateSecret({ SecretId, SecretString: 'three', Description: 'd' });
  expect([await value(), await value({ VersionStage: 'AWSPREVIOUS' })]).toEqual(['three', 'two']);
  const { VersionIdsToStages = {}, Description } = await secrets.DescribeSecret({ SecretId });
  expect(Object.values(VersionIdsToStages).sort()).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
  expect(Description).toBe('d');
  await expect(value({ VersionId: first.VersionId, VersionStage: 'AWSCURRENT' })).rejects.toMatchObject({
    code: 'InvalidRequestException',
  });
});

test('a label of one’s own waits beside the current one until it is moved', async () => {
  const first = await create();
  const { VersionId } = await secrets.PutSecretValue({
    SecretId,
    SecretString: 'next',
    VersionStages: ['AWSPENDING'],
  });
  expect([await value(), await value({ VersionStage: 'AWSPENDING' })]).toEqual(['one', 'next']);
  const move = (extra: object) =>
    secrets.UpdateSecretVersionStage({
      SecretId,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: VersionId,
      ...extra,
    });
  await expect(move({})).rejects.toMatchObject({ code: 'InvalidParameterException' });
  await move({ RemoveFromVersionId: first.VersionId });
  expect([await value(), await value({ VersionStage: 'AWSPREVIOUS' })]).toEqual(['next', 'one']);
});

test('the same token with the same value changes nothing, with another it is an error', async () => {
  const first = await create('one', { ClientRequestToken: token('a') });
  expect(first.VersionId).toBe(token('a'));
  expect(await create('one', { ClientRequestToken: token('a') })).toEqual(first);
  await expect(create('two', { ClientRequestToken: token('a') })).rejects.toMatchObject({
    code: 'ResourceExistsException',
  });
  const put = (SecretString: string) =>
    secrets.PutSecretValue({ SecretId, SecretString, ClientRequestToken: token('b') });
  await put('two');
  await put('two');
  await expect(put('three')).rejects.toMatchObject({ code: 'ResourceExistsException' });
  expect(await value({ VersionStage: 'AWSPREVIOUS' })).toBe('one');
  await expect(create('x', { Name: 'b', ClientRequestToken: 'short' })).rejects.toThrow('between 32 and 64');
});

test('bytes come back as bytes, after a restart too', async () => {
  await secrets.CreateSecret({ Name: SecretId, SecretBinary: Buffer.from([0, 255]) });
  region = region.restarted();
  mount();
  expect(Buffer.from((await secrets.GetSecretValue({ SecretId })).SecretBinary ?? [])).toEqual(
    Buffer.from([0, 255]),
  );
  await expect(
    secrets.PutSecretValue({ SecretId, SecretString: 'a', SecretBinary: Buffer.from('b') }),
  ).rejects.toMatchObject({ code: 'InvalidParameterException' });
  await expect(secrets.PutSecretValue({ SecretId, SecretString: 'x'.repeat(65_537) })).rejects.toThrow(
    '65536',
  );
});

test('a deleted secret can be restored within its window, then is gone', async () => {
  await create();
  await secrets.DeleteSecret({ SecretId, RecoveryWindowInDays: 7 });
  await expect(value()).rejects.toMatchObject({ code: 'InvalidRequestException' });
  await expect(create()).rejects.toMatchObject({ code: 'InvalidRequestException' });
  expect((await secrets.ListSecrets({})).SecretList).toEqual([]);
  expect((await secrets.ListSecrets({ IncludePlannedDeletion: true })).SecretList).toHaveLength(1);
  await secrets.RestoreSecret({ SecretId });
  expect(await value()).toBe('one');
  await secrets.DeleteSecret({ SecretId, RecoveryWindowInDays: 7 });
  await region.clock.advance(7 * 24 * 3_600_000);
  await expect(secrets.DescribeSecret({ SecretId })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
});

test('deletion without recovery is at once', async () => {
  await create();
  await expect(
    secrets.DeleteSecret({ SecretId, ForceDeleteWithoutRecovery: true, RecoveryWindowInDays: 7 }),
  ).rejects.toThrow('in conjunction');
  await expect(secrets.DeleteSecret({ SecretId, RecoveryWindowInDays: 6 })).rejects.toThrow(
    'between 7 and 30',
  );
  await secrets.DeleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
  await create('again');
  expect(await value()).toBe('again');
});

test('lists by filter, newest first, in pages', async () => {
  for (const Name of ['a', 'b', 'c']) {
    await secrets.CreateSecret({ Name, Tags: [{ Key: 'team', Value: Name }] });
    await region.clock.advance(1000);
  }
  const first = await secrets.ListSecrets({ MaxResults: 2 });
  expect(first.SecretList?.map(({ Name }) => Name)).toEqual(['c', 'b']);
  const second = await secrets.ListSecrets({ MaxResults: 2, NextToken: first.NextToken });
  expect([second.SecretList?.map(({ Name }) => Name), second.NextToken]).toEqual([['a'], undefined]);
  const filtered = await secrets.ListSecrets({ Filters: [{ Key: 'tag-value', Values: ['b'] }] });
  expect(filtered.SecretList?.map(({ Name }) => Name)).toEqual(['b']);
  await secrets.TagResource({ SecretId: 'a', Tags: [{ Key: 'x', Value: 'y' }] });
  await secrets.UntagResource({ SecretId: 'a', TagKeys: ['team'] });
  expect((await secrets.DescribeSecret({ SecretId: 'a' })).Tags).toEqual([{ Key: 'x', Value: 'y' }]);
});

test('passwords hold what they must and nothing that is excluded', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        PasswordLength: fc.integer({ min: 5, max: 60 }),
        ExcludeNumbers: fc.boolean(),
        ExcludePunctuation: fc.boolean(),
        ExcludeUppercase: fc.boolean(),
        IncludeSpace: fc.boolean(),
        ExcludeCharacters: fc.constantFrom('', '/@"\'\\', 'abc'),
      }),
      async (input) => {
        const { RandomPassword = '' } = await secrets.GetRandomPassword(input);
        expect(RandomPassword).toHaveLength(input.PasswordLength);
        expect(/\d/.test(RandomPassword)).toBe(!input.ExcludeNumbers);
        expect(/[A-Z]/.test(RandomPassword)).toBe(!input.ExcludeUppercase);
        expect(/[^A-Za-z0-9 ]/.test(RandomPassword)).toBe(!input.ExcludePunctuation);
        expect(RandomPassword.includes(' ')).toBe(input.IncludeSpace);
        for (const sign of input.ExcludeCharacters) expect(RandomPassword).not.toContain(sign);
      },
    ),
  );
});

test('what is not enacted is refused', async () => {
  await expect(create('x', { AddReplicaRegions: [{ Region: 'us-west-2' }] })).rejects.toThrow(
    'AddReplicaRegions',
  );
  await expect(create('x', { KmsKeyId: 'alias/own' })).rejects.toThrow('alias/own');
});
