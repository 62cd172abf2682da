import { randomUUID } from 'node:crypto';
import type { Capability, Parameter } from '@aws-sdk/client-cloudformation';
import { InputError, type Problem } from '../../../common/problem.ts';
import {
  evaluateTemplate,
  parseTemplate,
  planChanges,
  resourceSchema,
  validateReferences,
  type EvaluatedResource,
  type ParsedTemplate,
  type Plan,
} from '../../../template/index.ts';
import { ApiError } from '../../gateway/api-error.ts';
import { requiredCapabilities } from './capabilities.ts';
import type { Cfn } from './cfn.ts';
import { asValidationError, validationError } from './errors.ts';
import { currentGeneration } from './generations.ts';
import type { Program } from './program.ts';
import type { DeploymentRecord, StackRecord, Tag } from './records.ts';
import { templateText } from './template-source.ts';

export interface DeploymentInput {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
  readonly Parameters?: readonly Parameter[] | undefined;
  readonly Capabilities?: readonly Capability[] | undefined;
  readonly Tags?:
    | readonly { readonly Key: string | undefined; readonly Value: string | undefined }[]
    | undefined;
  readonly NotificationARNs?: readonly string[] | undefined;
  readonly RoleARN?: string | undefined;
}

export interface Prepared {
  readonly deployment: DeploymentRecord;
  readonly program: Program;
  readonly plan: Plan;
}

/** Reads, checks and plans a deployment; nothing is written. Every mistake is a ValidationError. */
export async function prepare(
  cfn: Cfn,
  stack: Pick<StackRecord, 'id' | 'name' | 'deploymentId'>,
  input: DeploymentInput,
): Promise<Prepared> {
  const previous =
    stack.deploymentId === undefined ? undefined : cfn.state.deployments.get(stack.deploymentId);
  const body = await bodyOf(cfn, input, previous);
  return asValidationError(async () => {
    const parsed = parseTemplate(body, undefined, valuesOf(input, previous));
    const deployment: DeploymentRecord = {
      id: randomUUID(),
      stackId: stack.id,
      body,
      parameters: parametersOf(parsed, input, previous),
      tags: tagsOf(input, previous),
      capabilities: input.Capabilities ?? [],
      notificationArns: input.NotificationARNs ?? previous?.notificationArns ?? [],
      ...((input.RoleARN ?? previous?.roleArn) === undefined
        ? {}
        : { roleArn: input.RoleARN ?? previous!.roleArn! }),
    };
    validateReferences(parsed);
    requireCapabilities(parsed, deployment);
    const program = await cfn.programs.load(stack, deployment);
    const { resources } = evaluateTemplate(program.known);
    requireTypes(cfn, parsed, resources);
    requireProperties(cfn, parsed, resources);
    const plan = planChanges(deployed(cfn, stack), program.known, program.graph);
    return { deployment, program, plan };
  });
}

async function bodyOf(
  { region }: Cfn,
  input: DeploymentInput,
  previous: DeploymentRecord | undefined,
): Promise<string> {
  if (input.UsePreviousTemplate) {
    if (previous) return previous.body;
    throw validationError('No previous template exists.');
  }
  const text = await templateText(region, input);
  if (text === undefined) throw validationError('Either Template URL or Template Body must be specified.');
  return text;
}

