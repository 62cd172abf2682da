import * as sdk from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { clientOptions, serveGateway } from '../../gateway/testing/serve.ts';
import { testEc2 } from './test-ec2.ts';

test('the official client makes a network, and hears of errors, over the wire', async () => {
  const { handlers } = testEc2('eu-central-1');
  const gateway = await serveGateway({ ec2: { handlers } });
  const client = new sdk.EC2Client(clientOptions(gateway.url));
  const { Vpc } = await client.send(new sdk.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = Vpc?.VpcId ?? '';
  await sdk.waitUntilVpcAvailable({ client, maxWaitTime: 20 }, { VpcIds: [VpcId] });
  const { GroupId } = await client.send(
    new sdk.CreateSecurityGroupCommand({ VpcId, GroupName: 'web', Description: 'x' }),
  );
  const IpPermissions = [
    { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'all' }] },
  ];
  await client.send(new sdk.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  const Filters = [{ Name: 'ip-permission.from-port', Values: ['80'] }];
  const { SecurityGroups } = await client.send(new sdk.DescribeSecurityGroupsCommand({ Filters }));
  expect(
    SecurityGroups?.map(({ GroupName, IpPermissions }) => [GroupName, IpPermissions?.[0]?.IpRanges]),
  ).toEqual([['web', IpPermissions[0]?.IpRanges]]);
  const SubnetIds: string[] = [];
  for (const CidrBlock of ['10.0.0.0/24', '10.0.1.0/24']) {
    const { Subnet } = await client.send(new sdk.CreateSubnetCommand({ VpcId, CidrBlock }));
    SubnetIds.push(Subnet?.SubnetId ?? '');
  }
  const { Subnets } = await client.send(new sdk.DescribeSubnetsCommand({ SubnetIds }));
  expect(Subnets?.map(({ AvailableIpAddressCount }) => AvailableIpAddressCount)).toEqual([251, 251]);
  await expect(client.send(new sdk.DeleteVpcCommand({ VpcId }))).rejects.toMatchObject({
    name: 'DependencyViolation',
    message: `The vpc '${VpcId}' has dependencies and cannot be deleted.`,
    $metadata: { httpStatusCode: 400 },
  });
  await expect(
    client.send(new sdk.CreateVpcCommand({ CidrBlock: '10.0.0.0/16', DryRun: true })),
  ).rejects.toMatchObject({ name: 'DryRunOperation', $metadata: { httpStatusCode: 412 } });
  expect(gateway.logged).toEqual([]);
  client.destroy();
  await gateway.close();
});
