import { GetTemplateSummaryCommand, type Parameter } from '@aws-sdk/client-cloudformation';
import { describeStack } from './stack.ts';
import type { Target } from './target.ts';

/** A parameter that can be changed on the running stack and keeps that value until its own default changes. */
export interface SteeredParameter {
  readonly name: string;
  /** The number in the compose file. */
  readonly default: string;
}

/**
 * The values of steered parameters for the next deployment: what the stack has, unless the default it was deployed with is
 * another one now; then the new default. So a `scale` holds until the compose file's own number changes.
 */
export async function steeredValues(
  target: Target,
  stackName: string,
  steered: readonly SteeredParameter[],
): Promise<readonly Parameter[]> {
  if (steered.length === 0) return [];
  const stack = await describeStack(target, stackName);
  if (!stack || stack.StackStatus === 'REVIEW_IN_PROGRESS' || stack.StackStatus === 'DELETE_COMPLETE')
    return steered.map((parameter) => ({ ParameterKey: parameter.name, ParameterValue: parameter.default }));
  const { Parameters: declared = [] } = await target.cloudformation.send(
    new GetTemplateSummaryCommand({ StackName: stackName }),
  );
  const deployedDefault = new Map(
    declared.map(({ ParameterKey, DefaultValue }) => [ParameterKey, DefaultValue]),
  );
  const current = new Map(
    (stack.Parameters ?? []).map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
  );
  return steered.map((parameter) => {
    const held = current.get(parameter.name);
    const holds = held !== undefined && deployedDefault.get(parameter.name) === parameter.default;
    return { ParameterKey: parameter.name, ParameterValue: holds ? held : parameter.default };
  });
}
