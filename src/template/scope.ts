import type { Template } from './model.ts';
import type { ParameterValue } from './parameters.ts';
import type { PositionOf } from './path.ts';

/** `AWS::Region`, `AWS::StackName`, … */
export type PseudoParameters = Readonly<Record<string, ParameterValue>>;

/** What is known when a template is evaluated. What a function here leaves undefined stays symbolic in the result. */
export interface Known {
  readonly template: Template;
  /** Texts and lists of them; parameters without value stay symbolic, and a value may be symbolic itself. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly pseudo: PseudoParameters;
  /** What `Ref` of a resource gives. */
  readonly reference?: (logicalId: string) => unknown;
  readonly attribute?: (logicalId: string, name: string) => unknown;
  readonly importValue?: (name: string) => unknown;
  readonly zones?: (region: string) => readonly string[] | undefined;
  readonly positionOf?: PositionOf;
}

/** Region facts of the pseudo parameters; the stack's own are added where there is a stack. */
export function pseudoParameters(identity: {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly urlSuffix: string;
  readonly stackName?: string;
  readonly stackId?: string;
}): PseudoParameters {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
  return {
    'AWS::AccountId': identity.accountId,
    'AWS::Region': identity.region,
    'AWS::Partition': identity.partition,
    'AWS::URLSuffix': identity.urlSuffix,
    'AWS::NotificationARNs': [],
    ...(identity.stackName === undefined ? {} : { 'AWS::StackName': identity.stackName }),
    ...(identity.stackId === undefined ? {} : { 'AWS::StackId': identity.stackId }),
  };
}

export const pseudoNames = [
  'AWS::AccountId',
  'AWS::NotificationARNs',
  'AWS::NoValue',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
];
