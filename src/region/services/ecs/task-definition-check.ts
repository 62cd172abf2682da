import type {
  ContainerDefinition,
  EphemeralStorage,
  RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs';
import { checkContainer } from './container-check.ts';
import { checkDependencies } from './dependency-check.ts';
import { clientError, notEnacted, refuseOthers } from './errors.ts';
import { checkFargateSize, parseCpu, parseMemory } from './fargate-sizes.ts';
import { checkVolumes } from './volume-check.ts';

/**
 * Whether a task definition may be registered: AWS's own rules, then what this region enacts.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 */
export function checkTaskDefinition(input: RegisterTaskDefinitionRequest): void {
  const containers = input.containerDefinitions ?? [];
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(input.family ?? ''))
    throw clientError('Family can have up to 255 letters, numbers, hyphens and underscores.');
  if (containers.length === 0) throw clientError('Container list cannot be empty.');
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
  if (containers.length > 10)
    throw clientError('A task definition can have at most 10 container definitions.');
  if (JSON.stringify(input).length > 64 * 1024)
    throw clientError('The task definition is larger than 64 KiB.');
  refuseOthers(input, [
    'family',
    'containerDefinitions',
    'taskRoleArn',
    'executionRoleArn',
    'networkMode',
    'volumes',
    'requiresCompatibilities',
    'cpu',
    'memory',
    'tags',
    'ephemeralStorage',
    'runtimePlatform',
  ]);
  for (const [index, container] of containers.entries()) checkContainer(container, index, input);
  const names = containers.map(({ name }) => name);
  if (new Set(names).size < names.length)
    throw clientError('Container names must be unique within a task definition.');
  if (!containers.some(({ essential }) => essential !== false))
    throw clientError('At least one container in the task definition must be marked essential.');
  checkPorts(input);
  checkDependencies(containers);
  checkVolumes(input);
  checkVolumesFrom(containers);
  checkPlatform(input);
  if (input.requiresCompatibilities?.includes('FARGATE')) checkFargate(input);
  if (input.networkMode !== 'awsvpc')
    throw notEnacted(`networkMode ${input.networkMode ?? 'bridge'}; write awsvpc`);
  checkContainerSums(input);
}

function checkFargate(input: RegisterTaskDefinitionRequest): void {
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
  if (input.networkMode !== 'awsvpc') throw clientError("Fargate only supports network mode 'awsvpc'.");
  checkFargateSize(
    input.cpu ? parseCpu(input.cpu) : undefined,
    input.memory ? parseMemory(input.memory) : undefined,
  );
  checkEphemeralStorage(input.ephemeralStorage);
  checkExecutionRole(input);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html */
export function checkEphemeralStorage(storage: EphemeralStorage | undefined): void {
  const size = storage?.sizeInGiB;
  if (size !== undefined && (size < 21 || size > 200))
    throw clientError('Ephemeral storage size must be between 21 and 200 GiB.');
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html */
function checkExecutionRole({ executionRoleArn, containerDefinitions }: RegisterTaskDefinitionRequest): void {
  if (executionRoleArn) return;
  for (const { image, logConfiguration, secrets } of containerDefinitions ?? []) {
    const need = (what: string) =>
      clientError(`Fargate requires task definition to have execution role ARN to support ${what}.`);
    if (logConfiguration) throw need(`log driver ${logConfiguration.logDriver}`);
    if (/\.dkr\.ecr\.[^/]+\//.test(image ?? '')) throw need('ECR images');
    if (secrets?.length) throw need('secrets');
  }
}

/** Containers of an awsvpc task share one address. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html */
function checkPorts({ containerDefinitions = [] }: RegisterTaskDefinitionRequest): void {
  const taken = new Set<string>();
  for (const { containerPort, protocol = 'tcp' } of containerDefinitions.flatMap(
    ({ portMappings = [] }) => portMappings,
  )) {
    if (containerPort === undefined) continue;
    if (taken.has(`${containerPort}/${protocol}`))
      throw clientError(`Container port ${containerPort} is mapped more than once in the task definition.`);
    taken.add(`${containerPort}/${protocol}`);
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RuntimePlatform.html */
function checkPlatform({ runtimePlatform }: RegisterTaskDefinitionRequest): void {
  const { operatingSystemFamily = 'LINUX', cpuArchitecture = 'X86_64' } = runtimePlatform ?? {};
  if (operatingSystemFamily !== 'LINUX') throw notEnacted(`operating system family ${operatingSystemFamily}`);
  if (cpuArchitecture !== 'X86_64' && cpuArchitecture !== 'ARM64')
    throw clientError(`Invalid cpuArchitecture ${String(cpuArchitecture)}.`);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_VolumeFrom.html */
function checkVolumesFrom(containers: readonly ContainerDefinition[]): void {
  for (const { name, volumesFrom = [] } of containers)
    for (const { sourceContainer } of volumesFrom)
      if (sourceContainer === name || !containers.some((one) => one.name === sourceContainer))
        throw clientError(`Container ${name} has volumes from ${sourceContainer}, which does not exist.`);
}

/** What containers claim must fit into the task. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */
function checkContainerSums({ cpu, memory, containerDefinitions = [] }: RegisterTaskDefinitionRequest): void {
  const sum = (of: 'cpu' | 'memory') =>
    containerDefinitions.reduce(
      (total, container) =>
        total + ((of === 'memory' ? container.memoryReservation : undefined) ?? container[of] ?? 0),
      0,
    );
  if (cpu && sum('cpu') > parseCpu(cpu))
    throw clientError("The 'cpu' of the containers is greater than the 'cpu' of the task.");
  if (memory && sum('memory') > parseMemory(memory))
    throw clientError("The 'memory' of the containers is greater than the 'memory' of the task.");
  for (const { name, memory: hard, memoryReservation: soft } of containerDefinitions) {
    if (!memory && !hard && !soft)
      throw clientError(
        `Container ${name} needs 'memory' or 'memoryReservation' when the task has no 'memory'.`,
      );
    if (hard !== undefined && soft !== undefined && hard <= soft)
      throw clientError(`Container ${name}: 'memory' must be greater than 'memoryReservation'.`);
  }
}
