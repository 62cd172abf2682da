import { afterEach, expect, test } from 'vitest';
import { deployment } from './testing/templates.ts';
import { createWorld, type Instance, type World } from './testing/world.ts';

let world: World | undefined;
afterEach(async () => world?.close());

async function failures(api: Instance['api'], StackName: string): Promise<string[]> {
  const { StackEvents = [] } = await api.DescribeStackEvents({ StackName });
  return StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED')).map(
    ({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`,
  );
}

test('a whole deployment comes, changes and goes', async () => {
  world = createWorld();
  const empty = world.census();
  const { api, settled } = await world.open();
  await api.CreateStack({ StackName: 'jobs', TemplateBody: deployment(), Capabilities: ['CAPABILITY_IAM'] });
  const status = await settled('jobs');
  expect(await failures(api, 'jobs')).toEqual([]);
  expect(status).toBe('CREATE_COMPLETE');
  const { Stacks } = await api.DescribeStacks({ StackName: 'jobs' });
  await api.DeleteStack({ StackName: 'jobs' });
  await settled('jobs');
  expect(await failures(api, Stacks![0]!.StackId!)).toEqual([]);
  expect(await settled('jobs')).toBe('DELETE_COMPLETE');
  expect(world.census()).toEqual(empty);
});
