import { afterEach, beforeEach, expect, test } from 'vitest';
import { testRegion, type TestRegion } from '../../gateway/testing/region.ts';
import { createSsm } from './index.ts';

let region: TestRegion;
let ssm: TestRegion['api']['ssm'];
beforeEach(() => {
  region = testRegion();
  region.handlers.ssm = createSsm(region).handlers;
  ssm = region.api.ssm;
});
afterEach(() => region.remove());

test('values have versions; one of them, or the last, is read by name and by ARN', async () => {
  await ssm.PutParameter({ Name: '/shop/key', Type: 'String', Value: 'one' });
  await expect(ssm.PutParameter({ Name: '/shop/key', Type: 'String', Value: 'two' })).rejects.toMatchObject({
    code: 'ParameterAlreadyExists',
  });
  expect(await ssm.PutParameter({ Name: '/shop/key', Value: 'two', Overwrite: true })).toMatchObject({
    Version: 2,
  });
  const { Parameter } = await ssm.GetParameter({ Name: '/shop/key' });
  expect(Parameter).toMatchObject({ Value: 'two', Version: 2, Type: 'String' });
  expect(Parameter?.ARN).toMatch(/:parameter\/shop\/key$/);
  for (const Name of [Parameter?.ARN, '/shop/key:2'])
    expect((await ssm.GetParameter({ Name })).Parameter?.Value).toBe('two');
  expect((await ssm.GetParameter({ Name: '/shop/key:1' })).Parameter?.Value).toBe('one');
  await expect(ssm.GetParameter({ Name: '/shop/key:9' })).rejects.toMatchObject({
    code: 'ParameterVersionNotFound',
  });
});

test('a SecureString is shown to those alone who ask for it decrypted', async () => {
  await ssm.PutParameter({ Name: 'token', Type: 'SecureString', Value: 'hush' });
  const read = async (WithDecryption: boolean) =>
    (await ssm.GetParameter({ Name: 'token', WithDecryption })).Parameter?.Value;
  expect(await read(true)).toBe('hush');
  expect(await read(false)).not.toContain('hush');
});

test('a path gives what is right below it, or all', async () => {
  for (const Name of ['/a/x', '/a/b/y', '/ab'])
    await ssm.PutParameter({ Name, Type: 'StringList', Value: '1,2' });
  const below = async (Recursive: boolean) =>
    (await ssm.GetParametersByPath({ Path: '/a', Recursive })).Parameters?.map(({ Name }) => Name);
  expect(await below(false)).toEqual(['/a/x']);
  expect(await below(true)).toEqual(['/a/b/y', '/a/x']);
  expect(await ssm.GetParameters({ Names: ['/ab', '/none'] })).toMatchObject({
    Parameters: [{ Name: '/ab' }],
    InvalidParameters: ['/none'],
  });
  expect(await ssm.DeleteParameters({ Names: ['/ab', '/none'] })).toMatchObject({
    DeletedParameters: ['/ab'],
    InvalidParameters: ['/none'],
  });
  await expect(ssm.DeleteParameter({ Name: '/ab' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
});

test.each([
  [{ Name: 'aws/x' }, 'AccessDeniedException'],
  [{ Name: 'a b' }, 'ValidationException'],
  [{ Name: 'a/b' }, 'ValidationException'],
  [{ Value: 'x'.repeat(4097) }, 'ValidationException'],
  [{ Type: undefined }, 'ValidationException'],
  [{ AllowedPattern: '\\d+' }, 'ParameterPatternMismatchException'],
  [{ KeyId: 'alias/mine' }, 'ValidationException'],
])('%j is refused with %s', async (change, code) => {
  await expect(ssm.PutParameter({ Name: 'n', Type: 'String', Value: 'v', ...change })).rejects.toMatchObject({
    code,
  });
});
