import type { Change, ResourceChangeDetail } from '@aws-sdk/client-cloudformation';
import {
  intrinsicOf,
  isKnown,
  referencesIn,
  type EvaluatedResource,
  type Difference,
  type ResourceDifference,
} from '../../../template/index.ts';
import type { Cfn } from './cfn.ts';
import { currentGeneration } from './generations.ts';
import type { Program } from './program.ts';
import type { DeploymentRecord, StackRecord } from './records.ts';

/** What a change set shows for a value that is not known before it is executed. */
const knownLater = '{{changeSet:KNOWN_AFTER_APPLY}}';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html */
export function changesOf(
  cfn: Cfn,
  stack: Pick<StackRecord, 'id' | 'deploymentId'>,
  differences: readonly ResourceDifference[],
  program: Program,
  deployment: DeploymentRecord,
  after: ReadonlyMap<string, EvaluatedResource>,
): Change[] {
  const previous =
    stack.deploymentId === undefined ? undefined : cfn.state.deployments.get(stack.deploymentId);
  const changedParameters = new Set(
    Object.keys(deployment.parameters).filter(
      (name) => previous?.parameters[name] !== deployment.parameters[name],
    ),
  );
  return [...differences, ...lookedAt(cfn, stack, differences, program)].map((difference): Change => {
    const { logicalId, type, action, replacement, details } = difference;
    const record = currentGeneration(cfn.state, stack.id, logicalId);
    const source = program.parsed.template.Resources[logicalId]?.Properties ?? {};
    return {
      Type: 'Resource',
      ResourceChange: {
        Action: action,
        LogicalResourceId: logicalId,
        PhysicalResourceId: record?.physicalId,
        ResourceType: type,
        Replacement: replacement,
        PolicyAction: policyAction(difference, record?.deletionPolicy, record?.updateReplacePolicy),
        Scope: [...new Set(details.map(({ attribute }) => attribute))],
        Details:
          action === 'Modify' && cfn.types.get(type)?.always
            ? [...details.flatMap((detail) => detailsOf(detail, source, changedParameters)), automatic]
            : details.flatMap((detail) => detailsOf(detail, source, changedParameters)),
        ...(record && action !== 'Add'
          ? { BeforeContext: JSON.stringify({ Properties: record.properties }) }
          : {}),
        ...(after.has(logicalId)
          ? { AfterContext: JSON.stringify({ Properties: settled(after.get(logicalId)!.properties) }) }
          : {}),
      },
    };
  });
}

/** What an update of a stack begins an update of, whatever changes: its nested stacks. */
const automatic: ResourceChangeDetail = {
  Target: { Attribute: 'Properties', RequiresRecreation: 'Never' },
  Evaluation: 'Dynamic',
  ChangeSource: 'Automatic',
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html (nested stacks) */
function lookedAt(
  { state, types }: Cfn,
  { id }: Pick<StackRecord, 'id'>,
  differences: readonly ResourceDifference[],
  program: Program,
): ResourceDifference[] {
  return program.graph.order.flatMap((logicalId): ResourceDifference[] => {
    const record = currentGeneration(state, id, logicalId);
    if (!record || !types.get(record.type)?.always) return [];
    if (differences.some((difference) => difference.logicalId === logicalId)) return [];
    return [{ action: 'Modify', logicalId, type: record.type, replacement: 'False', details: [] }];
  });
}

function detailsOf(
  detail: Difference,
  source: Readonly<Record<string, unknown>>,
  changedParameters: ReadonlySet<string>,
): ResourceChangeDetail[] {
  const target: ResourceChangeDetail['Target'] = {
    Attribute: detail.attribute,
    Name: detail.name,
    RequiresRecreation: detail.requiresRecreation,
    Path: `/${[detail.attribute === 'Tags' ? 'Properties' : detail.attribute, ...detail.path].join('/')}`,
    BeforeValue: text(detail.before),
    AfterValue: text(detail.after),
    AttributeChangeType:
      detail.before === undefined ? 'Add' : detail.after === undefined ? 'Remove' : 'Modify',
  };
  if (detail.cause)
    return [
      {
        Target: target,
        Evaluation: 'Dynamic',
        ChangeSource: detail.cause.kind === 'ref' ? 'ResourceReference' : 'ResourceAttribute',
        CausingEntity: detail.cause.name,
      },
    ];
  const parameter = referencesIn(detail.name === undefined ? undefined : source[detail.name]).find(
    ({ kind, name }) => kind === 'ref' && changedParameters.has(name),
  );
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html
  if (parameter)
    return [
      {
        Target: target,
        Evaluation: 'Static',
        ChangeSource: 'ParameterReference',
        CausingEntity: parameter.name,
      },
      { Target: target, Evaluation: 'Dynamic', ChangeSource: 'DirectModification' },
    ];
  return [{ Target: target, Evaluation: 'Static', ChangeSource: 'DirectModification' }];
}

/** A value with what is not known yet in CloudFormation's word for it. */
function settled(value: unknown): unknown {
  if (intrinsicOf(value)) return knownLater;
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, settled(member)]));
}

function text(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (!isKnown(value)) return knownLater;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html (PolicyAction) */
function policyAction(
  { action, replacement }: ResourceDifference,
  deletion: string | undefined,
  replace: string | undefined,
) {
  if (action === 'Remove')
    return deletion === 'Retain' || deletion === 'RetainExceptOnCreate' ? 'Retain' : 'Delete';
  if (replacement === 'True') return replace === 'Retain' ? 'ReplaceAndRetain' : 'ReplaceAndDelete';
  return undefined;
}

/** What DescribeChangeSet leaves out unless IncludePropertyValues is set. */
export function withoutValues(change: Change): Change {
  const { BeforeContext: _before, AfterContext: _after, Details = [], ...rest } = change.ResourceChange!;
  return {
    ...change,
    ResourceChange: {
      ...rest,
      Details: Details.map(({ Target, ...detail }) => ({
        ...detail,
        Target: {
          Attribute: Target?.Attribute,
          Name: Target?.Name,
          RequiresRecreation: Target?.RequiresRecreation,
        },
      })),
    },
  };
}
