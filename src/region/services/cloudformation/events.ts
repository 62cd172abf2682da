import { randomUUID } from 'node:crypto';
import type { StackStatus } from '@aws-sdk/client-cloudformation';
import type { Clock } from '../../../common/clock.ts';
import type { ResourceRecord, StackRecord } from './records.ts';
import type { State } from './state.ts';

export interface Journal {
  /** Writes a stack's status with further changes, and its event. */
  stack(
    stackId: string,
    status: StackStatus,
    reason: string | undefined,
    changes?: Partial<StackRecord>,
  ): Readonly<StackRecord>;
  /** Writes a resource's status with further changes, and its event. */
  resource(
    key: string,
    status: ResourceRecord['status'],
    reason: string | undefined,
    changes?: Partial<ResourceRecord>,
  ): Readonly<ResourceRecord>;
}

/** Every change of status is one record and one event. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html */
export function createJournal(state: State, clock: Clock): Journal {
  return {
    stack(stackId, status, reason, changes = {}) {
      const operation = state.stacks.get(stackId)?.operation;
      const stack = state.stacks.patch(stackId, { ...changes, status, statusReason: reason });
      state.addEvent({
        id: randomUUID(),
        stackId,
        stackName: stack.name,
        logicalId: stack.name,
        physicalId: stackId,
        type: 'AWS::CloudFormation::Stack',
        status,
        reason,
        token: (stack.operation ?? operation)?.token,
        operationId: (stack.operation ?? operation)?.id,
        timestamp: new Date(clock.now()),
      });
      return stack;
    },
    resource(key, status, reason, changes = {}) {
      const timestamp = new Date(clock.now());
      const record = state.patchResource(key, {
        ...changes,
        status,
        statusReason: reason,
        changedAt: timestamp,
      });
      const stack = state.stacks.get(record.stackId);
      state.addEvent({
        id: `${record.logicalId}-${status}-${timestamp.toISOString()}-${randomUUID().slice(0, 8)}`,
        stackId: record.stackId,
        stackName: stack?.name ?? '',
        logicalId: record.logicalId,
        physicalId: record.physicalId ?? '',
        type: record.type,
        status,
        reason,
        properties: JSON.stringify(record.properties),
        token: stack?.operation?.token,
        operationId: stack?.operation?.id,
        timestamp,
      });
      return record;
    },
  };
}
