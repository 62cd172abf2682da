import { expect, test } from 'vitest';
import { testEc2, twoSubnets } from './test-ec2.ts';

async function natted() {
  const ec2 = testEc2();
  const { api, clock } = ec2;
  const { vpcId, subnetA, subnetB } = await twoSubnets(ec2);
  const InternetGatewayId = (await api.CreateInternetGateway({})).InternetGateway?.InternetGatewayId ?? '';
  await api.AttachInternetGateway({ InternetGatewayId, VpcId: vpcId });
  const { AllocationId = '', PublicIp } = await api.AllocateAddress({});
  const make = async (SubnetId: string, allocation: string | undefined = AllocationId) =>
    (await api.CreateNatGateway({ SubnetId, AllocationId: allocation })).NatGateway?.NatGatewayId ?? '';
  const state = async (id: string) => {
    await clock.advance(1);
    return (await api.DescribeNatGateways({ NatGatewayIds: [id] })).NatGateways?.[0];
  };
  return { ...ec2, vpcId, subnetA, subnetB, InternetGatewayId, AllocationId, PublicIp, make, state };
}

test('a NAT gateway is pending until the network has it, then holds an interface and its address', async () => {
  const { api, start, stop, make, state, subnetA, PublicIp, AllocationId } = await natted();
  const id = await make(subnetA);
  expect(id).toMatch(/^nat-[0-9a-f]{17}$/);
  expect(await state(id)).toMatchObject({ State: 'pending' });
  start();
  const available = await state(id);
  expect(available).toMatchObject({
    State: 'available',
    ConnectivityType: 'public',
    NatGatewayAddresses: [{ AllocationId, PublicIp, PrivateIp: '10.0.0.4', IsPrimary: true }],
  });
  const { NetworkInterfaces } = await api.DescribeNetworkInterfaces({});
  expect(NetworkInterfaces).toMatchObject([
    {
      NetworkInterfaceId: available?.NatGatewayAddresses?.[0]?.NetworkInterfaceId,
      Description: `Interface for NAT Gateway ${id}`,
      InterfaceType: 'natGateway',
      RequesterManaged: true,
      SourceDestCheck: false,
      Groups: [],
      Association: { AllocationId, PublicIp },
    },
  ]);
  await stop();
});

test('deleting frees the address, removes the interface and leaves a black hole', async () => {
  const { api, internal, start, stop, make, state, subnetA } = await natted();
  start();
  const id = await make(subnetA);
  const RouteTableId = internal.topology().routeTables[0]?.id ?? '';
  await api.CreateRoute({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: id });
  await state(id);
  await api.DeleteNatGateway({ NatGatewayId: id });
  expect(internal.topology().natGateways).toMatchObject([{ state: 'deleting' }]);
  expect(await state(id)).toMatchObject({ State: 'deleted' });
  expect((await api.DescribeAddresses({})).Addresses?.[0]).not.toHaveProperty('AssociationId');
  const { interfaces, natGateways, routeTables } = internal.topology();
  expect([interfaces, natGateways]).toEqual([[], []]);
  expect(routeTables[0]?.routes[1]).toMatchObject({ state: 'blackhole' });
  await stop();
});

test('a gateway whose address is taken fails, and says why', async () => {
  const { start, stop, make, state, subnetA, subnetB, AllocationId } = await natted();
  start();
  await make(subnetA);
  expect(await state(await make(subnetB))).toMatchObject({
    State: 'failed',
    FailureCode: 'Resource.AlreadyAssociated',
    FailureMessage: `Elastic IP address ${AllocationId} is already associated`,
  });
  await stop();
});

test('a public gateway fails in a VPC without an internet gateway', async () => {
  const { api, start, stop, make, state, subnetA, vpcId, InternetGatewayId } = await natted();
  await api.DetachInternetGateway({ InternetGatewayId, VpcId: vpcId });
  start();
  expect(await state(await make(subnetA))).toMatchObject({
    State: 'failed',
    FailureCode: 'Gateway.NotAttached',
    FailureMessage: `Network ${vpcId} has no Internet gateway attached`,
  });
  await stop();
});
