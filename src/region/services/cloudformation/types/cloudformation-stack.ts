import { OwnFailure } from '../engine/failure.ts';
import type { ChildInput } from '../nested.ts';
import { physicalName, steadyRandom } from '../names.ts';
import type { StackRecord } from '../records.ts';
import { resourceType, type Context } from './resource-type.ts';

interface Properties {
  readonly TemplateURL: string;
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly Tags?: unknown;
  readonly TimeoutInMinutes?: number;
  readonly NotificationARNs?: readonly string[];
}

/**
 * A stack as a resource of another: made, changed, rolled back and deleted with it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
 */
export const nestedStack = resourceType<Properties>({
  type: 'AWS::CloudFormation::Stack',
  properties: ['TemplateURL', 'Parameters', 'Tags', 'TimeoutInMinutes', 'NotificationARNs'],
  always: true,
  create: (context) =>
    context.inside.nested.create(context.stackId, context.logicalId, childName(context), inputOf(context)),
  find: async (context) => context.inside.nested.find(context.stackId, context.logicalId, childName(context)),
  async sync(existing) {
    if (existing.before) await existing.inside.nested.update(existing.physicalId, inputOf(existing));
  },
  async settle(existing) {
    const { inside, physicalId, stackId } = existing;
    const settled = existing.before
      ? (child: StackRecord) => updated(child, inside.nested.isGoingBack(stackId))
      : created;
    await existing.wait(['cloudformation/stacks'], async () => {
      const child = inside.nested.look(physicalId);
      if (!child) throw new OwnFailure(`Stack [${physicalId}] does not exist`);
      return settled(child) || undefined;
    });
  },
  read: async ({ inside, physicalId }) =>
    Object.fromEntries(
      (inside.nested.look(physicalId)?.outputs ?? []).map(({ key, value }) => [`Outputs.${key}`, value]),
    ),
  async delete({ inside, physicalId, wait }) {
    inside.nested.delete(physicalId);
    await wait(['cloudformation/stacks'], async () => {
      const child = inside.nested.look(physicalId);
      if (!child) return true;
      if (child.status !== 'DELETE_FAILED') return undefined;
      throw new OwnFailure(
        `Embedded stack ${child.id} was not successfully deleted: ${child.statusReason ?? ''}`,
      );
    });
  },
});

/** PARENT-LOGICALID-RANDOM. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html */
function childName({ stackName, logicalId, token }: Context<Properties>): string {
  return physicalName(stackName, logicalId, steadyRandom(12, token), { limit: 128 });
}

function inputOf({ properties, tags }: Context<Properties>): ChildInput {
  return {
    templateUrl: properties.TemplateURL,
    parameters: properties.Parameters ?? {},
    tags,
    notificationArns: properties.NotificationARNs,
    timeoutInMinutes: properties.TimeoutInMinutes,
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html (nested stacks) */
function created({ id, status, failure = '' }: StackRecord): boolean {
  if (status === 'CREATE_COMPLETE') return true;
  if (status === 'CREATE_IN_PROGRESS') return false;
  throw new OwnFailure(`Embedded stack ${id} was not successfully created: ${failure}`);
}

function updated({ id, status, statusReason, failure, operation }: StackRecord, goingBack: boolean): boolean {
  const failed = goingBack ? status === 'UPDATE_ROLLBACK_FAILED' : failure !== undefined;
  if (failed) {
    const [now, reason] = goingBack
      ? [status, statusReason]
      : [status === 'UPDATE_FAILED' ? status : 'UPDATE_ROLLBACK_IN_PROGRESS', failure];
    throw new OwnFailure(
      `Embedded stack ${id} was not successfully updated. Currently in ${now} with reason: ${reason}`,
    );
  }
  return operation === undefined || operation.phase === 'held';
}
