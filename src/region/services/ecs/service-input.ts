import type {
  CreateServiceRequest,
  DeploymentAlarms,
  DeploymentConfiguration,
  LoadBalancer,
  ServiceRegistry,
  ThresholdConfiguration,
} from '@aws-sdk/client-ecs';
import { ApiError } from '../../gateway/api-error.ts';
import { clientError, invalidParameter, notEnacted, refuseOthers } from './errors.ts';
import type { Ecs, ServiceRecord, TaskDefinitionRecord } from './state.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export function checkDeploymentConfiguration(
  input: DeploymentConfiguration | undefined,
  before?: ServiceRecord['deploymentConfiguration'],
): ServiceRecord['deploymentConfiguration'] {
  const { strategy = 'ROLLING', alarms, deploymentCircuitBreaker: breaker } = input ?? {};
  if (input)
    refuseOthers(
      input,
      ['deploymentCircuitBreaker', 'maximumPercent', 'minimumHealthyPercent', 'alarms', 'strategy'],
      'deploymentConfiguration.',
    );
  if (strategy !== 'ROLLING') throw notEnacted(`deployment strategy ${strategy}`);
  if (breaker)
    refuseOthers(
      breaker,
      ['enable', 'rollback', 'resetOnHealthyTask', 'thresholdConfiguration'],
      'deploymentCircuitBreaker.',
    );
  const minimumHealthyPercent = input?.minimumHealthyPercent ?? before?.minimumHealthyPercent ?? 100;
  const maximumPercent = input?.maximumPercent ?? before?.maximumPercent ?? 200;
  if (minimumHealthyPercent < 0 || minimumHealthyPercent > maximumPercent)
    throw invalidParameter(
      `minimumHealthyPercent ${minimumHealthyPercent} must be within 0 and maximumPercent ${maximumPercent}.`,
    );
  if (maximumPercent < 100)
    throw invalidParameter(`maximumPercent ${maximumPercent} cannot be less than 100.`);
  return {
    minimumHealthyPercent,
    maximumPercent,
    circuitBreaker: breaker
      ? {
          enable: breaker.enable ?? false,
          rollback: breaker.rollback ?? false,
          resetOnHealthyTask: breaker.resetOnHealthyTask ?? true,
          ...checkThreshold(breaker.thresholdConfiguration),
        }
      : (before?.circuitBreaker ?? { enable: false, rollback: false, resetOnHealthyTask: true }),
    ...(alarms ? { alarms: checkAlarms(alarms) } : before?.alarms ? { alarms: before.alarms } : {}),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ThresholdConfiguration.html */
function checkThreshold(
  input: ThresholdConfiguration | undefined,
): Pick<ServiceRecord['deploymentConfiguration']['circuitBreaker'], 'threshold'> {
  if (!input) return {};
  refuseOthers(input, ['type', 'value'], 'thresholdConfiguration.');
  const { type = 'BOUNDED_PERCENT', value = 50 } = input;
  if (!['BOUNDED_PERCENT', 'COUNT', 'UNBOUNDED_PERCENT'].includes(type))
    throw invalidParameter(
      `thresholdConfiguration type ${type} is none of BOUNDED_PERCENT, COUNT and UNBOUNDED_PERCENT.`,
    );
  if (!Number.isInteger(value) || value < 1)
    throw invalidParameter(`thresholdConfiguration value ${value} must be a whole number of at least 1.`);
  return { threshold: { type, value } };
}

/** That an alarm is there is not asked: it may be made after the service that it watches. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentAlarms.html */
function checkAlarms(
  input: DeploymentAlarms,
): NonNullable<ServiceRecord['deploymentConfiguration']['alarms']> {
  refuseOthers(input, ['alarmNames', 'enable', 'rollback'], 'alarms.');
  const { alarmNames = [], enable = false, rollback = false } = input;
  if (enable && alarmNames.length === 0)
    throw invalidParameter('alarms.alarmNames must name at least one alarm when alarms are enabled.');
  return { alarmNames, enable, rollback };
}

/** What is neither enacted nor ignored. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
export function checkServiceKind(
  input: Pick<
    CreateServiceRequest,
    | 'schedulingStrategy'
    | 'deploymentController'
    | 'serviceConnectConfiguration'
    | 'availabilityZoneRebalancing'
  >,
): void {
  if (input.schedulingStrategy === 'DAEMON')
    throw invalidParameter('The daemon scheduling strategy is not supported on Fargate.');
  const controller = input.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS') throw notEnacted(`deployment controller ${controller}`);
  if (input.serviceConnectConfiguration?.enabled) throw notEnacted('Service Connect');
  if (input.availabilityZoneRebalancing === 'ENABLED')
    throw notEnacted('availabilityZoneRebalancing ENABLED');
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html */
export async function checkLoadBalancers(
  { region }: Ecs,
  loadBalancers: readonly LoadBalancer[],
  definition: TaskDefinitionRecord,
): Promise<void> {
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
  if (loadBalancers.length > 5) throw invalidParameter('load balancers can have at most 5 items.');
  for (const loadBalancer of loadBalancers) {
    refuseOthers(loadBalancer, ['targetGroupArn', 'containerName', 'containerPort'], 'loadBalancers.');
    const { targetGroupArn, containerName = '', containerPort } = loadBalancer;
    if (!targetGroupArn) throw invalidParameter('targetGroupArn can not be blank.');
    checkContainerPort(definition, containerName, containerPort);
    const { TargetGroups: [group] = [] } = await region.api.elbv2
      .DescribeTargetGroups({ TargetGroupArns: [targetGroupArn] })
      .catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        throw invalidParameter(`Unable to describe the target group ${targetGroupArn}: ${error.message}`);
      });
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
    if (group?.TargetType !== 'ip')
      throw invalidParameter(
        `The provided target group ${targetGroupArn} has target type ${group?.TargetType}, which is incompatible with the awsvpc network mode specified in the task definition.`,
      );
    if (!group.LoadBalancerArns?.length)
      throw invalidParameter(
        `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
      );
  }
}

function findContainer({ containerDefinitions }: TaskDefinitionRecord, name: string) {
  const container = containerDefinitions.find((one) => one.name === name);
  if (!container) throw invalidParameter(`The container ${name} does not exist in the task definition.`);
  return container;
}

function checkContainerPort(definition: TaskDefinitionRecord, name: string, port: number | undefined): void {
  const container = findContainer(definition, name);
  if (!container.portMappings?.some(({ containerPort }) => containerPort === port))
    throw invalidParameter(`The container ${name} did not have a container port ${port} defined.`);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRegistry.html */
export async function checkRegistries(
  { region }: Ecs,
  registries: readonly ServiceRegistry[],
  definition: TaskDefinitionRecord,
): Promise<void> {
  if (registries.length > 1) throw invalidParameter('Each service may have one service registry.');
  for (const { registryArn = '', port, containerName, containerPort } of registries) {
    if (port !== undefined && (containerName || containerPort !== undefined))
      throw clientError('A service registry takes either port or containerName and containerPort.');
    // Of an A record the name alone says nothing more, and is taken.
    if (containerPort !== undefined) checkContainerPort(definition, containerName ?? '', containerPort);
    else if (containerName) findContainer(definition, containerName);
    const { Service } = await region.api.servicediscovery
      .GetService({ Id: registryArn })
      .catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        throw invalidParameter(`Unable to find the service registry ${registryArn}: ${error.message}`);
      });
    const srv = Service?.DnsConfig?.DnsRecords?.some(({ Type }) => Type === 'SRV');
    if (srv && port === undefined && containerPort === undefined)
      throw invalidParameter(
        `The service registry ${registryArn} has SRV records: port, or containerName and containerPort, must be given.`,
      );
  }
}
