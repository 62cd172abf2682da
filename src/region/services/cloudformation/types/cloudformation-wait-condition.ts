import { OwnFailure } from '../engine/failure.ts';
import { targetOf } from './cloudformation-wait-condition-handle.ts';
import { resourceType, type Existing } from './resource-type.ts';

interface Properties {
  readonly Handle?: string;
  readonly Timeout?: string;
  readonly Count?: number;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html */
const longest = 43_200;

/**
 * Waits until programs have said at the handle's address that they are ready. With a CreationPolicy it waits for that instead.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html
 */
export const waitCondition = resourceType<Properties>({
  type: 'AWS::CloudFormation::WaitCondition',
  properties: ['Handle', 'Timeout', 'Count'],
  create: async ({ stackId, logicalId }) => `${stackId}/${logicalId}`,
  find: async ({ stackId, logicalId }) => `${stackId}/${logicalId}`,
  async sync({ before }) {
    if (before)
      throw new OwnFailure('Update to resource type AWS::CloudFormation::WaitCondition is not supported.');
  },
  async settle(existing) {
    const { properties, begunAt, region } = existing;
    if (properties.Handle === undefined || existing.before) return;
    const seconds = Number(properties.Timeout);
    if (!Number.isInteger(seconds) || seconds < 0 || seconds > longest)
      throw new OwnFailure(
        `WaitCondition Timeout (${properties.Timeout}) must be a number of seconds from 0 to ${longest}`,
      );
    const { Count: count = 1 } = properties;
    await existing.wait(['cloudformation/signals'], async () => {
      const signals = signalsOf(existing);
      const failure = signals.find(({ status }) => status === 'FAILURE');
      if (failure)
        throw new OwnFailure(
          `WaitCondition received failed message: '${failure.reason}' for uniqueId: ${failure.uniqueId}`,
        );
      if (signals.length >= count) return true;
      if (region.clock.now() < begunAt.getTime() + seconds * 1000) return undefined;
      throw new OwnFailure(
        `WaitCondition timed out. Received ${signals.length} conditions when expecting ${count}`,
      );
    });
  },
  read: async (existing) => ({
    Data: JSON.stringify(
      Object.fromEntries(signalsOf(existing).map(({ uniqueId, data }) => [uniqueId, data])),
    ),
  }),
  delete: async () => {},
});

function signalsOf({ inside, properties }: Existing<Properties>) {
  const target = targetOf(properties.Handle ?? '');
  return target === undefined ? [] : inside.signals.of(target);
}
