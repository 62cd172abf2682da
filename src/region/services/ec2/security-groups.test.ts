import { expect, test } from 'vitest';
import { refusal, testEc2, twoSubnets } from './test-ec2.ts';

async function group() {
  const ec2 = testEc2();
  const { vpcId } = await twoSubnets(ec2);
  const create = async (GroupName: string) =>
    (await ec2.api.CreateSecurityGroup({ VpcId: vpcId, GroupName, Description: 'x' })).GroupId ?? '';
  return { ...ec2, create, id: await create('web') };
}
const ports = (from: number, to = from) => ({ IpProtocol: 'tcp', FromPort: from, ToPort: to });

test('a new group lets everything out and nothing in', async () => {
  const { api, id } = await group();
  const { SecurityGroups } = await api.DescribeSecurityGroups({ GroupIds: [id] });
  expect(id).toMatch(/^sg-[0-9a-f]{17}$/);
  expect(SecurityGroups?.[0]).toMatchObject({
    IpPermissions: [],
    IpPermissionsEgress: [
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], UserIdGroupPairs: [], PrefixListIds: [] },
    ],
  });
  expect(SecurityGroups?.[0]?.IpPermissionsEgress?.[0]).not.toHaveProperty('FromPort');
});

test('rules of one protocol and range are folded, and each has an id', async () => {
  const { api, id, create } = await group();
  const other = await create('other');
  const made = await api.AuthorizeSecurityGroupIngress({
    GroupId: id,
    IpPermissions: [
      {
        ...ports(80),
        IpRanges: [{ CidrIp: '10.1.2.3/8', Description: 'office' }, { CidrIp: '192.0.2.0/24' }],
        UserIdGroupPairs: [{ GroupId: other }],
        PrefixListIds: [{ PrefixListId: 'pl-63a5400a' }],
      },
      { IpProtocol: '50', FromPort: 1, ToPort: 2, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      { IpProtocol: '1', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    ],
  });
  expect(made.SecurityGroupRules).toHaveLength(6);
  expect(made.SecurityGroupRules?.[0]).toMatchObject({
    SecurityGroupRuleId: expect.stringMatching(/^sgr-[0-9a-f]{17}$/),
    CidrIpv4: '10.0.0.0/8',
    Description: 'office',
    IsEgress: false,
  });
  const { SecurityGroups } = await api.DescribeSecurityGroups({ GroupIds: [id] });
  expect(SecurityGroups?.[0]?.IpPermissions).toMatchObject([
    {
      ...ports(80),
      IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'office' }, { CidrIp: '192.0.2.0/24' }],
      UserIdGroupPairs: [{ GroupId: other, UserId: '123456789012' }],
      PrefixListIds: [{ PrefixListId: 'pl-63a5400a' }],
    },
    { IpProtocol: '50', FromPort: -1, ToPort: -1 },
    { IpProtocol: 'icmp', FromPort: 8, ToPort: -1 },
  ]);
});

test('one duplicate, and none of the rules is added', async () => {
  const { api, id } = await group();
  await api.AuthorizeSecurityGroupIngress({ GroupId: id, ...ports(80), CidrIp: '0.0.0.0/0' });
  const IpRanges = [{ CidrIp: '0.0.0.0/0', Description: 'told apart by nothing' }];
  const call = api.AuthorizeSecurityGroupIngress({
    GroupId: id,
    IpPermissions: [
      { ...ports(81), IpRanges },
      { ...ports(80), IpRanges },
    ],
  });
  expect(await refusal(call)).toMatch(/^InvalidPermission.Duplicate/);
  const { SecurityGroupRules } = await api.DescribeSecurityGroupRules({
    Filters: [{ Name: 'group-id', Values: [id] }],
  });
  expect(SecurityGroupRules?.map(({ FromPort }) => FromPort)).toEqual([-1, 80]);
});

test('sixty rules a direction', async () => {
  const { api, id } = await group();
  const IpPermissions = (count: number, first: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...ports(first + index),
      IpRanges: [{ CidrIp: '0.0.0.0/0' }],
    }));
  await api.AuthorizeSecurityGroupIngress({ GroupId: id, IpPermissions: IpPermissions(60, 1) });
  const call = api.AuthorizeSecurityGroupIngress({ GroupId: id, IpPermissions: IpPermissions(1, 100) });
  expect(await refusal(call)).toMatch(/^RulesPerSecurityGroupLimitExceeded/);
  await api.AuthorizeSecurityGroupEgress({ GroupId: id, IpPermissions: IpPermissions(59, 1) });
});

