import type { Parameter } from '@aws-sdk/client-cloudformation';
import type { Cfn } from './cfn.ts';
import { exportInUse } from './engine/outputs.ts';
import { OwnFailure } from './engine/failure.ts';
import { waitUntil } from './engine/wait.ts';
import { begin, beginDeletion, beginRollback, newStack } from './operations/begin.ts';
import { continueRollback } from './operations/continue-rollback.ts';
import { changesAnything } from './operations/stacks.ts';
import { prepare, type DeploymentInput } from './prepare.ts';
import type { StackRecord, Tag } from './records.ts';

export interface ChildInput {
  readonly templateUrl: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly notificationArns: readonly string[] | undefined;
  readonly timeoutInMinutes: number | undefined;
}

/** Stacks that are resources of other stacks. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html */
export interface NestedStacks {
  /** Gives its id. */
  create(parentId: string, logicalId: string, name: string, input: ChildInput): Promise<string>;
  /** The one that `create` made and that is not deleted. */
  find(parentId: string, logicalId: string, name: string): string | undefined;
  /** Begins what brings it to where its parent's operation wants it: forward, or back. */
  update(id: string, input: ChildInput): Promise<void>;
  /** Undefined once it is deleted. */
  look(id: string): Readonly<StackRecord> | undefined;
  isGoingBack(parentId: string): boolean;
  delete(id: string): void;
  /** Has the children that wait for their parent clean up, and waits for them. */
  finishAll(parentId: string, signal: AbortSignal): Promise<void>;
}

