import { setMaxListeners } from 'node:events';
import { InputError } from '../../../../common/problem.ts';
import type { Region } from '../../../region.ts';
import { inputText } from '../errors.ts';
import type { Journal } from '../events.ts';
import type { Inside } from '../inside.ts';
import { exists } from '../generations.ts';
import type { Programs } from '../program.ts';
import type { DeploymentRecord, OperationRecord, OutputRecord, StackRecord } from '../records.ts';
import type { State } from '../state.ts';
import type { AnyResourceType } from '../types/resource-type.ts';
import { cleanUp } from './cleanup.ts';
import { timedOut, watchDeadline } from './deadline.ts';
import { ResourceFailure } from './failure.ts';
import { exportInUse, importsOf, outputsOf, requireExports } from './outputs.ts';
import { failedTo, failedToApply, leftBehind } from './reasons.ts';
import { applyResource } from './step.ts';
import { walk } from './walk.ts';
import type { Work } from './work.ts';

export interface Engine {
  /** Carries out the operation that is written in the stack's record, from the phase it is in. */
  run(stackId: string): void;
  /** Goes on with every operation that an earlier process has left. */
  resume(): void;
  /** An update under way turns into its rollback. */
  cancel(stackId: string): void;
  /** Leaves operations where they are; resolves when no step runs any more. */
  stop(): Promise<void>;
}

interface Run {
  /** Another operation on the same stack waits for this run to end. */
  replaced: boolean;
  phase: AbortController;
  done: Promise<void>;
}

interface Parts {
  readonly region: Region;
  readonly state: State;
  readonly journal: Journal;
  readonly programs: Programs;
  readonly types: ReadonlyMap<string, AnyResourceType>;
  readonly inside: Inside;
}

