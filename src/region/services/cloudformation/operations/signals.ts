import { operation, type Cfn, type CfnHandlers } from '../cfn.ts';
import { signalTarget } from '../engine/creation-policy.ts';
import { stackMissing, validationError } from '../errors.ts';
import { currentGeneration } from '../generations.ts';
import { parsedOf } from './parameters.ts';
import { findStack } from './find.ts';

export function signalOperations(cfn: Cfn): CfnHandlers {
  const { state, journal, inside } = cfn;
  return {
    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html */
    SignalResource: operation(['StackName', 'LogicalResourceId', 'UniqueId', 'Status'], (input) => {
      const stack = findStack(cfn, input.StackName, stackMissing);
      const { LogicalResourceId: logicalId = '', UniqueId: uniqueId = '', Status: status } = input;
      if (status !== 'SUCCESS' && status !== 'FAILURE')
        throw validationError(`Status ${status} is neither SUCCESS nor FAILURE`);
      const record = currentGeneration(state, stack.id, logicalId);
      if (!record) throw validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`);
      const unable = (why: string) =>
        validationError(`Unable to signal resource ${logicalId} of stack ${stack.name}: ${why}`);
      if (record.status !== 'CREATE_IN_PROGRESS')
        throw unable(`it is in ${record.status} and waits for nothing`);
      const deployment = state.deployments.get(stack.operation?.targetId ?? '');
      if (!deployment || parsedOf(deployment).template.Resources[logicalId]?.CreationPolicy === undefined)
        throw unable('it has no CreationPolicy');
      journal.resource(
        record.key,
        'CREATE_IN_PROGRESS',
        `Received ${status} signal with UniqueId ${uniqueId}`,
      );
      inside.signals.give({ target: signalTarget(record), uniqueId, status, reason: '', data: '' });
      return {};
    }),
  };
}
