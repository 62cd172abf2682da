import type { EcsParameters, Target } from '@aws-sdk/client-eventbridge';
import { notEnacted, refuseOthers, validation } from './errors.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
export const MOST_TARGETS = 5;
const isCluster = (arn: string) => /^arn:[^:]+:ecs:[^:]+:\d+:cluster\/.+$/.test(arn);

/** Tasks are the targets that are enacted. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html */
export function checkTarget(target: Target): Target & { readonly Id: string } {
  const { Id = '', Arn = '', RoleArn, EcsParameters, Input } = target;
  refuseOthers(target, ['Id', 'Arn', 'RoleArn', 'EcsParameters', 'Input', 'RetryPolicy'], 'Target');
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(Id)) throw validation(`The id ${Id} of a target is not valid.`);
  if (!isCluster(Arn)) throw notEnacted(`A target other than an ECS cluster (${Arn})`);
  if (!EcsParameters?.TaskDefinitionArn)
    throw validation(`Parameter(s) EcsParameters must be specified for target: ${Id}.`);
  if (!RoleArn) throw validation(`RoleArn is required for target ${Arn}.`);
  refuseOthers(
    EcsParameters,
    [
      'TaskDefinitionArn',
      'TaskCount',
      'LaunchType',
      'NetworkConfiguration',
      'PlatformVersion',
      'Group',
      'CapacityProviderStrategy',
      'EnableECSManagedTags',
      'EnableExecuteCommand',
      'PropagateTags',
      'Tags',
    ],
    'EcsParameters',
  );
  if (Input !== undefined) overridesOf(Input);
  return { ...target, Id, EcsParameters: checkCount(EcsParameters) };
}

function checkCount(parameters: EcsParameters): EcsParameters {
  const { TaskCount = 1 } = parameters;
  if (TaskCount < 1 || TaskCount > 10)
    throw validation(`TaskCount ${TaskCount} is not valid: it must be from 1 to 10`);
  return parameters;
}

/** What the input says of the containers. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/tasks-scheduled-eventbridge-scheduler.html */
export function overridesOf(input: string): object {
  try {
    const value: unknown = JSON.parse(input);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw validation(`Input is no JSON object of task overrides: ${input}`);
}
