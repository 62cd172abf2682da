import type {
  EFSVolumeConfiguration,
  RegisterTaskDefinitionRequest,
  ServiceVolumeConfiguration,
  TaskVolumeConfiguration,
  Volume,
} from '@aws-sdk/client-ecs';
import { clientError, notEnacted, refuseOthers } from './errors.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html */
export function checkVolumes({ volumes = [] }: RegisterTaskDefinitionRequest): void {
  const names = volumes.map(({ name }) => name);
  if (new Set(names).size < names.length) throw clientError('Volume names must be unique.');
  for (const volume of volumes) checkVolume(volume);
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceManagedEBSVolumeConfiguration.html
  if (volumes.filter(({ configuredAtLaunch }) => configuredAtLaunch).length > 1)
    throw clientError('A task definition can have at most one volume that is configured at launch.');
}

function checkVolume(volume: Volume): void {
  const { name } = volume;
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name ?? ''))
    throw clientError(`Volume name ${name} is not valid: letters, numbers, hyphens and underscores.`);
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
  if (volume.host?.sourcePath)
    throw clientError(
      `Fargate does not support host sourcePath; volume ${name} has ${volume.host.sourcePath}.`,
    );
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/docker-volumes.html
  if (volume.dockerVolumeConfiguration)
    throw clientError(`Fargate does not support dockerVolumeConfiguration; volume ${name} has one.`);
  refuseOthers(volume, ['name', 'host', 'efsVolumeConfiguration', 'configuredAtLaunch'], `volume ${name}: `);
  const { efsVolumeConfiguration: efs } = volume;
  if (efs && volume.configuredAtLaunch)
    throw clientError(`Volume ${name} cannot be an EFS volume and be configured at launch.`);
  if (efs) checkEfs(efs, name ?? '');
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html */
function checkEfs(efs: EFSVolumeConfiguration, name: string): void {
  refuseOthers(
    efs,
    ['fileSystemId', 'rootDirectory', 'transitEncryption', 'transitEncryptionPort', 'authorizationConfig'],
    `volume ${name}: efsVolumeConfiguration.`,
  );
  if (!/^fs-[0-9a-f]{8,40}$/.test(efs.fileSystemId ?? ''))
    throw clientError(`Volume ${name}: EFS file system ID ${efs.fileSystemId} is not valid.`);
  const { accessPointId, iam } = efs.authorizationConfig ?? {};
  const { rootDirectory = '/' } = efs;
  if (!rootDirectory.startsWith('/') || rootDirectory.split('/').includes('..'))
    throw clientError(`Volume ${name}: rootDirectory ${rootDirectory} is not an absolute path.`);
  if (accessPointId && rootDirectory !== '/')
    throw clientError(
      `Volume ${name}: rootDirectory must be omitted or set to / when an access point is specified.`,
    );
  if ((accessPointId || iam === 'ENABLED') && efs.transitEncryption !== 'ENABLED')
    throw clientError(
      `Volume ${name}: transit encryption must be enabled when IAM authorization or an access point is used.`,
    );
  if (accessPointId && !/^fsap-[0-9a-f]{8,40}$/.test(accessPointId))
    throw clientError(`Volume ${name}: EFS access point ID ${accessPointId} is not valid.`);
  if (efs.transitEncryptionPort !== undefined && efs.transitEncryption !== 'ENABLED')
    throw clientError(`Volume ${name}: transitEncryptionPort needs transit encryption.`);
}

/** Which volumes of a definition a service or a task brings at its start. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-volumes.html */
export function checkLaunchVolumes(
  definition: Pick<RegisterTaskDefinitionRequest, 'volumes'>,
  configurations: readonly (ServiceVolumeConfiguration | TaskVolumeConfiguration)[] = [],
): void {
  const awaited = (definition.volumes ?? []).flatMap(({ name, configuredAtLaunch }) =>
    configuredAtLaunch ? [name] : [],
  );
  for (const { name, managedEBSVolume: ebs } of configurations) {
    if (!awaited.includes(name))
      throw clientError(`Volume ${name} is not one that the task definition says is configured at launch.`);
    if (!ebs?.roleArn) throw clientError(`Volume ${name}: managedEBSVolume needs a roleArn.`);
    if ('terminationPolicy' in ebs && ebs.terminationPolicy?.deleteOnTermination === false)
      throw notEnacted(`volume ${name}: an EBS volume that outlives its task`);
    if (ebs.snapshotId) throw notEnacted(`volume ${name} from the snapshot ${ebs.snapshotId}`);
    if (ebs.sizeInGiB === undefined)
      throw clientError(`Volume ${name}: sizeInGiB or snapshotId must be specified.`);
  }
  const missing = awaited.find((name) => !configurations.some((one) => one.name === name));
  if (missing !== undefined)
    throw clientError(
      `Volume ${missing} is configured at launch, but volumeConfigurations does not have it.`,
    );
}
