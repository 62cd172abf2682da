import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  DeleteFileSystemCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  EFSClient,
  FileSystemNotFound,
} from '@aws-sdk/client-efs';
import { manualClock } from '../../../common/clock.ts';
import { createApis } from '../../gateway/apis.ts';
import { clientOptions, serveGateway } from '../../gateway/testing/serve.ts';
import type { Region } from '../../region.ts';
import { openStore } from '../../store/store.ts';
import { createEc2 } from '../ec2/index.ts';
import { createEfs } from './index.ts';

function testRegion() {
  const removed: string[] = [];
  const services: { ec2?: ReturnType<typeof createEc2>; efs?: ReturnType<typeof createEfs> } = {};
  const identity = {
    accountId: '123456789012',
    region: 'us-east-1',
    partition: 'aws',
    urlSuffix: 'amazonaws.com',
    stateDirectory: '',
  } as const;
  const region = {
    identity,
    clock: manualClock(),
    store: openStore(),
    log: () => {},
    plane: { runtime: { removeVolume: async (name: string) => void removed.push(name) } },
    get internal() {
      return { ec2: services.ec2!.internal, efs: services.efs!.internal };
    },
  } as unknown as Region;
  services.ec2 = createEc2(region);
  services.efs = createEfs(region);
  const handlers = { ec2: services.ec2.handlers, efs: services.efs.handlers };
  return { ...createApis(handlers, identity), handlers, removed, internal: region.internal };
}

async function network({ ec2 }: ReturnType<typeof testRegion>) {
  const { Vpc } = await ec2.CreateVpc({ CidrBlock: '10.0.0.0/16' });
  const subnet = async (cidr: string, zone: string) =>
    (await ec2.CreateSubnet({ VpcId: Vpc!.VpcId, CidrBlock: cidr, AvailabilityZone: zone })).Subnet!
      .SubnetId!;
  const { GroupId } = await ec2.CreateSecurityGroup({
    GroupName: 'nfs',
    Description: 'd',
    VpcId: Vpc!.VpcId,
  });
  return {
    a: await subnet('10.0.0.0/24', 'us-east-1a'),
    b: await subnet('10.0.1.0/24', 'us-east-1b'),
    group: GroupId!,
  };
}

test('a file system has one mount target a zone, each an interface with groups of its own', async () => {
  const region = testRegion();
  const { efs, ec2 } = region;
  const { a, b, group } = await network(region);
  const { FileSystemId } = await efs.CreateFileSystem({
    CreationToken: 't',
    Tags: [{ Key: 'Name', Value: 'data' }],
  });
  const target = await efs.CreateMountTarget({ FileSystemId, SubnetId: a, SecurityGroups: [group] });
  await efs.CreateMountTarget({ FileSystemId, SubnetId: b, IpAddress: '10.0.1.77' });
  const { NetworkInterfaces = [] } = await ec2.DescribeNetworkInterfaces({});
  expect(NetworkInterfaces).toMatchObject([
    {
      NetworkInterfaceId: target.NetworkInterfaceId,
      PrivateIpAddress: target.IpAddress,
      Groups: [{ GroupId: group }],
      Description: `EFS mount target for ${FileSystemId} (${target.MountTargetId})`,
      RequesterManaged: true,
    },
    { PrivateIpAddress: '10.0.1.77', Groups: [{ GroupName: 'default' }] },
  ]);
  await expect(efs.CreateMountTarget({ FileSystemId, SubnetId: a })).rejects.toMatchObject({
    code: 'MountTargetConflict',
  });
  await efs.ModifyMountTargetSecurityGroups({ MountTargetId: target.MountTargetId, SecurityGroups: [] });
  expect((await efs.DescribeFileSystems({ CreationToken: 't' })).FileSystems).toMatchObject([
    { FileSystemId, Name: 'data', NumberOfMountTargets: 2, LifeCycleState: 'available' },
  ]);
});

test('it goes only without mount targets, and its data with it', async () => {
  const region = testRegion();
  const { efs, ec2, removed } = region;
  const { a } = await network(region);
  const { FileSystemId } = await efs.CreateFileSystem({});
  const { MountTargetId } = await efs.CreateMountTarget({ FileSystemId, SubnetId: a });
  await efs.CreateAccessPoint({ FileSystemId });
  await expect(efs.DeleteFileSystem({ FileSystemId })).rejects.toMatchObject({ code: 'FileSystemInUse' });
  await efs.DeleteMountTarget({ MountTargetId });
  expect((await ec2.DescribeNetworkInterfaces({})).NetworkInterfaces).toEqual([]);
  await efs.DeleteFileSystem({ FileSystemId });
  expect(removed).toEqual([region.internal.efs.volume(FileSystemId!)]);
  expect((await efs.DescribeAccessPoints({})).AccessPoints).toEqual([]);
});