/** What loops of the template go over, before its parameters are known to be right. */
function valuesOf(
  { Parameters = [] }: DeploymentInput,
  previous: DeploymentRecord | undefined,
): Record<string, string> {
  const given = Parameters.flatMap(({ ParameterKey: key = '', ParameterValue: value }) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return { ...previous?.parameters, ...Object.fromEntries(given) };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html: the value given, the one before, or the default. */
function parametersOf(
  { template }: ParsedTemplate,
  { Parameters = [] }: DeploymentInput,
  previous: DeploymentRecord | undefined,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { ParameterKey: key = '', ParameterValue, UsePreviousValue } of Parameters) {
    if (UsePreviousValue) {
      const before = previous?.parameters[key];
      if (before !== undefined) values[key] = before;
      else if (
        !Object.hasOwn(template.Parameters ?? {}, key) ||
        template.Parameters![key]!.Default === undefined
      )
        throw validationError(
          `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
        );
    } else if (ParameterValue !== undefined) values[key] = ParameterValue;
  }
  return values;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html */
function tagsOf({ Tags }: DeploymentInput, previous: DeploymentRecord | undefined): readonly Tag[] {
  if (!Tags) return previous?.tags ?? [];
  if (Tags.length > 50) throw validationError('Too many tags: at most 50 are allowed.');
  return Tags.map(({ Key = '', Value = '' }) => {
    if (/^aws:/i.test(Key))
      throw validationError(`aws: prefixed tag key names are not allowed for external use.`);
    return { Key, Value };
  });
}

/**
 * What AWS would take and this region does not enact is refused before anything is made. A resource under a condition that is false
 * is not made: its type only has to be one that AWS has.
 */
function requireTypes(
  { types }: Cfn,
  { template, positionOf }: ParsedTemplate,
  resources: ReadonlyMap<string, EvaluatedResource>,
): void {
  const problems = Object.entries(template.Resources)
    .filter(([id, { Type }]) => !types.has(Type) && (resources.has(id) || !resourceSchema(Type)))
    .map(([id, { Type }]): Problem => ({
      code: 'region-type-not-enacted',
      message: `Template format error: Unrecognized resource types: [${Type}]`,
      position: positionOf(['Resources', id, 'Type']),
      fix: 'this region does not enact it',
    }));
  if (problems.length > 0) throw new InputError(problems);
}

function requireProperties(
  { types }: Cfn,
  { positionOf }: ParsedTemplate,
  resources: ReadonlyMap<string, EvaluatedResource>,
): void {
  const problems: Problem[] = [];
  for (const [id, { type, properties }] of resources) {
    const enacted = types.get(type)!.properties;
    const at = ['Resources', id, 'Properties'];
    for (const name of Object.keys(properties))
      if (!enacted.includes(name))
        problems.push({
          code: 'region-property-not-enacted',
          message: `Property ${name} of ${id} (${type}) is not enacted by this region`,
          position: positionOf([...at, name]),
          fix: `it enacts ${enacted.join(', ') || 'none'}`,
        });
    if (JSON.stringify(properties).includes('{{resolve:'))
      problems.push({
        code: 'region-dynamic-reference',
        message: `The dynamic reference in ${id} is not enacted by this region`,
        position: positionOf(at),
        fix: 'give the value, or let the container read the secret (Secrets, ValueFrom)',
      });
  }
  if (problems.length > 0) throw new InputError(problems);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
function requireCapabilities({ template }: ParsedTemplate, { capabilities }: DeploymentRecord): void {
  const { needed } = requiredCapabilities(template);
  const given = new Set<string>(capabilities);
  if (given.has('CAPABILITY_NAMED_IAM')) given.add('CAPABILITY_IAM');
  const missing = needed.filter((capability) => !given.has(capability));
  if (missing.length > 0)
    throw new ApiError(
      'InsufficientCapabilitiesException',
      `Requires capabilities : [${missing.join(', ')}]`,
      400,
    );
}

/** The resources in use, as they were last brought to the template of their time. */
export function deployed(
  { state }: Cfn,
  stack: Pick<StackRecord, 'id' | 'deploymentId'>,
): Map<string, EvaluatedResource> {
  const resources = new Map<string, EvaluatedResource>();
  if (stack.deploymentId === undefined) return resources;
  for (const { logicalId } of state.resources(stack.id)) {
    const record = currentGeneration(state, stack.id, logicalId);
    if (!record) continue;
    resources.set(logicalId, {
      type: record.type,
      properties: record.properties,
      metadata: record.metadata ?? {},
      deletionPolicy: record.deletionPolicy,
      updateReplacePolicy: record.updateReplacePolicy,
      conditional: false,
    });
  }
  return resources;
}
