import type * as sdk from '@aws-sdk/client-efs';
import { randomUUID } from 'node:crypto';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { accessPointAlreadyExists, badRequest, operation } from './errors.ts';
import { newId, type AccessPointRecord, type Efs } from './state.ts';
import { nameOf, putTags, tagList } from './tags.ts';

/** https://docs.aws.amazon.com/efs/latest/ug/API_CreateAccessPoint.html */
export function accessPointHandlers(efs: Efs): Handlers<typeof sdk> {
  return {
    CreateAccessPoint: operation(
      ['ClientToken', 'FileSystemId', 'PosixUser', 'RootDirectory', 'Tags'],
      ({ ClientToken, FileSystemId, PosixUser, RootDirectory = {}, Tags }) => {
        const fileSystem = efs.fileSystem(FileSystemId);
        const clientToken = ClientToken ?? randomUUID();
        const before = [...efs.accessPoints.values()].find((one) => one.clientToken === clientToken);
        if (before) throw accessPointAlreadyExists(before.id, clientToken);
        checkIds(PosixUser, RootDirectory.CreationInfo);
        checkRoot(RootDirectory);
        const id = newId('fsap');
        const record: AccessPointRecord = {
          id,
          arn: efs.arn('access-point', id),
          fileSystemId: fileSystem.id,
          clientToken,
          posixUser: PosixUser,
          rootDirectory: { ...RootDirectory, Path: RootDirectory.Path ?? '/' },
        };
        efs.accessPoints.put(id, record);
        putTags(efs, id, Tags);
        return view(efs, record);
      },
    ),
    /** https://docs.aws.amazon.com/efs/latest/ug/API_DescribeAccessPoints.html */
    DescribeAccessPoints: operation(
      ['MaxResults', 'NextToken', 'AccessPointId', 'FileSystemId'],
      ({ MaxResults = 100, NextToken, AccessPointId, FileSystemId }) => {
        if (AccessPointId !== undefined && FileSystemId !== undefined)
          throw badRequest('You can specify either a file system ID or an access point ID, not both.');
        const wanted = FileSystemId === undefined ? undefined : efs.fileSystem(FileSystemId).id;
        const found =
          AccessPointId === undefined
            ? [...efs.accessPoints.values()].filter(
                ({ fileSystemId }) => wanted === undefined || fileSystemId === wanted,
              )
            : [efs.accessPoint(AccessPointId)];
        const { items, next } = pageAfter(
          found,
          ({ id }) => id,
          MaxResults,
          NextToken,
          () => badRequest('Invalid NextToken'),
        );
        return {
          AccessPoints: items.map((record) => view(efs, record)),
          ...(next === undefined ? {} : { NextToken: next }),
        };
      },
    ),
    DeleteAccessPoint: operation(['AccessPointId'], ({ AccessPointId }) => {
      const { id } = efs.accessPoint(AccessPointId);
      efs.accessPoints.delete(id);
      efs.tags.delete(id);
      return {};
    }),
  };
}

/** https://docs.aws.amazon.com/efs/latest/ug/API_PosixUser.html */
function checkIds(user: sdk.PosixUser | undefined, made: sdk.CreationInfo | undefined): void {
  const ids = [
    ...(user ? [user.Uid, user.Gid, ...(user.SecondaryGids ?? [])] : []),
    ...(made ? [made.OwnerUid, made.OwnerGid] : []),
  ];
  const wrong = ids.find((id) => !(Number.isInteger(id) && id! >= 0 && id! <= 4_294_967_295));
  if (wrong !== undefined) throw badRequest(`Invalid user or group ID ${wrong}: 0 to 4294967295.`);
}

/** At most four folders deep; one that must be made needs to know for whom. https://docs.aws.amazon.com/efs/latest/ug/API_RootDirectory.html */
function checkRoot({ Path = '/', CreationInfo }: sdk.RootDirectory): void {
  const parts = Path.split('/').slice(1);
  if (!Path.startsWith('/') || Path.length > 100 || parts.includes('..') || parts.length > 4)
    throw badRequest(`Invalid root directory path ${Path}: an absolute path of at most four folders.`);
  if (CreationInfo && !/^[0-7]{3,4}$/.test(CreationInfo.Permissions ?? ''))
    throw badRequest(`Invalid permissions ${CreationInfo.Permissions}: three or four octal digits.`);
}

/** https://docs.aws.amazon.com/efs/latest/ug/API_AccessPointDescription.html */
function view(efs: Efs, record: AccessPointRecord): sdk.AccessPointDescription {
  return {
    ClientToken: record.clientToken,
    ...nameOf(efs, record.id),
    Tags: tagList(efs, record.id),
    AccessPointId: record.id,
    AccessPointArn: record.arn,
    FileSystemId: record.fileSystemId,
    ...(record.posixUser ? { PosixUser: record.posixUser } : {}),
    RootDirectory: record.rootDirectory,
    OwnerId: efs.region.identity.accountId,
    LifeCycleState: 'available',
  };
}
