import { beforeEach, expect, test } from 'vitest';
import { testRegion, type TestRegion } from './test-region.ts';
import { refusal, testResources } from './test-resources.ts';

let api: TestRegion['api'];
let loadBalancer: ReturnType<typeof testResources>['loadBalancer'];
beforeEach(() => {
  ({ api } = testRegion());
  ({ loadBalancer } = testResources({ api }));
});

test('tags are added, replaced, removed and gone with their resource', async () => {
  const { LoadBalancerArn = '' } = await loadBalancer('web', { Tags: [{ Key: 'a', Value: '1' }] });
  const ResourceArns = [LoadBalancerArn];
  await api.AddTags({ ResourceArns, Tags: [{ Key: 'a', Value: '2' }, { Key: 'b' }] });
  await api.RemoveTags({ ResourceArns, TagKeys: ['b'] });
  expect((await api.DescribeTags({ ResourceArns })).TagDescriptions?.[0]?.Tags).toEqual([
    { Key: 'a', Value: '2' },
  ]);
  expect(await refusal(api.AddTags({ ResourceArns, Tags: [{ Key: 'aws:x' }] }))).toMatch(/^ValidationError/);
  await api.DeleteLoadBalancer({ LoadBalancerArn });
  expect(await refusal(api.DescribeTags({ ResourceArns }))).toMatch(/^LoadBalancerNotFound/);
});