export function createEngine({ region, state, journal, programs, types, inside }: Parts): Engine {
  const underWay = new Map<string, Run>();
  let stopping = false;

  function run(stackId: string): void {
    const before = underWay.get(stackId);
    const current: Run = { replaced: false, phase: new AbortController(), done: Promise.resolve() };
    if (before) {
      before.replaced = true;
      before.phase.abort();
    }
    current.done = Promise.resolve(before?.done)
      .then(() => drive(stackId, current))
      .catch((error: unknown) => {
        if (!stopping)
          region.log(
            `cloudformation: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          );
      })
      .finally(() => {
        if (underWay.get(stackId) === current) underWay.delete(stackId);
      });
    underWay.set(stackId, current);
  }

  /** Phase after phase, each begun by what the record says, until the operation has ended. */
  async function drive(stackId: string, current: Run): Promise<void> {
    for (;;) {
      const stack = state.stacks.get(stackId);
      const operation = stack?.operation;
      if (!stack || !operation || operation.stalled || stopping || current.replaced) return;
      current.phase = new AbortController();
      const { signal } = current.phase;
      // Every step that waits listens to it.
      setMaxListeners(0, signal);
      const work: Work = { region, state, journal, types, inside, stack, signal, stopping: () => stopping };
      if (operation.phase === 'held') return;
      if (operation.phase === 'apply') await applyPhase(work, operation, current.phase);
      else if (operation.phase === 'rollback') await rollbackPhase(work, operation, current.phase);
      else await cleanupPhase(work, operation);
    }
  }
  /** Whether another operation has taken the place of this one, or the region stops: its record is then not ours to write. */
  function over({ stack }: Work, { id }: OperationRecord): boolean {
    return stopping || state.stacks.get(stack.id)?.operation?.id !== id;
  }

  /**
   * Every resource of a deployment in dependency order. With `failFast` the first failure stops what has not begun and ends what
   * waits; without, each path goes on to its own first failure.
   */
  async function applyAll(
    work: Work,
    deployment: DeploymentRecord,
    abort: AbortController,
    { failFast, skip = [] }: { readonly failFast: boolean; readonly skip?: readonly string[] | undefined },
  ): Promise<{ failed: string[]; reason?: string; outputs: OutputRecord[]; wanted: string[] }> {
    try {
      const program = await programs.load(work.stack, deployment);
      const { graph, parsed, evaluator } = program;
      if (!work.stack.operation?.rolledBack) {
        const imports = importsOf(program);
        requireExports(state, imports);
        state.stacks.patch(work.stack.id, { imports });
      }
      const begun = new Set<string>();
      const endings = await walk(
        graph.order,
        (id) => graph.dependencies.get(id) ?? [],
        async (id) => {
          if (skip.includes(id)) return true;
          if (abort.signal.aborted) return false;
          begun.add(id);
          const applied = await applyResource({ ...work, program, deployment }, id);
          if (!applied && failFast) abort.abort();
          return applied;
        },
      );
      const failed = graph.order.filter((id) => endings.get(id) === 'failed' && begun.has(id));
      const wanted = graph.order.filter((id) => {
        const { Condition } = parsed.template.Resources[id]!;
        return Condition === undefined || evaluator.condition(Condition) === true;
      });
      return { failed, wanted, outputs: failed.length > 0 ? [] : outputsOf(state, work.stack.id, program) };
    } catch (error) {
      if (error instanceof InputError)
        return { failed: [], reason: inputText(error), outputs: [], wanted: [] };
      if (error instanceof ResourceFailure)
        return { failed: [], reason: error.message, outputs: [], wanted: [] };
      throw error;
    }
  }

  async function applyPhase(work: Work, operation: OperationRecord, abort: AbortController): Promise<void> {
    const { stack } = work;
    const deployment = state.deployments.get(operation.targetId!)!;
    const deadline = watchDeadline(region.clock, operation, abort);
    const failFast = operation.onFailure !== 'DO_NOTHING';
    const { failed, reason, outputs, wanted } = await applyAll(work, deployment, abort, { failFast });
    deadline.stop();
    if (over(work, operation)) return;
    const inUse = exportInUse(state, stack.name, stack.outputs, outputs, 'update');
    const failure = state.stacks.get(stack.id)?.operation?.cancelled
      ? 'User Initiated'
      : deadline.passed()
        ? timedOut
        : failed.length > 0
          ? failedToApply(failed, work)
          : (reason ?? inUse);
    if (failure !== undefined) return failApply(state.stacks.get(stack.id)!, operation, failure);
    const deployed = { outputs, deploymentId: deployment.id, stable: undefined };
    if (operation.kind === 'create') {
      journal.stack(stack.id, 'CREATE_COMPLETE', undefined, { ...deployed, operation: undefined });
      tidy(stack.id);
    } else
      journal.stack(stack.id, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', undefined, {
        ...deployed,
        updatedAt: new Date(region.clock.now()),
        operation: { ...operation, phase: nextPhase(operation), wanted },
      });
  }

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html */
  function failApply(stack: Readonly<StackRecord>, operation: OperationRecord, reason: string): void {
    const sentence = reason.endsWith('.') ? reason : `${reason}.`;
    const back = { ...operation, rolledBack: true };
    const { targetId, fromId, before } = operation;
    const cancelled = state.stacks.get(stack.id)?.operation?.cancelled === true;
    state.stacks.patch(stack.id, { failure: reason });
    const left = {
      deploymentId: targetId!,
      operation: undefined,
      stable: stack.stable ?? { deploymentId: fromId, before },
    };
    if (operation.kind === 'update') {
      // What was never complete has nothing to go back to.
      if (fromId === undefined || (operation.onFailure === 'DO_NOTHING' && !cancelled))
        journal.stack(stack.id, 'UPDATE_FAILED', reason, left);
      else
        journal.stack(stack.id, 'UPDATE_ROLLBACK_IN_PROGRESS', reason, {
          deploymentId: fromId,
          stable: undefined,
          operation: { ...back, phase: 'rollback' },
        });
    } else if (operation.onFailure === 'DO_NOTHING') journal.stack(stack.id, 'CREATE_FAILED', reason, left);
    else if (operation.onFailure === 'DELETE')
      journal.stack(stack.id, 'DELETE_IN_PROGRESS', `${sentence} Delete requested by user.`, {
        operation: { ...back, kind: 'delete', phase: 'cleanup' },
      });
    else
      journal.stack(stack.id, 'ROLLBACK_IN_PROGRESS', `${sentence} Rollback requested by user.`, {
        deploymentId: targetId!,
        operation: { ...back, phase: 'cleanup' },
      });
  }

  async function rollbackPhase(
    work: Work,
    operation: OperationRecord,
    abort: AbortController,
  ): Promise<void> {
    const { stack } = work;
    const { failed, reason, outputs } = await applyAll(
      work,
      state.deployments.get(operation.fromId ?? stack.deploymentId!)!,
      abort,
      { failFast: false, skip: operation.skip },
    );
    if (over(work, operation)) return;
    if (failed.length > 0 || reason !== undefined)
      journal.stack(stack.id, 'UPDATE_ROLLBACK_FAILED', reason ?? failedTo('update', failed), {
        operation: { ...operation, stalled: true },
      });
    else
      journal.stack(stack.id, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', undefined, {
        outputs,
        operation: { ...operation, phase: nextPhase(operation), skip: undefined },
      });
  }

  async function cleanupPhase(work: Work, operation: OperationRecord): Promise<void> {
    const { stack } = work;
    // Together: what a child no longer needs may hold what its parent no longer needs, and the other way round.
    const [failed] = await Promise.all([
      cleanUp(work, operation),
      inside.nested.finishAll(stack.id, work.signal),
    ]);
    if (over(work, operation)) return;
    const reason = failed.length > 0 ? failedTo('delete', failed) : undefined;
    const ended = { operation: undefined, stable: undefined, updatedAt: new Date(region.clock.now()) };
    if (operation.kind === 'update') {
      const rolledBack = operation.rolledBack ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE';
      if (operation.rolledBack) await restoreImports(stack);
      const left = failed.length > 0 && !operation.rolledBack ? leftBehind : undefined;
      journal.stack(stack.id, rolledBack, left, ended);
      tidy(stack.id);
    } else if (operation.kind === 'create')
      journal.stack(stack.id, reason === undefined ? 'ROLLBACK_COMPLETE' : 'ROLLBACK_FAILED', reason, {
        operation: undefined,
        imports: [],
        outputs: [],
      });
    else if (reason === undefined)
      journal.stack(stack.id, 'DELETE_COMPLETE', undefined, {
        operation: undefined,
        imports: [],
        outputs: [],
        deletedAt: new Date(region.clock.now()),
      });
    else journal.stack(stack.id, 'DELETE_FAILED', reason, { operation: undefined });
  }

  async function restoreImports(stack: Readonly<StackRecord>): Promise<void> {
    const program = await programs.load(stack, state.deployments.get(stack.deploymentId!)!);
    state.stacks.patch(stack.id, { imports: importsOf(program) });
  }
  /** Takes out of the store what nothing refers to any more. */
  function tidy(stackId: string): void {
    for (const record of state.resources(stackId)) if (!exists(record)) state.dropResource(record.key);
    const used = new Set([...state.changeSets.values()].map(({ deploymentId }) => deploymentId));
    const { deploymentId, stable } = state.stacks.get(stackId)!;
    for (const { id, stackId: owner } of state.deployments.values())
      if (owner === stackId && ![deploymentId, stable?.deploymentId].includes(id) && !used.has(id))
        state.deployments.delete(id);
  }

  return {
    run,
    resume() {
      for (const { id, operation } of state.stacks.values()) if (operation && !operation.stalled) run(id);
    },
    cancel(stackId) {
      const operation = state.stacks.get(stackId)?.operation;
      if (!operation) return;
      state.stacks.patch(stackId, { operation: { ...operation, cancelled: true } });
      underWay.get(stackId)?.phase.abort();
    },
    async stop() {
      stopping = true;
      for (const { phase } of underWay.values()) phase.abort();
      await Promise.all([...underWay.values()].map(({ done }) => done));
    },
  };
}

/** A nested stack keeps what an update has replaced until its parent is through. */
function nextPhase({ parentOperation }: OperationRecord): 'held' | 'cleanup' {
  return parentOperation === undefined ? 'cleanup' : 'held';
}
