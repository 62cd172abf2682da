import { randomUUID } from 'node:crypto';
import { isUpdate } from '../../../../template/index.ts';
import { ApiError } from '../../../gateway/api-error.ts';
import { operation, type Cfn, type CfnHandlers } from '../cfn.ts';
import { changesOf, withoutValues } from '../changes.ts';
import { changeSetMissing, stackMissing, validationError, wrongState } from '../errors.ts';
import { prepare } from '../prepare.ts';
import type { ChangeSetRecord, StackRecord } from '../records.ts';
import { begin, newStack, onFailureOf, requireUpdatable } from './begin.ts';
import { checkStackName, findStack, pageOf } from './find.ts';
import { shownParameters } from './parameters.ts';
import { changesAnything } from './stacks.ts';
import { askedWith, wasAsked } from './tokens.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html */
const nothingChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

export function changeSetOperations(cfn: Cfn): CfnHandlers {
  const { state, region, journal } = cfn;

  function find(name: string | undefined, stackName: string | undefined): Readonly<ChangeSetRecord> {
    const wanted = name ?? '';
    if (wanted.startsWith('arn:')) {
      const found = state.changeSets.get(wanted);
      if (found) return found;
      throw changeSetMissing(wanted);
    }
    if (stackName === undefined)
      throw validationError('StackName must be specified if ChangeSetName is not specified as an ARN.');
    const stack = findStack(cfn, stackName, stackMissing);
    const found = ofStack(stack.id).find((changeSet) => changeSet.name === wanted);
    if (!found) throw changeSetMissing(wanted);
    return found;
  }
  const ofStack = (stackId: string): Readonly<ChangeSetRecord>[] =>
    [...state.changeSets.values()].filter((changeSet) => changeSet.stackId === stackId);

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html */
  function stackFor(kind: 'CREATE' | 'UPDATE', stackName: string, changeSetName: string): StackRecord {
    const existing = state.stack(stackName);
    if (kind === 'UPDATE') {
      if (!existing || existing.status === 'REVIEW_IN_PROGRESS')
        throw validationError(`Stack [${stackName}] does not exist`);
      requireUpdatable(existing, true);
      return existing;
    }
    if (existing && existing.status !== 'REVIEW_IN_PROGRESS')
      throw validationError(
        `Stack [${stackName}] already exists and cannot be created again with the changeSet [${changeSetName}].`,
      );
    return existing ?? { ...newStack(cfn, stackName), status: 'REVIEW_IN_PROGRESS' };
  }

  return {
    CreateChangeSet: operation(
      [
        'StackName',
        'TemplateBody',
        'TemplateURL',
        'UsePreviousTemplate',
        'Parameters',
        'Capabilities',
        'Tags',
        'NotificationARNs',
        'RoleARN',
        'ChangeSetName',
        'ChangeSetType',
        'ClientToken',
        'Description',
        'OnStackFailure',
      ],
      async (input) => {
        const name = input.ChangeSetName ?? '';
        if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name))
          throw validationError(
            `1 validation error detected: Value '${name}' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
          );
        const kind = input.ChangeSetType ?? 'UPDATE';
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html (OnStackFailure)
        if (input.OnStackFailure === 'DELETE' && kind !== 'CREATE')
          throw validationError('OnStackFailure DELETE is only for change sets of type CREATE');
        if (kind === 'IMPORT') throw validationError('ChangeSetType IMPORT is not enacted by this region');
        const stackName = checkStackName(input.StackName);
        const stack = stackFor(kind, stackName, name);
        if (ofStack(stack.id).some((other) => other.name === name))
          throw new ApiError('AlreadyExistsException', `ChangeSet ${name} already exists.`, 400);
        const prepared = await prepare(cfn, stack, input);
        if (!state.stack(stackName)) {
          state.stacks.put(stack.id, stack);
          journal.stack(stack.id, 'REVIEW_IN_PROGRESS', 'User Initiated');
        }
        const { partition, region: regionName, accountId } = region.identity;
        const changes = kind === 'CREATE' || changesAnything(cfn, stack, prepared);
        const record: ChangeSetRecord = {
          id: `arn:${partition}:cloudformation:${regionName}:${accountId}:changeSet/${name}/${randomUUID()}`,
          name,
          stackId: stack.id,
          stackName: stack.name,
          kind,
          ...(input.Description === undefined ? {} : { description: input.Description }),
          ...(input.OnStackFailure === undefined ? {} : { onStackFailure: input.OnStackFailure }),
          deploymentId: prepared.deployment.id,
          createdAt: new Date(region.clock.now()),
          ...(changes
            ? { status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE' }
            : { status: 'FAILED', executionStatus: 'UNAVAILABLE', statusReason: nothingChanges }),
          changes: changesOf(
            cfn,
            stack,
            prepared.plan.differences.filter(isUpdate),
            prepared.program,
            prepared.deployment,
            prepared.plan.after,
          ),
        };
        state.deployments.put(prepared.deployment.id, prepared.deployment);
        state.changeSets.put(record.id, record);
        return { Id: record.id, StackId: stack.id };
      },
    ),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html */
    DescribeChangeSet: operation(
      ['ChangeSetName', 'StackName', 'NextToken', 'IncludePropertyValues'],
      (input) => {
        const found = find(input.ChangeSetName, input.StackName);
        const deployment = state.deployments.get(found.deploymentId);
        const { items, next } = pageOf(found.changes, 100, input.NextToken);
        return {
          ...summary(found),
          Parameters: deployment ? shownParameters(deployment) : [],
          NotificationARNs: [...(deployment?.notificationArns ?? [])],
          RollbackConfiguration: {},
          Capabilities: [...(deployment?.capabilities ?? [])],
          Tags: (deployment?.tags ?? []).map(({ Key, Value }) => ({ Key, Value })),
          Changes: input.IncludePropertyValues ? [...items] : items.map(withoutValues),
          OnStackFailure: found.onStackFailure,
          NextToken: next,
        };
      },
    ),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html */
    ExecuteChangeSet: operation(
      ['ChangeSetName', 'StackName', 'ClientRequestToken', 'DisableRollback', 'RetainExceptOnCreate'],
      (input) => {
        const found = find(input.ChangeSetName, input.StackName);
        const stack = state.stacks.get(found.stackId);
        if (!stack) throw stackMissing(found.stackName);
        if (wasAsked(stack, 'ExecuteChangeSet', input)) return {};
        if (found.status !== 'CREATE_COMPLETE' || found.executionStatus !== 'AVAILABLE')
          throw new ApiError(
            'InvalidChangeSetStatus',
            `ChangeSet [${found.id}] cannot be executed in its current status of [${found.status === 'FAILED' ? found.status : found.executionStatus}]`,
            400,
          );
        if (found.onStackFailure !== undefined && input.DisableRollback !== undefined)
          throw validationError(
            'You cannot specify DisableRollback when OnStackFailure is set on the change set',
          );
        const onFailure = onFailureOf(found.onStackFailure, input.DisableRollback);
        if (found.kind === 'UPDATE') requireUpdatable(stack, onFailure === 'DO_NOTHING');
        else if (stack.status !== 'REVIEW_IN_PROGRESS') throw wrongState(stack.id, stack.status);
        const retainExceptOnCreate = input.RetainExceptOnCreate ?? false;
        begin(cfn, stack, state.deployments.get(found.deploymentId)!, {
          kind: found.kind === 'CREATE' ? 'create' : 'update',
          token: input.ClientRequestToken,
          onFailure,
          retainExceptOnCreate,
          changes: {
            changeSetId: found.id,
            disableRollback: onFailure === 'DO_NOTHING',
            ...askedWith(stack, 'ExecuteChangeSet', input),
          },
        });
        // Executing one takes all others of the stack away; the executed one can still be read by its ARN.
        for (const other of ofStack(stack.id)) if (other.id !== found.id) state.changeSets.delete(other.id);
        state.changeSets.patch(found.id, { executionStatus: 'EXECUTE_COMPLETE' });
        return {};
      },
    ),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html */
    DeleteChangeSet: operation(['ChangeSetName', 'StackName'], (input) => {
      if (input.ChangeSetName?.startsWith('arn:') && !state.changeSets.has(input.ChangeSetName)) return {};
      const found = find(input.ChangeSetName, input.StackName);
      state.changeSets.delete(found.id);
      if (state.stacks.get(found.stackId)?.changeSetId !== found.id)
        state.deployments.delete(found.deploymentId);
      return {};
    }),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListChangeSets.html */
    ListChangeSets: operation(['StackName', 'NextToken'], (input) => {
      const stack = findStack(cfn, input.StackName, stackMissing);
      const { items, next } = pageOf(
        ofStack(stack.id).filter(({ executionStatus }) => executionStatus !== 'EXECUTE_COMPLETE'),
        100,
        input.NextToken,
      );
      return { Summaries: items.map(summary), NextToken: next };
    }),
  };
}

function summary(record: ChangeSetRecord) {
  return {
    ChangeSetId: record.id,
    ChangeSetName: record.name,
    StackId: record.stackId,
    StackName: record.stackName,
    Description: record.description,
    CreationTime: record.createdAt,
    ExecutionStatus: record.executionStatus,
    Status: record.status,
    StatusReason: record.statusReason,
    IncludeNestedStacks: false,
  };
}
