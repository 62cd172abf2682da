import type { Stack } from '@aws-sdk/client-cloudformation';
import { isUpdate, sameValue } from '../../../../template/index.ts';
import { ApiError } from '../../../gateway/api-error.ts';
import { operation, type Cfn, type CfnHandlers } from '../cfn.ts';
import { exportInUse } from '../engine/outputs.ts';
import { stackMissing, stackWithIdMissing, validationError } from '../errors.ts';
import { prepare, type Prepared } from '../prepare.ts';
import type { DeploymentRecord, StackRecord } from '../records.ts';
import { begin, beginDeletion, beginRollback, newStack, onFailureOf, requireUpdatable } from './begin.ts';
import { continueRollback } from './continue-rollback.ts';
import { checkStackName, findStack, pageOf } from './find.ts';
import { parsedOf, shownParameters } from './parameters.ts';
import { askedWith, wasAsked } from './tokens.ts';

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
  const { state, engine } = cfn;
  return {
    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
    CreateStack: operation(
      [
        ...deploymentMembers,
        'OnFailure',
        'DisableRollback',
        'RetainExceptOnCreate',
        'TimeoutInMinutes',
        'EnableTerminationProtection',
      ],
      async (input) => {
        const name = checkStackName(input.StackName);
        const onFailure = onFailureOf(input.OnFailure, input.DisableRollback);
        const existing = state.stack(name);
        if (existing && wasAsked(existing, 'CreateStack', input)) return { StackId: existing.id };
        if (existing) throw alreadyThere(name);
        const { TimeoutInMinutes: timeoutInMinutes, RetainExceptOnCreate: retainExceptOnCreate = false } =
          input;
        const fresh = newStack(cfn, name);
        const stack: StackRecord = {
          ...fresh,
          disableRollback: onFailure === 'DO_NOTHING',
          terminationProtection: input.EnableTerminationProtection ?? false,
          retainExceptOnCreate,
          ...(timeoutInMinutes === undefined ? {} : { timeoutInMinutes }),
          ...askedWith(fresh, 'CreateStack', input),
        };
        const { deployment } = await prepare(cfn, stack, input);
        if (state.stack(name)) throw alreadyThere(name);
        begin(cfn, stack, deployment, {
          kind: 'create',
          token: input.ClientRequestToken,
          onFailure,
          retainExceptOnCreate,
          timeoutInMinutes,
        });
        return { StackId: stack.id };
      },
    ),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html */
    UpdateStack: operation(
      [...deploymentMembers, 'UsePreviousTemplate', 'DisableRollback', 'RetainExceptOnCreate'],
      async (input) => {
        const found = findStack(cfn, input.StackName, stackMissing);
        if (wasAsked(found, 'UpdateStack', input)) return { StackId: found.id };
        const { DisableRollback: disableRollback = false, RetainExceptOnCreate: retainExceptOnCreate } =
          input;
        requireUpdatable(found, disableRollback);
        const prepared = await prepare(cfn, found, input);
        const stack = state.stacks.get(found.id)!;
        requireUpdatable(stack, disableRollback);
        if (!changesAnything(cfn, stack, prepared)) throw validationError('No updates are to be performed.');
        begin(cfn, stack, prepared.deployment, {
          kind: 'update',
          token: input.ClientRequestToken,
          onFailure: onFailureOf(undefined, disableRollback),
          retainExceptOnCreate: retainExceptOnCreate ?? false,
          changes: { disableRollback, ...askedWith(stack, 'UpdateStack', input) },
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
        if (wasAsked(stack, 'DeleteStack', input)) return {};
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html: a nested one has that of its root.
        const root = state.stacks.get(stack.parent?.rootId ?? stack.id) ?? stack;
        if (root.terminationProtection)
          throw validationError(
            `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`,
          );
        const { RetainResources: skip = [], DeletionMode } = input;
        if ((skip.length > 0 || DeletionMode === 'FORCE_DELETE_STACK') && stack.status !== 'DELETE_FAILED')
          throw validationError(
            'Invalid operation on stack. Specify resources to retain only when the current stack state is DELETE_FAILED.',
          );
        const known = new Set(state.resources(stack.id).map(({ logicalId }) => logicalId));
        const unknown = skip.filter((id) => !known.has(id));
        if (unknown.length > 0)
          throw validationError(
            `The specified resources to retain must be in a valid state. Do not specify resources [${unknown.join(', ')}]`,
          );
        const inUse = exportInUse(state, stack.name, stack.outputs, [], 'delete');
        if (inUse !== undefined) throw validationError(inUse);
        const failed =
          DeletionMode === 'FORCE_DELETE_STACK'
            ? state.resources(stack.id).filter(({ status }) => status === 'DELETE_FAILED')
            : [];
        state.stacks.patch(stack.id, askedWith(stack, 'DeleteStack', input));
        beginDeletion(cfn, stack, {
          token: input.ClientRequestToken,
          skip: [...skip, ...failed.map(({ logicalId }) => logicalId)],
        });
        return {};
      },
    ),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html */
    CancelUpdateStack: operation(['StackName', 'ClientRequestToken'], (input) => {
      const stack = findStack(cfn, input.StackName, stackMissing);
      if (wasAsked(stack, 'CancelUpdateStack', input)) return {};
      if (stack.status !== 'UPDATE_IN_PROGRESS')
        throw validationError('CancelUpdateStack cannot be called from current stack status');
      state.stacks.patch(stack.id, askedWith(stack, 'CancelUpdateStack', input));
      engine.cancel(stack.id);
      return {};
    }),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html */
    ContinueUpdateRollback: operation(
      ['StackName', 'ResourcesToSkip', 'ClientRequestToken', 'RoleARN'],
      (input) => {
        const stack = findStack(cfn, input.StackName, stackMissing);
        if (wasAsked(stack, 'ContinueUpdateRollback', input)) return {};
        continueRollback(cfn, stack, input.ResourcesToSkip ?? [], {
          token: input.ClientRequestToken,
          ...askedWith(stack, 'ContinueUpdateRollback', input),
        });
        return {};
      },
    ),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html */
    RollbackStack: operation(
      ['StackName', 'RoleARN', 'ClientRequestToken', 'RetainExceptOnCreate'],
      (input) => {
        const stack = findStack(cfn, input.StackName, stackMissing);
        if (wasAsked(stack, 'RollbackStack', input)) return { StackId: stack.id };
        if (!stack.stable || stack.operation)
          throw validationError(
            `Stack:${stack.id} is in ${stack.status} state and can not be rolled back. Only CREATE_FAILED and UPDATE_FAILED can.`,
          );
        state.stacks.patch(stack.id, askedWith(stack, 'RollbackStack', input));
        beginRollback(cfn, stack, {
          token: input.ClientRequestToken,
          retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
        });
        return { StackId: stack.id };
      },
    ),

    UpdateTerminationProtection: operation(['StackName', 'EnableTerminationProtection'], (input) => {
      const stack = findStack(cfn, input.StackName, stackMissing);
      if (stack.parent)
        throw validationError(
          `Termination protection of the nested stack [${stack.name}] is that of its root stack ${stack.parent.rootId}`,
        );
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

const alreadyThere = (name: string): ApiError =>
  new ApiError('AlreadyExistsException', `Stack [${name}] already exists`, 400);

/** Whether an update with this plan would do anything. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html */
export function changesAnything(
  cfn: Cfn,
  stack: StackRecord,
  { deployment, program, plan }: Prepared,
): boolean {
  // A failure that was left as it was is tried again, whatever the template says.
  if (stack.stable || plan.differences.some(isUpdate)) return true;
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
  if ([...plan.after.values()].some(({ type }) => cfn.types.get(type)?.always)) return true;
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
    EnableTerminationProtection: (cfn.state.stacks.get(stack.parent?.rootId ?? '') ?? stack)
      .terminationProtection,
    TimeoutInMinutes: stack.timeoutInMinutes,
    RetainExceptOnCreate: stack.retainExceptOnCreate,
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
    ParentId: stack.parent?.id,
    RootId: stack.parent?.rootId,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' as const },
  };
}

function summary(stack: StackRecord, deployment: DeploymentRecord | undefined) {
  const { Description, ...rest } = common(stack, deployment);
  return { ...rest, TemplateDescription: Description };
}