test('rules are revoked by id or by what they say, all or none', async () => {
  const { api, id, internal } = await group();
  const { SecurityGroupRules } = await api.AuthorizeSecurityGroupIngress({
    GroupId: id,
    IpPermissions: [80, 81, 82].map((port) => ({ ...ports(port), IpRanges: [{ CidrIp: '0.0.0.0/0' }] })),
  });
  const ids = SecurityGroupRules?.map((rule) => rule.SecurityGroupRuleId ?? '') ?? [];
  const left = () =>
    internal
      .topology()
      .securityGroups.find((each) => each.id === id)
      ?.ingress.map((rule) => rule.ports?.from);
  await api.RevokeSecurityGroupIngress({ GroupId: id, SecurityGroupRuleIds: ids.slice(0, 1) });
  expect(left()).toEqual([81, 82]);
  const IpRanges = [{ CidrIp: '0.0.0.0/0' }];
  const call = api.RevokeSecurityGroupIngress({
    GroupId: id,
    IpPermissions: [
      { ...ports(81), IpRanges },
      { ...ports(99), IpRanges },
    ],
  });
  expect(await refusal(call)).toMatch(/^InvalidPermission.NotFound/);
  expect(left()).toEqual([81, 82]);
  await api.RevokeSecurityGroupIngress({ GroupId: id, ...ports(82), CidrIp: '1.2.3.4/0' });
  expect(left()).toEqual([81]);
});

test('a rule keeps its id when it is modified', async () => {
  const { api, id, internal } = await group();
  const { SecurityGroupRules } = await api.AuthorizeSecurityGroupIngress({
    GroupId: id,
    ...ports(80),
    CidrIp: '0.0.0.0/0',
  });
  const SecurityGroupRuleId = SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
  await api.ModifySecurityGroupRules({
    GroupId: id,
    SecurityGroupRules: [
      {
        SecurityGroupRuleId,
        SecurityGroupRule: { ...ports(443), ReferencedGroupId: id, Description: 'own' },
      },
    ],
  });
  expect(internal.topology().securityGroups.find((each) => each.id === id)?.ingress).toEqual([
    {
      id: SecurityGroupRuleId,
      protocol: 'tcp',
      ports: { from: 443, to: 443 },
      peer: { kind: 'group', groupId: id },
      description: 'own',
    },
  ]);
  await api.UpdateSecurityGroupRuleDescriptionsIngress({
    GroupId: id,
    SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId }],
  });
  const { SecurityGroupRules: after } = await api.DescribeSecurityGroupRules({
    SecurityGroupRuleIds: [SecurityGroupRuleId],
  });
  expect(after?.[0]).not.toHaveProperty('Description');
  // A group that names only itself may go.
  await api.DeleteSecurityGroup({ GroupId: id });
});

test('groups that name each other go one after the other’s rule', async () => {
  const { api, id, create } = await group();
  const other = await create('other');
  const naming = (GroupId: string, peer: string) => ({
    GroupId,
    IpPermissions: [{ ...ports(80), UserIdGroupPairs: [{ GroupId: peer }] }],
  });
  await api.AuthorizeSecurityGroupIngress(naming(id, other));
  await api.AuthorizeSecurityGroupEgress(naming(other, id));
  expect(await refusal(api.DeleteSecurityGroup({ GroupId: other }))).toMatch(/^DependencyViolation/);
  await api.RevokeSecurityGroupIngress(naming(id, other));
  await api.DeleteSecurityGroup({ GroupId: other });
  await api.DeleteSecurityGroup({ GroupId: id });
});

test('a rule for an IPv6 range is kept and shown, and lets nothing pass', async () => {
  const { api, id, internal } = await group();
  const ipv6 = { ...ports(80), Ipv6Ranges: [{ CidrIpv6: '2001:DB8::1/32', Description: 'all' }] };
  const { SecurityGroupRules: [rule] = [] } = await api.AuthorizeSecurityGroupIngress({
    GroupId: id,
    IpPermissions: [ipv6],
  });
  expect(rule).toMatchObject({ CidrIpv6: '2001:db8::/32', Description: 'all' });
  expect(rule).not.toHaveProperty('CidrIpv4');
  const { SecurityGroups } = await api.DescribeSecurityGroups({
    Filters: [{ Name: 'ip-permission.ipv6-cidr', Values: ['2001:db8::/32'] }],
  });
  expect(SecurityGroups?.map(({ IpPermissions }) => IpPermissions)).toMatchObject([
    [{ ...ports(80), IpRanges: [], Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32', Description: 'all' }] }],
  ]);
  expect(await refusal(api.AuthorizeSecurityGroupIngress({ GroupId: id, IpPermissions: [ipv6] }))).toMatch(
    /^InvalidPermission.Duplicate/,
  );
  const { securityGroups, notModelled = [] } = internal.topology();
  expect(securityGroups.find((each) => each.id === id)?.ingress).toEqual([]);
  expect(notModelled).toEqual([{ id, what: `rule ${rule?.SecurityGroupRuleId} for 2001:db8::/32 (IPv6)` }]);
  await api.ModifySecurityGroupRules({
    GroupId: id,
    SecurityGroupRules: [
      {
        SecurityGroupRuleId: rule?.SecurityGroupRuleId,
        SecurityGroupRule: { ...ports(81), CidrIpv6: '::/0' },
      },
    ],
  });
  await api.RevokeSecurityGroupIngress({
    GroupId: id,
    IpPermissions: [{ ...ports(81), Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
  });
  const left = await api.DescribeSecurityGroups({ GroupIds: [id] });
  expect(left.SecurityGroups?.[0]?.IpPermissions).toEqual([]);
});
