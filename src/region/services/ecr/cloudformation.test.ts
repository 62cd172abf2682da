import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../common/clock.ts';
import { testRegion, type TestRegion } from '../../gateway/testing/region.ts';
import type { Region } from '../../region.ts';
import { createCloudFormation } from '../cloudformation/index.ts';
import { createEcr } from './index.ts';
import { memoryRepositories } from './testing/repositories.ts';

let harness: TestRegion;
let stop: (() => void | Promise<void>) | undefined;
beforeEach(async () => {
  harness = testRegion();
  const { identity, store, api, log } = harness;
  const region = { identity, store, api, log, clock: systemClock } as Region;
  const repositories = memoryRepositories(Date.now);
  harness.handlers.ecr = createEcr(region, { repositories: () => repositories }).handlers;
  const cloudformation = createCloudFormation(region);
  harness.handlers.cloudformation = cloudformation.handlers;
  await cloudformation.start?.();
  stop = () => cloudformation.stop?.();
});
afterEach(async () => {
  await stop?.();
  harness.remove();
});

const template = (properties: object) =>
  JSON.stringify({
    Resources: { Images: { Type: 'AWS::ECR::Repository', Properties: properties } },
    Outputs: {
      Uri: { Value: { 'Fn::GetAtt': ['Images', 'RepositoryUri'] } },
      Name: { Value: { Ref: 'Images' } },
    },
  });

async function settled(StackName = 'app') {
  for (;;) {
    const { Stacks } = await harness.api.cloudformation.DescribeStacks({ StackName });
    const stack = Stacks?.[0];
    if (!stack?.StackStatus?.endsWith('IN_PROGRESS')) return stack;
    await new Promise((resolve) => void setTimeout(resolve, 5));
  }
}

test('a stack makes a repository, changes it, and deletes it', async () => {
  const { cloudformation, ecr } = harness.api;
  await cloudformation.CreateStack({
    StackName: 'app',
    TemplateBody: template({ RepositoryPolicyText: { Statement: [] }, EmptyOnDelete: true }),
  });
  const made = await settled();
  expect(made?.StackStatus, made?.StackStatusReason).toBe('CREATE_COMPLETE');
  const outputs = Object.fromEntries(
    (made?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
  );
  const repositoryName = outputs['Name'];
  expect(repositoryName).toMatch(/^app-images-/);
  expect(outputs['Uri']).toBe(`123456789012.dkr.ecr.eu-central-1.amazonaws.com/${repositoryName}`);
  expect((await ecr.GetRepositoryPolicy({ repositoryName })).policyText).toBe('{"Statement":[]}');
  await cloudformation.UpdateStack({
    StackName: 'app',
    TemplateBody: template({
      EmptyOnDelete: true,
      ImageTagMutability: 'IMMUTABLE',
      ImageScanningConfiguration: { ScanOnPush: true },
      Tags: [{ Key: 'a', Value: 'b' }],
    }),
  });
  const updated = await settled();
  expect(updated?.StackStatus, updated?.StackStatusReason).toBe('UPDATE_COMPLETE');
  const { repositories } = await ecr.DescribeRepositories({});
  expect(repositories).toMatchObject([
    { imageTagMutability: 'IMMUTABLE', imageScanningConfiguration: { scanOnPush: true } },
  ]);
  const { tags } = await ecr.ListTagsForResource({ resourceArn: repositories?.[0]?.repositoryArn });
  expect(tags).toContainEqual({ Key: 'a', Value: 'b' });
  await expect(ecr.GetRepositoryPolicy({ repositoryName })).rejects.toMatchObject({
    code: 'RepositoryPolicyNotFoundException',
  });
  await cloudformation.DeleteStack({ StackName: 'app' });
  const { Stacks = [] } = await cloudformation.DescribeStacks({ StackName: made?.StackId });
  expect(Stacks).toHaveLength(1);
  await settled(made?.StackId);
  expect((await ecr.DescribeRepositories({})).repositories).toEqual([]);
});