export function createNestedStacks(late: () => Cfn): NestedStacks {
  const parentOf = (id: string): Readonly<StackRecord> => late().state.stacks.get(id)!;
  const look = (id: string): Readonly<StackRecord> | undefined => {
    const child = late().state.stacks.get(id);
    return child?.status === 'DELETE_COMPLETE' ? undefined : child;
  };

  /** Forward: to the template as it is now, where that changes anything. */
  async function forward(parent: StackRecord, id: string, input: ChildInput): Promise<void> {
    const cfn = late();
    const operation = parent.operation!;
    const child = look(id);
    if (!child) throw new OwnFailure(`Stack [${id}] does not exist`);
    // An earlier process has begun it.
    if (child.operation?.parentOperation === operation.id) return;
    // It still waits for an operation of its parent that was left as it failed.
    const { operation: own } = child;
    const stable = own?.phase === 'held' ? { deploymentId: own.fromId, before: own.before } : child.stable;
    const current = { ...child, stable, operation: own?.phase === 'held' ? undefined : own };
    if (current.operation)
      throw new OwnFailure(`Stack:${id} is in ${child.status} state and can not be updated.`);
    const prepared = await prepare(cfn, current, deploymentInput(cfn, parent, input));
    if (!changesAnything(cfn, current, prepared)) {
      // An earlier failure is not this one's.
      if (child.failure !== undefined) cfn.state.stacks.patch(id, { failure: undefined });
      return;
    }
    begin(cfn, current, prepared.deployment, {
      kind: 'update',
      token: operation.token,
      onFailure: operation.onFailure === 'DO_NOTHING' ? 'DO_NOTHING' : 'ROLLBACK',
      retainExceptOnCreate: operation.retainExceptOnCreate ?? false,
      parentOperation: operation.id,
      changes: { stable },
    });
  }

  /** Back to how it was when its parent's operation began. */
  function back(parent: StackRecord, id: string): void {
    const cfn = late();
    const { state, journal, engine } = cfn;
    const child = look(id);
    const parentOperation = parent.operation!;
    if (!child) return;
    const { operation, stable } = child;
    if (operation?.stalled) {
      const prefix = `${child.parent!.logicalId}.`;
      const skip = (parentOperation.skip ?? []).flatMap((name) =>
        name.startsWith(prefix) ? name.slice(prefix.length) : [],
      );
      continueRollback(cfn, child, skip, { token: parentOperation.token });
    } else if (operation?.phase === 'apply') engine.cancel(id);
    else if (operation?.phase === 'held' && !operation.rolledBack) {
      journal.stack(id, 'UPDATE_ROLLBACK_IN_PROGRESS', undefined, {
        deploymentId: operation.fromId!,
        operation: { ...operation, phase: 'rollback', rolledBack: true },
      });
      state.stacks.patch(id, { stable: undefined });
      engine.run(id);
    } else if (!operation && stable?.deploymentId !== undefined)
      beginRollback(cfn, child, { token: parentOperation.token, parentOperation: parentOperation.id });
  }

  return {
    async create(parentId, logicalId, name, input) {
      const cfn = late();
      const parent = parentOf(parentId);
      const operation = parent.operation!;
      const onFailure = operation.onFailure === 'DO_NOTHING' ? 'DO_NOTHING' : 'ROLLBACK';
      const stack: StackRecord = {
        ...newStack(cfn, name),
        disableRollback: onFailure === 'DO_NOTHING',
        parent: { id: parentId, logicalId, rootId: parent.parent?.rootId ?? parentId },
        ...(input.timeoutInMinutes === undefined ? {} : { timeoutInMinutes: input.timeoutInMinutes }),
      };
      const { deployment } = await prepare(cfn, stack, deploymentInput(cfn, parent, input));
      begin(cfn, stack, deployment, {
        kind: 'create',
        token: operation.token,
        onFailure,
        retainExceptOnCreate: operation.retainExceptOnCreate ?? false,
        timeoutInMinutes: input.timeoutInMinutes,
      });
      return stack.id;
    },
    find(parentId, logicalId, name) {
      const child = late().state.stack(name);
      return child?.parent?.id === parentId && child.parent.logicalId === logicalId ? child.id : undefined;
    },
    async update(id, input) {
      const child = look(id);
      if (!child) return;
      const parent = parentOf(child.parent!.id);
      if (parent.operation?.rolledBack) back(parent, id);
      else await forward(parent, id, input);
    },
    look,
    isGoingBack: (parentId) => parentOf(parentId).operation?.rolledBack ?? false,
    delete(id) {
      const cfn = late();
      const child = look(id);
      if (!child || child.operation?.kind === 'delete') return;
      const inUse = exportInUse(cfn.state, child.name, child.outputs, [], 'delete');
      if (inUse !== undefined) throw new OwnFailure(inUse);
      beginDeletion(cfn, child, { token: parentOf(child.parent!.id).operation?.token });
    },
    async finishAll(parentId, signal) {
      const { state, engine, region } = late();
      const children = [...state.stacks.values()].filter(({ parent }) => parent?.id === parentId);
      for (const { id, operation } of children)
        if (operation?.phase === 'held') {
          state.stacks.patch(id, { operation: { ...operation, phase: 'cleanup' } });
          engine.run(id);
        }
      const isCleaningUp = ({ id }: StackRecord): boolean => {
        const operation = state.stacks.get(id)?.operation;
        return operation?.kind === 'update' && operation.phase === 'cleanup';
      };
      await waitUntil(region, ['cloudformation/stacks'], signal, async () =>
        children.some(isCleaningUp) ? undefined : true,
      );
    },
  };
}

/** What a parent asks of a child, with what it hands on: capabilities, role, tags. */
function deploymentInput({ state }: Cfn, parent: StackRecord, input: ChildInput): DeploymentInput {
  const { operation, deploymentId } = parent;
  const above = state.deployments.get(operation?.targetId ?? deploymentId ?? '');
  return {
    TemplateURL: input.templateUrl,
    Parameters: Object.entries(input.parameters).map(([ParameterKey, ParameterValue]): Parameter => ({
      ParameterKey,
      ParameterValue,
    })),
    Capabilities: above?.capabilities ?? [],
    Tags: input.tags.filter(({ Key }) => !Key.startsWith('aws:')).map((tag) => ({ ...tag })),
    NotificationARNs: input.notificationArns ?? [],
    RoleARN: above?.roleArn,
  };
}
