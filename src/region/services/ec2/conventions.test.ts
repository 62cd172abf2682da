import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filterBy } from './filters.ts';
import { refusal, testEc2, twoSubnets } from './test-ec2.ts';

interface Item {
  readonly color: string;
  readonly Tags: { readonly Key: string; readonly Value: string }[];
}
const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '.', '(', '*', '?', '\\') });
const item = fc.record({
  color: letters,
  Tags: fc.array(fc.record({ Key: letters, Value: letters }), { maxLength: 3 }),
});
const names = { color: (each: Item) => each.color };
const literally = (text: string) => text.replaceAll(/[*?\\]/g, String.raw`\$&`);

test('an escaped value matches itself alone', () => {
  fc.assert(
    fc.property(item, letters, (each, value) => {
      const keep = filterBy(names, [{ Name: 'color', Values: [literally(value)] }]);
      expect(keep(each)).toBe(each.color === value);
    }),
  );
});

test('values are alternatives, filters all hold', () => {
  fc.assert(
    fc.property(item, letters, letters, letters, (each, one, other, key) => {
      const color = { Name: 'color', Values: [one, other] };
      const tag = { Name: 'tag-key', Values: [key] };
      const holds = (filter: typeof color) => filterBy(names, [filter])(each);
      const alone = [one, other].some((value) => holds({ Name: 'color', Values: [value] }));
      expect(holds(color)).toBe(alone);
      expect(filterBy(names, [color, tag])(each)).toBe(holds(color) && holds(tag));
    }),
  );
});

test.each([
  ['db-*', 'db-', true],
  ['db-*', 'xdb-1', false],
  ['db-?', 'db-1', true],
  ['db-?', 'db-', false],
  ['d.-1', 'db-1', false],
  ['DB-1', 'db-1', false],
  [String.raw`db-\*`, 'db-*', true],
  [String.raw`db-\*`, 'db-1', false],
])('filter value %s on %s: %s', (value, color, kept) => {
  expect(filterBy(names, [{ Name: 'color', Values: [value] }])({ color, Tags: [] })).toBe(kept);
});

test('pages follow each other without gap or repetition', async () => {
  const { api } = testEc2();
  const { vpcId } = await twoSubnets({ api });
  for (let number = 2; number < 14; number += 1)
    await api.CreateSubnet({ VpcId: vpcId, CidrBlock: `10.0.${number}.0/24` });
  const blocks: (string | undefined)[] = [];
  const sizes: number[] = [];
  let NextToken: string | undefined;
  do {
    const page = await api.DescribeSubnets({ MaxResults: 5, NextToken });
    blocks.push(...(page.Subnets ?? []).map(({ CidrBlock }) => CidrBlock));
    sizes.push(page.Subnets?.length ?? 0);
    ({ NextToken } = page);
  } while (NextToken);
  expect(sizes).toEqual([5, 5, 4]);
  expect(blocks).toEqual(Array.from({ length: 14 }, (_, number) => `10.0.${number}.0/24`));
});