test.each([
  ['CreateFileSystem', { CreationToken: 'same' }, 'FileSystemAlreadyExists'],
  ['CreateFileSystem', { KmsKeyId: 'k' }, 'BadRequest'],
  ['CreateFileSystem', { ThroughputMode: 'provisioned' }, 'BadRequest'],
  ['CreateMountTarget', { FileSystemId: 'fs-1', SubnetId: 's' }, 'FileSystemNotFound'],
  ['CreateAccessPoint', { FileSystemId: 'FS', RootDirectory: { Path: '/a/../b' } }, 'BadRequest'],
  ['CreateAccessPoint', { FileSystemId: 'FS', PosixUser: { Uid: Number.NaN, Gid: 1 } }, 'BadRequest'],
  ['DescribeMountTargets', {}, 'BadRequest'],
  ['DescribeFileSystemPolicy', { FileSystemId: 'FS' }, 'PolicyNotFound'],
] as const)('%s refuses %o', async (operation, input, code) => {
  const { efs } = testRegion();
  const { FileSystemId } = await efs.CreateFileSystem({ CreationToken: 'same' });
  const given = Object.fromEntries(
    Object.entries(input).map(([key, value]) => [key, value === 'FS' ? FileSystemId : value]),
  );
  await expect((efs[operation] as (input: object) => Promise<unknown>)(given)).rejects.toMatchObject({
    code,
  });
});

test('policies, backups and life cycles are answered as they were put', async () => {
  const { efs } = testRegion();
  const { FileSystemId } = await efs.CreateFileSystem({ Backup: true });
  expect(await efs.DescribeBackupPolicy({ FileSystemId })).toEqual({ BackupPolicy: { Status: 'ENABLED' } });
  await efs.PutLifecycleConfiguration({
    FileSystemId,
    LifecyclePolicies: [{ TransitionToIA: 'AFTER_30_DAYS' }],
  });
  expect(await efs.DescribeLifecycleConfiguration({ FileSystemId })).toEqual({
    LifecyclePolicies: [{ TransitionToIA: 'AFTER_30_DAYS' }],
  });
  await efs.PutFileSystemPolicy({ FileSystemId, Policy: '{}' });
  expect(await efs.DescribeFileSystemPolicy({ FileSystemId })).toEqual({ FileSystemId, Policy: '{}' });
});

describe('by the wire', () => {
  let served: Awaited<ReturnType<typeof serveGateway>>;
  let client: EFSClient;
  beforeEach(async () => {
    served = await serveGateway({ efs: { handlers: testRegion().handlers.efs } });
    client = new EFSClient(clientOptions(served.url));
  });
  afterEach(() => served.close());

  test('paths, bodies, queries and errors are those of REST with JSON', async () => {
    const { FileSystemId, CreationTime } = await client.send(
      new CreateFileSystemCommand({ CreationToken: 'x', Encrypted: true }),
    );
    expect(CreationTime).toBeInstanceOf(Date);
    const point = await client.send(
      new CreateAccessPointCommand({
        FileSystemId,
        RootDirectory: { Path: '/a', CreationInfo: { OwnerUid: 1, OwnerGid: 2, Permissions: '0750' } },
      }),
    );
    expect(point.RootDirectory?.CreationInfo).toEqual({ OwnerUid: 1, OwnerGid: 2, Permissions: '0750' });
    const { FileSystems } = await client.send(new DescribeFileSystemsCommand({ FileSystemId, MaxItems: 5 }));
    expect(FileSystems).toMatchObject([{ FileSystemId, Encrypted: true }]);
    await client.send(new DeleteFileSystemCommand({ FileSystemId }));
    const failing = client.send(new DescribeMountTargetsCommand({ FileSystemId }));
    await expect(failing).rejects.toBeInstanceOf(FileSystemNotFound);
    await expect(failing).rejects.toMatchObject({
      ErrorCode: 'FileSystemNotFound',
      $metadata: { httpStatusCode: 404 },
    });
  });
});
