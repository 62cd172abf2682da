import fc from 'fast-check';
import { expect, test } from 'vitest';
import { refusal, testEc2, twoSubnets } from './test-ec2.ts';

const requester = { groupIds: [], description: 'arn:aws:ecs:…:attachment/1', requester: 'ecs' } as const;

test('an interface of a task appears as on AWS', async () => {
  const { api, internal } = testEc2();
  const { vpcId, subnetA } = await twoSubnets({ api });
  const { GroupId = '' } = await api.CreateSecurityGroup({
    VpcId: vpcId,
    GroupName: 'web',
    Description: 'x',
  });
  const made = internal.createRequesterInterface({
    ...requester,
    subnetId: subnetA,
    groupIds: [GroupId],
    assignPublicIp: true,
  });
  expect(made).toEqual({
    id: expect.stringMatching(/^eni-[0-9a-f]{17}$/),
    privateAddress: '10.0.0.4',
    publicAddress: '198.51.100.4',
    macAddress: expect.stringMatching(/^02(:[0-9a-f]{2}){5}$/),
  });
  const Filters = [{ Name: 'group-name', Values: ['web'] }];
  expect((await api.DescribeNetworkInterfaces({ Filters })).NetworkInterfaces).toMatchObject([
    {
      NetworkInterfaceId: made.id,
      VpcId: vpcId,
      AvailabilityZone: 'us-east-1a',
      PrivateDnsName: 'ip-10-0-0-4.ec2.internal',
      Association: {
        IpOwnerId: 'amazon',
        PublicIp: '198.51.100.4',
        PublicDnsName: 'ec2-198-51-100-4.compute-1.amazonaws.com',
      },
      Groups: [{ GroupId, GroupName: 'web' }],
      RequesterManaged: true,
      Status: 'in-use',
      Attachment: { Status: 'attached' },
      SourceDestCheck: true,
    },
  ]);
  internal.deleteRequesterInterface(made.id);
  expect((await api.DescribeNetworkInterfaces({ Filters })).NetworkInterfaces).toEqual([]);
});

test('a customer’s own interface has the default group, and can be changed', async () => {
  const { api, internal } = testEc2();
  const { vpcId, subnetA } = await twoSubnets({ api });
  const { NetworkInterface } = await api.CreateNetworkInterface({
    SubnetId: subnetA,
    PrivateIpAddress: '10.0.0.9',
  });
  expect(NetworkInterface).toMatchObject({ Groups: [{ GroupName: 'default' }], RequesterManaged: false });
  const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? '';
  const { GroupId = '' } = await api.CreateSecurityGroup({
    VpcId: vpcId,
    GroupName: 'nat',
    Description: 'x',
  });
  await api.ModifyNetworkInterfaceAttribute({ NetworkInterfaceId, Groups: [GroupId] });
  await api.ModifyNetworkInterfaceAttribute({ NetworkInterfaceId, SourceDestCheck: { Value: false } });
  expect(internal.topology().interfaces).toMatchObject([
    { privateAddress: '10.0.0.9', groupIds: [GroupId], sourceDestCheck: false },
  ]);
  expect(
    await api.DescribeNetworkInterfaceAttribute({ NetworkInterfaceId, Attribute: 'sourceDestCheck' }),
  ).toEqual({ NetworkInterfaceId, SourceDestCheck: { Value: false } });
});

test('an Elastic IP moves only when it may, and outlives its interface', async () => {
  const { api, internal } = testEc2();
  const { vpcId, subnetA } = await twoSubnets({ api });
  const eni = async () =>
    (await api.CreateNetworkInterface({ SubnetId: subnetA })).NetworkInterface?.NetworkInterfaceId ?? '';
  const [one, other] = [await eni(), await eni()];
  const { AllocationId, PublicIp } = await api.AllocateAddress({ Domain: 'vpc' });
  expect(AllocationId).toMatch(/^eipalloc-[0-9a-f]{17}$/);
  const to = (NetworkInterfaceId: string, AllowReassociation = false) =>
    api.AssociateAddress({ AllocationId, NetworkInterfaceId, AllowReassociation });
  expect(await refusal(to(one))).toBe(
    `Gateway.NotAttached: Network ${vpcId} is not attached to any internet gateway`,
  );
  const igw = (await api.CreateInternetGateway({})).InternetGateway?.InternetGatewayId ?? '';
  await api.AttachInternetGateway({ InternetGatewayId: igw, VpcId: vpcId });
  const { AssociationId } = await to(one);
  expect(await to(one)).toEqual({ AssociationId });
  expect(await refusal(to(other))).toMatch(/^Resource.AlreadyAssociated/);
  await to(other, true);
  const addresses = () => internal.topology().interfaces.map((each) => each.publicAddress);
  expect(addresses()).toEqual([undefined, PublicIp]);
  await api.DeleteNetworkInterface({ NetworkInterfaceId: other });
  expect((await api.DescribeAddresses({})).Addresses).toMatchObject([{ PublicIp, Domain: 'vpc' }]);
  expect((await api.DescribeAddresses({})).Addresses?.[0]).not.toHaveProperty('AssociationId');
  await api.ReleaseAddress({ AllocationId });
  expect(await refusal(api.ReleaseAddress({ AllocationId }))).toMatch(/^InvalidAllocationID.NotFound/);
});

