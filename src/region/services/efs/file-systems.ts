import type * as sdk from '@aws-sdk/client-efs';
import { randomUUID } from 'node:crypto';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { alreadyExists, badRequest, inUse, operation } from './errors.ts';
import { newId, VOLUME_TAG, volumeOf, type Efs, type FileSystemRecord } from './state.ts';
import { nameOf, putTags, tagList } from './tags.ts';

/** https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html */
export function fileSystemHandlers(efs: Efs): Handlers<typeof sdk> {
  return {
    CreateFileSystem: operation(
      [
        'CreationToken',
        'PerformanceMode',
        'Encrypted',
        'ThroughputMode',
        'ProvisionedThroughputInMibps',
        'Backup',
        'Tags',
      ],
      (input) => {
        const creationToken = input.CreationToken ?? randomUUID();
        const before = [...efs.fileSystems.values()].find((one) => one.creationToken === creationToken);
        if (before) throw alreadyExists(before.id, creationToken);
        const throughput = checkThroughput(input.ThroughputMode, input.ProvisionedThroughputInMibps);
        const id = newId('fs');
        const record: FileSystemRecord = {
          id,
          arn: efs.arn('file-system', id),
          creationToken,
          performanceMode: input.PerformanceMode ?? 'generalPurpose',
          ...throughput,
          encrypted: input.Encrypted ?? false,
          backup: input.Backup ?? false,
          lifecycle: [],
          protection: 'ENABLED',
          createdAt: efs.now(),
        };
        efs.fileSystems.put(id, record);
        putTags(efs, id, input.Tags);
        return view(efs, record);
      },
    ),
    DescribeFileSystems: operation(
      ['MaxItems', 'Marker', 'CreationToken', 'FileSystemId'],
      ({ MaxItems = 100, Marker, CreationToken, FileSystemId }) => {
        const wanted =
          FileSystemId === undefined ? [...efs.fileSystems.values()] : [efs.fileSystem(FileSystemId)];
        const matching = wanted.filter(
          ({ creationToken }) => CreationToken === undefined || creationToken === CreationToken,
        );
        const { items, next } = pageAfter(
          matching,
          ({ id }) => id,
          MaxItems,
          Marker,
          () => badRequest('Invalid Marker'),
        );
        return {
          FileSystems: items.map((record) => view(efs, record)),
          ...(Marker === undefined ? {} : { Marker }),
          ...(next === undefined ? {} : { NextMarker: next }),
        };
      },
    ),
    /** https://docs.aws.amazon.com/efs/latest/ug/API_UpdateFileSystem.html */
    UpdateFileSystem: operation(
      ['FileSystemId', 'ThroughputMode', 'ProvisionedThroughputInMibps'],
      ({ FileSystemId, ThroughputMode, ProvisionedThroughputInMibps }) => {
        const { id, throughputMode } = efs.fileSystem(FileSystemId);
        const throughput = checkThroughput(ThroughputMode ?? throughputMode, ProvisionedThroughputInMibps);
        return view(efs, efs.fileSystems.patch(id, throughput));
      },
    ),
    UpdateFileSystemProtection: operation(
      ['FileSystemId', 'ReplicationOverwriteProtection'],
      ({ FileSystemId, ReplicationOverwriteProtection: protection }) => {
        const { id } = efs.fileSystem(FileSystemId);
        if (protection) efs.fileSystems.patch(id, { protection });
        return { ReplicationOverwriteProtection: protection };
      },
    ),
    /** Not while it has mount targets; its data goes with it. https://docs.aws.amazon.com/efs/latest/ug/API_DeleteFileSystem.html */
    DeleteFileSystem: operation(['FileSystemId'], async ({ FileSystemId }) => {
      const { id } = efs.fileSystem(FileSystemId);
      if (efs.targetsOf(id).length > 0) throw inUse(id, 'mount targets');
      if (efs.tags.get(id)?.[VOLUME_TAG] === undefined)
        await efs.region.plane.runtime.removeVolume?.(volumeOf(efs, id));
      for (const point of efs.accessPoints.values())
        if (point.fileSystemId === id) {
          efs.accessPoints.delete(point.id);
          efs.tags.delete(point.id);
        }
      efs.fileSystems.delete(id);
      efs.tags.delete(id);
      return {};
    }),
  };
}

function checkThroughput(
  mode: sdk.ThroughputMode = 'bursting',
  provisioned: number | undefined,
): Pick<FileSystemRecord, 'throughputMode' | 'provisionedThroughput'> {
  if (mode === 'provisioned' && provisioned === undefined)
    throw badRequest('ProvisionedThroughputInMibps must be specified when ThroughputMode is provisioned.');
  if (mode !== 'provisioned' && provisioned !== undefined)
    throw badRequest(`ProvisionedThroughputInMibps cannot be specified when ThroughputMode is ${mode}.`);
  return { throughputMode: mode, provisionedThroughput: provisioned };
}

/** https://docs.aws.amazon.com/efs/latest/ug/API_FileSystemDescription.html */
function view(efs: Efs, record: FileSystemRecord): sdk.FileSystemDescription {
  const { id } = record;
  return {
    OwnerId: efs.region.identity.accountId,
    CreationToken: record.creationToken,
    FileSystemId: id,
    FileSystemArn: record.arn,
    CreationTime: record.createdAt,
    LifeCycleState: 'available',
    ...nameOf(efs, id),
    NumberOfMountTargets: efs.targetsOf(id).length,
    // What it is metered as; one that has just been made shows 6,144 bytes. Not measured here.
    SizeInBytes: { Value: 6144, ValueInIA: 0, ValueInStandard: 6144, ValueInArchive: 0 },
    PerformanceMode: record.performanceMode,
    Encrypted: record.encrypted,
    ThroughputMode: record.throughputMode,
    ...(record.provisionedThroughput === undefined
      ? {}
      : { ProvisionedThroughputInMibps: record.provisionedThroughput }),
    Tags: tagList(efs, id),
    FileSystemProtection: { ReplicationOverwriteProtection: record.protection },
  };
}
