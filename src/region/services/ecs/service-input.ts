import type {
  CreateServiceRequest,
  DeploymentConfiguration,
  LoadBalancer,
  ServiceRegistry,
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
  if (alarms?.enable) throw notEnacted('deployment alarms');
  if (breaker)
    refuseOthers(breaker, ['enable', 'rollback', 'resetOnHealthyTask'], 'deploymentCircuitBreaker.');
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
        }
      : (before?.circuitBreaker ?? { enable: false, rollback: false, resetOnHealthyTask: true }),
  };
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

function checkContainerPort(
  { containerDefinitions }: TaskDefinitionRecord,
  name: string,
  port: number | undefined,
): void {
  const container = containerDefinitions.find((one) => one.name === name);
  if (!container) throw invalidParameter(`The container ${name} does not exist in the task definition.`);
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
    if (containerName || containerPort !== undefined)
      checkContainerPort(definition, containerName ?? '', containerPort);
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