test('a freed address rests a minute while others are free', async () => {
  const { api, internal, clock } = testEc2();
  const { vpcId } = await twoSubnets({ api });
  const { Subnet } = await api.CreateSubnet({ VpcId: vpcId, CidrBlock: '10.0.9.0/28' });
  const make = () => internal.createRequesterInterface({ ...requester, subnetId: Subnet?.SubnetId ?? '' });
  const first = make();
  expect(first.privateAddress).toBe('10.0.9.4');
  internal.deleteRequesterInterface(first.id);
  expect(make().privateAddress).toBe('10.0.9.5');
  await clock.advance(59_999);
  expect(make().privateAddress).toBe('10.0.9.6');
  await clock.advance(1);
  const again = make();
  expect(again.privateAddress).toBe('10.0.9.4');
  const rest = Array.from({ length: 8 }, make);
  internal.deleteRequesterInterface(rest[3]!.id);
  internal.deleteRequesterInterface(again.id);
  // Nothing else is left: what has rested longest goes first.
  expect([make(), make()].map(({ privateAddress }) => privateAddress)).toEqual([
    rest[3]?.privateAddress,
    again.privateAddress,
  ]);
});

test('no two interfaces of a region have one address, whatever comes and goes', async () => {
  const command = fc.record({
    make: fc.boolean(),
    pick: fc.nat(),
    publicly: fc.boolean(),
    wait: fc.constantFrom(0, 100, 70_000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
      let ec2 = testEc2();
      const { vpcId } = await twoSubnets(ec2);
      const { Subnet } = await ec2.api.CreateSubnet({ VpcId: vpcId, CidrBlock: '10.0.9.0/28' });
      const live = new Map<string, string[]>();
      for (const [step, { make, pick, publicly, wait }] of commands.entries()) {
        await ec2.clock.advance(wait);
        // The region may be started anew at any time.
        if (step % 13 === 12) ec2 = testEc2('us-east-1', ec2.store, ec2.clock);
        const id = [...live.keys()][pick % Math.max(1, live.size)];
        if (make && live.size < 11) {
          const subnetId = Subnet?.SubnetId ?? '';
          const eni = ec2.internal.createRequesterInterface({
            ...requester,
            subnetId,
            assignPublicIp: publicly,
          });
          live.set(eni.id, [eni.privateAddress, ...(eni.publicAddress ? [eni.publicAddress] : [])]);
        } else if (id) {
          ec2.internal.deleteRequesterInterface(id);
          live.delete(id);
        }
        const all = [...live.values()].flat();
        expect(new Set(all).size).toBe(all.length);
        const { interfaces } = ec2.internal.topology();
        expect(interfaces.map((each) => each.id).sort()).toEqual([...live.keys()].sort());
      }
    }),
    { numRuns: 30 },
  );
});

test('five groups an interface', async () => {
  const { api, internal } = testEc2();
  const { vpcId, subnetA } = await twoSubnets({ api });
  const groupIds: string[] = [];
  for (const GroupName of ['a', 'b', 'c', 'd', 'e', 'f'])
    groupIds.push(
      (await api.CreateSecurityGroup({ VpcId: vpcId, GroupName, Description: 'x' })).GroupId ?? '',
    );
  const make = (ids: string[]) =>
    internal.createRequesterInterface({ ...requester, subnetId: subnetA, groupIds: ids });
  expect(() => make(groupIds)).toThrow(
    'The maximum number of security groups per interface has been reached.',
  );
  expect(make(groupIds.slice(1)).privateAddress).toBe('10.0.0.4');
});
