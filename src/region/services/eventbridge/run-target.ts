import type { RunTaskRequest } from '@aws-sdk/client-ecs';
import type { Target } from '@aws-sdk/client-eventbridge';
import type { Region } from '../../region.ts';
import { overridesOf } from './targets.ts';

/** Starts the tasks of a rule's target. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EcsParameters.html */
export async function runTarget(region: Region, rule: string, target: Target): Promise<void> {
  const { tasks = [], failures = [] } = await region.api.ecs.RunTask(requestOf(rule, target));
  if (tasks.length === 0) throw new Error(failures[0]?.reason ?? 'no task was started');
}

export function requestOf(rule: string, { Arn, Input, EcsParameters }: Target): RunTaskRequest {
  const {
    TaskDefinitionArn,
    TaskCount,
    LaunchType,
    NetworkConfiguration,
    PlatformVersion,
    Group,
    CapacityProviderStrategy,
    EnableECSManagedTags,
    EnableExecuteCommand,
    PropagateTags,
    Tags,
  } = EcsParameters ?? { TaskDefinitionArn: undefined };
  const network = NetworkConfiguration?.awsvpcConfiguration;
  return {
    cluster: Arn,
    taskDefinition: TaskDefinitionArn,
    count: TaskCount ?? 1,
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/scheduled_tasks.html
    startedBy: `events-rule/${rule}`.slice(0, 36),
    launchType: LaunchType,
    group: Group,
    platformVersion: PlatformVersion,
    propagateTags: PropagateTags,
    enableECSManagedTags: EnableECSManagedTags,
    enableExecuteCommand: EnableExecuteCommand,
    ...(network
      ? {
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: network.Subnets,
              securityGroups: network.SecurityGroups,
              assignPublicIp: network.AssignPublicIp,
            },
          },
        }
      : {}),
    ...(CapacityProviderStrategy
      ? {
          capacityProviderStrategy: CapacityProviderStrategy.map(({ capacityProvider, weight, base }) => ({
            capacityProvider,
            weight,
            base,
          })),
        }
      : {}),
    ...(Tags ? { tags: Tags.map(({ Key, Value }) => ({ key: Key, value: Value })) } : {}),
    ...(Input === undefined ? {} : { overrides: overridesOf(Input) }),
  };
}