test('tags are made, found, replaced and removed', async () => {
  const { api } = testEc2();
  const { vpcId, subnetA, subnetB } = await twoSubnets({ api });
  await api.CreateTags({
    Resources: [vpcId, subnetA],
    Tags: [
      { Key: 'Name', Value: 'one' },
      { Key: 'team', Value: 'a' },
    ],
  });
  await api.CreateTags({ Resources: [subnetB], Tags: [{ Key: 'Name', Value: 'two' }] });
  const named = async (Name: string, value: string) =>
    (await api.DescribeSubnets({ Filters: [{ Name, Values: [value] }] })).Subnets?.map(
      ({ SubnetId }) => SubnetId,
    );
  expect(await named('tag:Name', 'one')).toEqual([subnetA]);
  expect(await named('tag-key', 'Name')).toEqual([subnetA, subnetB]);
  expect(await named('tag:team', '*')).toEqual([subnetA]);
  const Filters = [
    { Name: 'resource-type', Values: ['subnet'] },
    { Name: 'tag:Name', Values: ['o*'] },
  ];
  expect((await api.DescribeTags({ Filters })).Tags).toEqual([
    { Key: 'Name', Value: 'one', ResourceId: subnetA, ResourceType: 'subnet' },
  ]);
  await api.CreateTags({ Resources: [subnetA], Tags: [{ Key: 'Name', Value: 'three' }] });
  await api.DeleteTags({ Resources: [subnetA], Tags: [{ Key: 'Name', Value: 'one' }] });
  expect(await named('tag:Name', 'three')).toEqual([subnetA]);
  await api.DeleteTags({ Resources: [subnetA], Tags: [{ Key: 'Name' }] });
  expect((await api.DescribeSubnets({ SubnetIds: [subnetA] })).Subnets?.[0]?.Tags).toEqual([
    { Key: 'team', Value: 'a' },
  ]);
  const tooMany = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
  expect(await refusal(api.CreateTags({ Resources: [vpcId], Tags: tooMany }))).toMatch(/^TagLimitExceeded/);
  expect(await refusal(api.CreateTags({ Resources: ['i-1'], Tags: [{ Key: 'a', Value: '' }] }))).toBe(
    "InvalidID: The ID 'i-1' is not valid",
  );
});

test('one token makes one resource, after a restart too', async () => {
  const first = testEc2();
  const { vpcId } = await twoSubnets(first);
  const made = await first.api.CreateRouteTable({ VpcId: vpcId, ClientToken: 't' });
  const { api } = testEc2('us-east-1', first.store, first.clock);
  expect(await api.CreateRouteTable({ ClientToken: 't', VpcId: vpcId })).toEqual(made);
  expect((await api.DescribeRouteTables({})).RouteTables).toHaveLength(2);
  const TagSpecifications = [{ ResourceType: 'route-table' as const, Tags: [{ Key: 'a', Value: 'b' }] }];
  expect(await refusal(api.CreateRouteTable({ VpcId: vpcId, ClientToken: 't', TagSpecifications }))).toMatch(
    /^IdempotentParameterMismatch/,
  );
  expect(await api.CreateNetworkAcl({ VpcId: vpcId, ClientToken: 't' })).toHaveProperty('NetworkAcl');
});

test('zones, regions and prefix lists are those of the region', async () => {
  const { api } = testEc2('eu-central-1');
  const { AvailabilityZones } = await api.DescribeAvailabilityZones({});
  expect(AvailabilityZones?.map(({ ZoneName, ZoneId }) => [ZoneName, ZoneId])).toEqual([
    ['eu-central-1a', 'euc1-az1'],
    ['eu-central-1b', 'euc1-az2'],
    ['eu-central-1c', 'euc1-az3'],
  ]);
  expect((await api.DescribeRegions({ RegionNames: ['eu-central-1'] })).Regions).toHaveLength(1);
  const lists = await api.DescribeManagedPrefixLists({
    Filters: [{ Name: 'prefix-list-name', Values: ['com.amazonaws.eu-central-1.s3'] }],
  });
  const PrefixListId = lists.PrefixLists?.[0]?.PrefixListId;
  expect(PrefixListId).toMatch(/^pl-[0-9a-f]{8}$/);
  const { Entries } = await api.GetManagedPrefixListEntries({ PrefixListId });
  const { PrefixLists } = await api.DescribePrefixLists({ PrefixListIds: [PrefixListId ?? ''] });
  expect(PrefixLists?.[0]?.Cidrs).toEqual(Entries?.map(({ Cidr }) => Cidr));
  const { AccountAttributes } = await api.DescribeAccountAttributes({ AttributeNames: ['default-vpc'] });
  expect(AccountAttributes?.[0]?.AttributeValues).toEqual([{ AttributeValue: 'none' }]);
});
