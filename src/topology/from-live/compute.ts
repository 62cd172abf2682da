import { collect } from '../answers.ts';
import { isRecord } from '../from-template/values.ts';
import type { LiveAnswers } from './answers.ts';
import type { Names } from './names.ts';
import { resource, type Resource } from './resource.ts';

/** Services of ECS and the task definitions they run. */
export function computeFrom(answers: LiveAnswers, name: Names): Resource[] {
  const services = collect(answers.DescribeServices, 'services')
    .filter(({ status }) => status !== 'INACTIVE')
    .map((service) =>
      resource(name(service.serviceArn)!, 'AWS::ECS::Service', {
        ServiceName: service.serviceName,
        Cluster: service.clusterArn,
        LaunchType: service.launchType,
        CapacityProviderStrategy: worded(service.capacityProviderStrategy),
        TaskDefinition: name(service.taskDefinition),
        DesiredCount: service.desiredCount,
        NetworkConfiguration: worded(service.networkConfiguration),
        DeploymentConfiguration: worded(service.deploymentConfiguration),
        EnableExecuteCommand: service.enableExecuteCommand,
        HealthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
        SchedulingStrategy: service.schedulingStrategy,
        LoadBalancers: service.loadBalancers?.map((target) => ({
          TargetGroupArn: name(target.targetGroupArn),
          ContainerName: target.containerName,
          ContainerPort: target.containerPort,
        })),
        ServiceRegistries: service.serviceRegistries?.map((registry) => ({
          ...(worded(registry) as object),
          RegistryArn: name(registry.registryArn),
        })),
      }),
    );
  const definitions = (answers.DescribeTaskDefinition ?? []).flatMap(({ taskDefinition: definition }) =>
    definition
      ? [
          resource(name(definition.taskDefinitionArn)!, 'AWS::ECS::TaskDefinition', {
            Family: definition.family,
            NetworkMode: definition.networkMode,
            RequiresCompatibilities: definition.requiresCompatibilities,
            Cpu: definition.cpu,
            Memory: definition.memory,
            RuntimePlatform: worded(definition.runtimePlatform),
            ExecutionRoleArn: name(definition.executionRoleArn),
            TaskRoleArn: name(definition.taskRoleArn),
            ContainerDefinitions: worded(definition.containerDefinitions),
            Volumes: worded(definition.volumes),
          }),
        ]
      : [],
  );
  return [...services, ...definitions];
}

/** Keys of these maps are the user's. */
const OWN_KEYS = new Set(['options', 'dockerLabels', 'driverOpts', 'labels']);
/** Where CloudFormation's word is not the API's with a capital: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html */
const WORDS: Readonly<Record<string, string>> = {
  efsVolumeConfiguration: 'EFSVolumeConfiguration',
  fsxWindowsFileServerVolumeConfiguration: 'FSxWindowsFileServerVolumeConfiguration',
  fileSystemId: 'FilesystemId',
  iam: 'IAM',
};

/** An answer of ECS in the words of CloudFormation. */
function worded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(worded);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      if (member === undefined || member === null) return [];
      const word = WORDS[key] ?? `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
      return [[word, OWN_KEYS.has(key) ? member : worded(member)] as const];
    }),
  );
}
