import { randomUUID } from 'node:crypto';
import type { Stack } from '@aws-sdk/client-cloudformation';
import { isUpdate, sameValue } from '../../../../template/index.ts';
import { ApiError } from '../../../gateway/api-error.ts';
import { operation, type Cfn, type CfnHandlers } from '../cfn.ts';
import { exportInUse } from '../engine/outputs.ts';
import { stackMissing, stackWithIdMissing, validationError, wrongState } from '../errors.ts';
import { generationsInUse } from '../generations.ts';
import { prepare, type Prepared } from '../prepare.ts';
import type { DeploymentRecord, StackRecord } from '../records.ts';
import { begin, newStack, onFailureOf, requireUpdatable } from './begin.ts';
import { checkStackName, findStack, pageOf } from './find.ts';
import { parsedOf, shownParameters } from './parameters.ts';

const deploymentMembers = [
  'StackName',
  'TemplateBody',
  'TemplateURL',
  'Parameters',
  'Capabilities',
  'Tags',
  'NotificationARNs',
  'RoleARN',
  'ClientRequestToken',
] as const;

export function stackOperations(cfn: Cfn): CfnHandlers {
  const { state, engine, journal } = cfn;
  return {
    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
    CreateStack: operation(
      [...deploymentMembers, 'OnFailure', 'DisableRollback', 'EnableTerminationProtection'],
      async (input) => {
        const name = checkStackName(input.StackName);
        const onFailure = onFailureOf(input.OnFailure, input.DisableRollback);
        const existing = state.stack(name);
        if (existing && input.ClientRequestToken && existing.operation?.token === input.ClientRequestToken)
          return { StackId: existing.id };
        if (existing) throw new ApiError('AlreadyExistsException', `Stack [${name}] already exists`, 400);
        const stack: StackRecord = {
          ...newStack(cfn, name),
          disableRollback: onFailure === 'DO_NOTHING',
          terminationProtection: input.EnableTerminationProtection ?? false,
        };
        const { deployment } = await prepare(cfn, stack, input);
        if (state.stack(name))
          throw new ApiError('AlreadyExistsException', `Stack [${name}] already exists`, 400);
        begin(cfn, stack, deployment, { kind: 'create', token: input.ClientRequestToken, onFailure });
        return { StackId: stack.id };
      },
    ),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html */
    UpdateStack: operation(
      [...deploymentMembers, 'UsePreviousTemplate', 'DisableRollback'],
      async (input) => {
        const found = findStack(cfn, input.StackName, stackMissing);
        refuseDisabledRollback(input.DisableRollback);
        requireUpdatable(found);
        const prepared = await prepare(cfn, found, input);
        const stack = state.stacks.get(found.id)!;
        requireUpdatable(stack);
        if (!changesAnything(cfn, stack, prepared)) throw validationError('No updates are to be performed.');
        begin(cfn, stack, prepared.deployment, {
          kind: 'update',
          token: input.ClientRequestToken,
          onFailure: 'ROLLBACK',
        });
        return { StackId: stack.id };
      },
    ),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html: an unknown name is no error. */
    DeleteStack: operation(
      ['StackName', 'RetainResources', 'RoleARN', 'ClientRequestToken', 'DeletionMode'],
      (input) => {
        const stack = state.stack(checkStackName(input.StackName));
        if (!stack || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') return {};
        if (stack.terminationProtection)
          throw validationError(
            `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`,
          );
        const { RetainResources: skip = [], DeletionMode } = input;
        if ((skip.length > 0 || DeletionMode === 'FORCE_DELETE_STACK') && stack.status !== 'DELETE_FAILED')
          throw validationError(
            'Invalid operation on stack. Specify resources to retain only when the current stack state is DELETE_FAILED.',
          );
        const inUse = exportInUse(state, stack.name, stack.outputs, [], 'delete');
        if (inUse !== undefined) throw validationError(inUse);
        const failed =
          DeletionMode === 'FORCE_DELETE_STACK'
            ? state.resources(stack.id).filter(({ status }) => status === 'DELETE_FAILED')
            : [];
        journal.stack(stack.id, 'DELETE_IN_PROGRESS', 'User Initiated', {
          operation: {
            id: randomUUID(),
            kind: 'delete',
            phase: 'cleanup',
            rolledBack: false,
            token: input.ClientRequestToken,
            before: generationsInUse(state, stack.id, stack.operation),
            onFailure: 'DO_NOTHING',
            skip: [...skip, ...failed.map(({ logicalId }) => logicalId)],
          },
        });
        engine.run(stack.id);
        return {};
      },
    ),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html */
    CancelUpdateStack: operation(['StackName', 'ClientRequestToken'], (input) => {
      const stack = findStack(cfn, input.StackName, stackMissing);
      if (stack.status !== 'UPDATE_IN_PROGRESS')
        throw validationError('CancelUpdateStack cannot be called from current stack status');
      engine.cancel(stack.id);
      return {};
    }),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html */
    ContinueUpdateRollback: operation(
      ['StackName', 'ResourcesToSkip', 'ClientRequestToken', 'RoleARN'],
      (input) => {
        const stack = findStack(cfn, input.StackName, stackMissing);
        if (stack.status !== 'UPDATE_ROLLBACK_FAILED' || !stack.operation)
          throw wrongState(stack.id, stack.status);
        journal.stack(stack.id, 'UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated', {
          operation: { ...stack.operation, stalled: undefined, skip: input.ResourcesToSkip },
        });
        engine.run(stack.id);
        return {};
      },
    ),

    UpdateTerminationProtection: operation(['StackName', 'EnableTerminationProtection'], (input) => {
      const stack = findStack(cfn, input.StackName, stackMissing);
      state.stacks.patch(stack.id, { terminationProtection: input.EnableTerminationProtection ?? false });
      return { StackId: stack.id };
    }),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
    DescribeStacks: operation(['StackName', 'NextToken'], (input) => {
      if (input.StackName !== undefined)
        return { Stacks: [describeStack(cfn, findStack(cfn, input.StackName, stackWithIdMissing))] };
      const alive = [...state.stacks.values()].filter(({ status }) => status !== 'DELETE_COMPLETE').reverse();
      const { items, next } = pageOf(alive, 100, input.NextToken);
      return { Stacks: items.map((stack) => describeStack(cfn, stack)), NextToken: next };
    }),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html */
    ListStacks: operation(['StackStatusFilter', 'NextToken'], (input) => {
      const { StackStatusFilter: wanted = [] } = input;
      const stacks = [...state.stacks.values()]
        .filter(({ status }) => wanted.length === 0 || wanted.includes(status))
        .reverse();
      const { items, next } = pageOf(stacks, 100, input.NextToken);
      return {
        StackSummaries: items.map((stack) => summary(stack, deploymentOf(cfn, stack))),
        NextToken: next,
      };
    }),
  };
}

/** A stack whose update may not be rolled back would stay half updated, which nothing here can take up again. */
export function refuseDisabledRollback(disabled: boolean | undefined): void {
  if (disabled) throw validationError('DisableRollback of an update is not enacted by this region');
}

/** Whether an update with this plan would do anything. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html */
export function changesAnything(
  cfn: Cfn,
  stack: StackRecord,
  { deployment, program, plan }: Prepared,
): boolean {
  if (plan.differences.some(isUpdate)) return true;
  const before = deploymentOf(cfn, stack);
  if (!before || !sameValue(before.tags, deployment.tags)) return true;
  const outputs = Object.entries(program.parsed.template.Outputs ?? {}).flatMap(([key, output]) => {
    if (output.Condition !== undefined && program.evaluator.condition(output.Condition) === false) return [];
    const value = program.evaluator.value(output.Value, ['Outputs', key, 'Value']);
    const exportName = program.evaluator.value(output.Export?.Name, ['Outputs', key, 'Export', 'Name']);
    return [
      [
        key,
        Array.isArray(value) ? value.join(',') : typeof value === 'object' ? value : String(value),
        exportName ?? null,
      ],
    ];
  });
  const deployed = stack.outputs.map(({ key, value, exportName }) => [key, value, exportName ?? null]);
  return !sameValue(deployed, outputs);
}

export function deploymentOf(
  { state }: Cfn,
  { deploymentId }: StackRecord,
): Readonly<DeploymentRecord> | undefined {
  return deploymentId === undefined ? undefined : state.deployments.get(deploymentId);
}

function describeStack(cfn: Cfn, stack: StackRecord): Stack {
  const deployment = deploymentOf(cfn, stack) ?? targetOf(cfn, stack);
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
  const readable = !stack.status.endsWith('_IN_PROGRESS') || stack.status.includes('CLEANUP');
  return {
    ...common(stack, deployment),
    ChangeSetId: stack.changeSetId,
    Parameters: deployment ? shownParameters(deployment) : [],
    DisableRollback: stack.disableRollback,
    NotificationARNs: deployment ? [...deployment.notificationArns] : [],
    Capabilities: deployment ? [...deployment.capabilities] : [],
    Outputs: readable
      ? stack.outputs.map(({ key, value, description, exportName }) => ({
          OutputKey: key,
          OutputValue: value,
          Description: description,
          ExportName: exportName,
        }))
      : [],
    RoleARN: deployment?.roleArn,
    Tags: deployment ? deployment.tags.map(({ Key, Value }) => ({ Key, Value })) : [],
    RollbackConfiguration: {},
    EnableTerminationProtection: stack.terminationProtection,
  };
}

function targetOf(
  { state }: Cfn,
  { operation: running }: StackRecord,
): Readonly<DeploymentRecord> | undefined {
  return running?.targetId === undefined ? undefined : state.deployments.get(running.targetId);
}

function common(stack: StackRecord, deployment: DeploymentRecord | undefined) {
  return {
    StackId: stack.id,
    StackName: stack.name,
    Description: deployment && parsedOf(deployment).template.Description,
    CreationTime: stack.createdAt,
    LastUpdatedTime: stack.updatedAt,
    DeletionTime: stack.deletedAt,
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' as const },
  };
}

function summary(stack: StackRecord, deployment: DeploymentRecord | undefined) {
  const { Description, ...rest } = common(stack, deployment);
  return { ...rest, TemplateDescription: Description };
}
