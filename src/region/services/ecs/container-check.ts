import type {
  ContainerDefinition,
  ContainerRestartPolicy,
  HealthCheck,
  LogConfiguration,
  PortMapping,
} from '@aws-sdk/client-ecs';
import { clientError, notEnacted, refuseOthers } from './errors.ts';
import { checkFargateContainer } from './linux-check.ts';

/** One entry of containerDefinitions. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
export function checkContainer(
  container: ContainerDefinition,
  index: number,
  { volumes = [] }: { readonly volumes?: readonly { readonly name?: string | undefined }[] | undefined },
): void {
  const { name } = container;
  if (!name) throw clientError('Container Name can not be blank.');
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
    throw clientError(`Container name ${name} is not valid: letters, numbers, hyphens and underscores.`);
  if (!container.image) throw clientError('Container.image should not be null or empty.');
  checkFargateContainer(container);
  refuseOthers(
    container,
    [
      'name',
      'image',
      'cpu',
      'memory',
      'memoryReservation',
      'portMappings',
      'essential',
      'entryPoint',
      'command',
      'environment',
      'mountPoints',
      'secrets',
      'dependsOn',
      'startTimeout',
      'stopTimeout',
      'versionConsistency',
      'user',
      'workingDirectory',
      'readonlyRootFilesystem',
      'dockerLabels',
      'logConfiguration',
      'healthCheck',
      'restartPolicy',
      'interactive',
      'pseudoTerminal',
      'linuxParameters',
      'ulimits',
      'systemControls',
      'volumesFrom',
    ],
    `containerDefinitions[${index}].`,
  );
  if (container.versionConsistency === 'enabled') throw notEnacted('versionConsistency enabled');
  for (const mapping of container.portMappings ?? []) checkPort(mapping, name);
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
  within(container.stopTimeout, 2, 120, 'stopTimeout', name);
  within(container.startTimeout, 2, 120, 'startTimeout', name);
  if (container.restartPolicy) checkRestartPolicy(container.restartPolicy, name);
  if (container.healthCheck) checkHealthCheck(container.healthCheck, name);
  if (container.logConfiguration) checkLogs(container.logConfiguration, name);
  for (const { sourceVolume, containerPath } of container.mountPoints ?? []) {
    if (!volumes.some((volume) => volume.name === sourceVolume))
      throw clientError(`Unknown volume '${sourceVolume}'.`);
    if (!containerPath?.startsWith('/'))
      throw clientError(`Container ${name}: containerPath ${containerPath} is not an absolute path.`);
  }
  checkEnvironment(container);
}

function within(value: number | undefined, low: number, high: number, what: string, name: string): void {
  if (value !== undefined && (value < low || value > high))
    throw clientError(`Container ${name}: ${what} ${value} is not within ${low} to ${high}.`);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html */
function checkPort(mapping: PortMapping, name: string): void {
  refuseOthers(
    mapping,
    ['containerPort', 'hostPort', 'protocol', 'name', 'appProtocol'],
    `container ${name}: portMappings.`,
  );
  const { containerPort, hostPort, protocol = 'tcp' } = mapping;
  if (containerPort === undefined || containerPort < 1 || containerPort > 65_535)
    throw clientError(`Container ${name}: container port ${containerPort} is not valid.`);
  if (hostPort !== undefined && hostPort !== 0 && hostPort !== containerPort)
    throw clientError(
      'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
    );
  if (protocol !== 'tcp' && protocol !== 'udp')
    throw clientError(`Container ${name}: protocol ${String(protocol)} is not tcp or udp.`);
  if (mapping.name !== undefined && !/^[a-z0-9_][a-z0-9_-]{0,63}$/.test(mapping.name))
    throw clientError(`Container ${name}: port name ${mapping.name} is not valid.`);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html */
function checkRestartPolicy(policy: ContainerRestartPolicy, name: string): void {
  if ((policy.ignoredExitCodes ?? []).length > 50)
    throw clientError(`Container ${name}: restartPolicy can have at most 50 ignoredExitCodes.`);
  within(policy.restartAttemptPeriod, 60, 1800, 'restartPolicy.restartAttemptPeriod', name);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
function checkHealthCheck(check: HealthCheck, name: string): void {
  const [kind, ...rest] = check.command ?? [];
  if ((kind !== 'CMD' && kind !== 'CMD-SHELL') || rest.length === 0)
    throw clientError(`Container ${name}: the health check command must begin with CMD or CMD-SHELL.`);
  within(check.interval, 5, 300, 'healthCheck.interval', name);
  within(check.timeout, 2, 60, 'healthCheck.timeout', name);
  within(check.retries, 1, 10, 'healthCheck.retries', name);
  within(check.startPeriod, 0, 300, 'healthCheck.startPeriod', name);
}

const logOptions = new Set([
  'awslogs-group',
  'awslogs-region',
  'awslogs-stream-prefix',
  'awslogs-create-group',
  'mode',
  'max-buffer-size',
]);

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html */
function checkLogs(logs: LogConfiguration, name: string): void {
  refuseOthers(logs, ['logDriver', 'options'], `container ${name}: logConfiguration.`);
  if (logs.logDriver !== 'awslogs') throw notEnacted(`log driver ${logs.logDriver}; write awslogs`);
  for (const option of ['awslogs-group', 'awslogs-region', 'awslogs-stream-prefix'])
    if (!logs.options?.[option])
      throw clientError(`Log driver awslogs requires options: ${option} (container ${name}).`);
  for (const option of Object.keys(logs.options ?? {}))
    if (!logOptions.has(option)) throw notEnacted(`log option ${option} of container ${name}`);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html */
function checkEnvironment({ name, environment = [], secrets = [] }: ContainerDefinition): void {
  const plain = new Set(environment.map((entry) => entry.name));
  for (const { name: variable, valueFrom = '' } of secrets) {
    if (plain.has(variable))
      throw clientError(
        `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${variable}'.`,
      );
    if (!/^arn:[^:]+:(secretsmanager|ssm):|^[\w./-]+$/.test(valueFrom))
      throw clientError(
        `Container ${name}: secret ${variable}: valueFrom ${valueFrom} is neither an ARN of Secrets Manager or Parameter Store nor a parameter's name.`,
      );
  }
}
