import type { ContainerDefinition, LinuxParameters, Tmpfs } from '@aws-sdk/client-ecs';
import { clientError, notEnacted, refuseOthers } from './errors.ts';

/** What asks for something. */
const given = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);

/**
 * What a task definition may not say of a container with network mode awsvpc, and on Fargate. AWS's texts for these are not
 * documented. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */
export function checkFargateContainer(container: ContainerDefinition): void {
  for (const member of [
    'links',
    'dnsServers',
    'dnsSearchDomains',
    'extraHosts',
    'hostname',
    'disableNetworking',
  ] as const)
    if (given(container[member]))
      throw clientError(`Container ${container.name}: ${member} is not supported when networkMode=awsvpc.`);
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
  for (const member of ['privileged', 'dockerSecurityOptions', 'resourceRequirements'] as const)
    if (given(container[member]))
      throw clientError(`Container ${container.name}: ${member} is not supported on Fargate.`);
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html
  for (const { name, softLimit = 0, hardLimit = 0 } of container.ulimits ?? []) {
    if (name !== 'nofile')
      throw clientError(
        `Container ${container.name}: Fargate only supports the nofile ulimit, not ${name ?? 'one without a name'}.`,
      );
    if (softLimit < 0 || softLimit > hardLimit)
      throw clientError(
        `Container ${container.name}: the soft limit ${softLimit} of nofile is not within 0 to its hard limit ${hardLimit}.`,
      );
  }
  for (const { namespace = '', value } of container.systemControls ?? []) {
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SystemControl.html
    if (
      !/^(net\.[\w.-]+|kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\.\w+)$/.test(
        namespace,
      )
    )
      throw clientError(`Container ${container.name}: ${namespace} is not a namespaced kernel parameter.`);
    if (value === undefined || /\n/.test(value))
      throw clientError(`Container ${container.name}: the value of ${namespace} is not valid.`);
  }
  if (container.linuxParameters) checkLinuxParameters(container.linuxParameters, container.name ?? '');
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html */
function checkLinuxParameters(parameters: LinuxParameters, name: string): void {
  for (const member of ['devices', 'sharedMemorySize', 'maxSwap', 'swappiness'] as const)
    if (given(parameters[member]))
      throw clientError(`Container ${name}: linuxParameters.${member} is not supported on Fargate.`);
  refuseOthers(
    parameters,
    ['capabilities', 'initProcessEnabled', 'tmpfs', 'devices', 'sharedMemorySize', 'maxSwap', 'swappiness'],
    `container ${name}: linuxParameters.`,
  );
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html
  for (const capability of parameters.capabilities?.add ?? [])
    if (capability !== 'SYS_PTRACE')
      throw clientError(
        `Container ${name}: Fargate can add the capability SYS_PTRACE only, not ${capability}.`,
      );
  for (const capability of parameters.capabilities?.drop ?? [])
    if (!/^[A-Z_]+$/.test(capability))
      throw clientError(`Container ${name}: ${capability} is not a capability.`);
  for (const tmpfs of parameters.tmpfs ?? []) checkTmpfs(tmpfs, name);
}

/** Those that tmpfs itself has; sizes and the like are members of their own. */
const tmpfsOptions =
  /^(defaults|r[ow]|(no)?(suid|dev|exec|atime|diratime)|(no)?relatime|(no)?strictatime|a?sync|dirsync|mode=[0-7]{3,4}|[ug]id=\d+|nr_inodes=\d+[kmg]?|nr_blocks=\d+[kmg]?)$/;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html */
function checkTmpfs({ containerPath, size, mountOptions = [] }: Tmpfs, name: string): void {
  if (!containerPath?.startsWith('/'))
    throw clientError(`Container ${name}: tmpfs containerPath ${containerPath} is not an absolute path.`);
  if (size === undefined || size < 1)
    throw clientError(`Container ${name}: the tmpfs at ${containerPath} needs a size.`);
  for (const option of mountOptions)
    if (!tmpfsOptions.test(option)) throw notEnacted(`tmpfs option ${option} of container ${name}`);
}
