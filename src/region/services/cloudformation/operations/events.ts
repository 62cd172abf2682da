import type { OperationEvent } from '@aws-sdk/client-cloudformation';
import { operation, type Cfn, type CfnHandlers } from '../cfn.ts';
import { stackMissing, validationError } from '../errors.ts';
import type { EventRecord } from '../records.ts';
import { findStack, pageOf } from './find.ts';

export function eventOperations(cfn: Cfn): CfnHandlers {
  const { state } = cfn;
  return {
    /** Newest first. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html */
    DescribeEvents: operation(['StackName', 'OperationId', 'Filters', 'NextToken'], (input) => {
      const { StackName, OperationId: id, Filters } = input;
      if (StackName === undefined && id === undefined)
        throw validationError('StackName or OperationId must be specified.');
      const stacks =
        StackName === undefined ? [...state.stacks.values()] : [findStack(cfn, StackName, stackMissing)];
      const events = stacks
        .flatMap((stack) => state.events(stack.id))
        .filter((event) => id === undefined || event.operationId === id)
        .filter(({ status }) => !Filters?.FailedEvents || status.endsWith('_FAILED'))
        .reverse();
      const { items, next } = pageOf(events, 100, input.NextToken);
      return { OperationEvents: items.map(shown), NextToken: next };
    }),
  };
}

function shown(event: EventRecord): OperationEvent {
  const { stackId, physicalId, status } = event;
  return {
    EventId: event.id,
    StackId: stackId,
    OperationId: event.operationId,
    EventType:
      stackId === physicalId
        ? 'STACK_EVENT'
        : status.endsWith('_FAILED')
          ? 'PROVISIONING_ERROR'
          : 'PROGRESS_EVENT',
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: event.type,
    Timestamp: event.timestamp,
    ResourceStatus: status as OperationEvent['ResourceStatus'],
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties,
    ClientRequestToken: event.token,
  };
}
