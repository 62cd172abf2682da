import type { StackResource } from '@aws-sdk/client-cloudformation';
import { operation, type Cfn, type CfnHandlers } from '../cfn.ts';
import { stackWithIdMissing, validationError } from '../errors.ts';
import { visible } from '../generations.ts';
import type { ResourceRecord, StackRecord } from '../records.ts';
import { findStack, pageOf } from './find.ts';

export function resourceOperations(cfn: Cfn): CfnHandlers {
  const { state } = cfn;
  return {
    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html */
    DescribeStackResource: operation(['StackName', 'LogicalResourceId'], (input) => {
      const stack = findStack(cfn, input.StackName, stackWithIdMissing);
      const record = visible(state, stack).find(({ logicalId }) => logicalId === input.LogicalResourceId);
      if (!record)
        throw validationError(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`);
      return {
        StackResourceDetail: {
          ...common(record),
          StackName: stack.name,
          StackId: stack.id,
          LastUpdatedTimestamp: record.changedAt,
          Metadata: record.metadata === undefined ? undefined : JSON.stringify(record.metadata),
        },
      };
    }),

    /** At most 100. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html */
    DescribeStackResources: operation(['StackName', 'LogicalResourceId', 'PhysicalResourceId'], (input) => {
      const stack = stackOf(cfn, input.StackName, input.PhysicalResourceId);
      const { LogicalResourceId: wanted } = input;
      const records = visible(state, stack).filter(
        ({ logicalId }) => wanted === undefined || logicalId === wanted,
      );
      return {
        StackResources: records.slice(0, 100).map((record): StackResource => ({
          ...common(record),
          StackName: stack.name,
          StackId: stack.id,
          Timestamp: record.changedAt,
        })),
      };
    }),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html */
    ListStackResources: operation(['StackName', 'NextToken'], (input) => {
      const stack = findStack(cfn, input.StackName, stackWithIdMissing);
      const { items, next } = pageOf(visible(state, stack), 100, input.NextToken);
      return {
        StackResourceSummaries: items.map((record) => ({
          ...common(record),
          LastUpdatedTimestamp: record.changedAt,
        })),
        NextToken: next,
      };
    }),

    /** Newest first. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html */
    DescribeStackEvents: operation(['StackName', 'NextToken'], (input) => {
      const stack = findStack(cfn, input.StackName, (name) =>
        validationError(`Stack [${name}] does not exist`),
      );
      const all = state.events(stack.id);
      // Pages count from the oldest, so that what happens between two of them neither repeats nor hides events.
      const end = input.NextToken === undefined ? all.length : Number(input.NextToken);
      if (!Number.isInteger(end) || end < 0 || end > all.length)
        throw validationError(`The specified token ${input.NextToken} is not valid`);
      const start = Math.max(0, end - 100);
      return {
        StackEvents: all
          .slice(start, end)
          .reverse()
          .map((event) => ({
            EventId: event.id,
            StackId: event.stackId,
            StackName: event.stackName,
            LogicalResourceId: event.logicalId,
            PhysicalResourceId: event.physicalId,
            ResourceType: event.type,
            Timestamp: event.timestamp,
            ResourceStatus: event.status as StackResource['ResourceStatus'],
            ResourceStatusReason: event.reason,
            ResourceProperties: event.properties,
            ClientRequestToken: event.token,
            OperationId: event.operationId,
          })),
        NextToken: start > 0 ? String(start) : undefined,
      };
    }),
  };
}

function stackOf(cfn: Cfn, name: string | undefined, physicalId: string | undefined): Readonly<StackRecord> {
  if (name !== undefined) return findStack(cfn, name, stackWithIdMissing);
  if (physicalId === undefined) throw validationError('StackName or PhysicalResourceId must be specified.');
  for (const stack of cfn.state.stacks.values())
    if (visible(cfn.state, stack).some((record) => record.physicalId === physicalId)) return stack;
  throw validationError(`Stack for ${physicalId} does not exist`);
}

function common(record: ResourceRecord) {
  return {
    LogicalResourceId: record.logicalId,
    PhysicalResourceId: record.physicalId,
    ResourceType: record.type,
    ResourceStatus: record.status,
    ResourceStatusReason: record.statusReason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' as const },
  };
}
