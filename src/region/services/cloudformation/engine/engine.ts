import { setMaxListeners } from 'node:events';
import { InputError } from '../../../../common/problem.ts';
import type { Region } from '../../../region.ts';
import { inputText } from '../errors.ts';
import type { Journal } from '../events.ts';
import { exists } from '../generations.ts';
import type { Programs } from '../program.ts';
import type { DeploymentRecord, OperationRecord, OutputRecord, StackRecord } from '../records.ts';
import type { State } from '../state.ts';
import type { AnyResourceType } from '../types/resource-type.ts';
import { cleanUp } from './cleanup.ts';
import { ResourceFailure } from './failure.ts';
import { exportInUse, importsOf, outputsOf } from './outputs.ts';
import { applyResource, type Work } from './step.ts';
import { walk } from './walk.ts';

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
}

export function createEngine({ region, state, journal, programs, types }: Parts): Engine {
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
      const work: Work = { region, state, journal, types, stack, signal, stopping: () => stopping };
      if (operation.phase === 'apply') await applyPhase(work, operation, current.phase);
      else if (operation.phase === 'rollback') await rollbackPhase(work, operation);
      else await cleanupPhase(work, operation);
    }
  }
  /** Whether another operation has taken the place of this one, or the region stops: its record is then not ours to write. */
  function over({ stack }: Work, { id }: OperationRecord): boolean {
    return stopping || state.stacks.get(stack.id)?.operation?.id !== id;
  }

  /** Every resource of a deployment in dependency order; the first failure stops what has not begun and ends what waits. */
  async function applyAll(
    work: Work,
    deployment: DeploymentRecord,
    abort: AbortController | undefined,
    skip: readonly string[] = [],
  ): Promise<{ failed: string[]; reason?: string; outputs: OutputRecord[]; wanted: string[] }> {
    try {
      const program = await programs.load(work.stack, deployment);
      const { graph, parsed, evaluator } = program;
      if (!work.stack.operation?.rolledBack)
        state.stacks.patch(work.stack.id, { imports: importsOf(program) });
      const endings = await walk(
        graph.order,
        (id) => graph.dependencies.get(id) ?? [],
        async (id) => {
          if (skip.includes(id)) return true;
          const applied = abort?.signal.aborted
            ? false
            : await applyResource({ ...work, program, deployment }, id);
          if (!applied) abort?.abort();
          return applied;
        },
        { failFast: abort !== undefined },
      );
      const failed = graph.order.filter((id) => endings.get(id) === 'failed');
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
    const { failed, reason, outputs, wanted } = await applyAll(work, deployment, abort);
    if (over(work, operation)) return;
    const inUse = exportInUse(state, stack.name, stack.outputs, outputs, 'update');
    const failure = state.stacks.get(stack.id)?.operation?.cancelled
      ? 'User Initiated'
      : failed.length > 0
        ? failedResources(failed, work)
        : (reason ?? inUse);
    if (failure !== undefined) return failApply(stack, operation, failure);
    const deployed = { outputs, deploymentId: deployment.id };
    if (operation.kind === 'create') {
      journal.stack(stack.id, 'CREATE_COMPLETE', undefined, { ...deployed, operation: undefined });
      tidy(stack.id);
    } else
      journal.stack(stack.id, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', undefined, {
        ...deployed,
        updatedAt: new Date(region.clock.now()),
        operation: { ...operation, phase: 'cleanup', wanted },
      });
  }

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html */
  function failApply(stack: Readonly<StackRecord>, operation: OperationRecord, reason: string): void {
    const requested = `${reason.endsWith('.') ? reason : `${reason}.`} Rollback requested by user.`;
    const back = { ...operation, rolledBack: true };
    if (operation.kind === 'update')
      journal.stack(stack.id, 'UPDATE_ROLLBACK_IN_PROGRESS', reason, {
        operation: { ...back, phase: 'rollback' },
      });
    else if (operation.onFailure === 'DO_NOTHING')
      journal.stack(stack.id, 'CREATE_FAILED', reason, {
        deploymentId: operation.targetId!,
        operation: undefined,
      });
    else if (operation.onFailure === 'DELETE')
      journal.stack(stack.id, 'DELETE_IN_PROGRESS', requested, {
        operation: { ...back, kind: 'delete', phase: 'cleanup' },
      });
    else
      journal.stack(stack.id, 'ROLLBACK_IN_PROGRESS', requested, {
        deploymentId: operation.targetId!,
        operation: { ...back, phase: 'cleanup' },
      });
  }

  async function rollbackPhase(work: Work, operation: OperationRecord): Promise<void> {
    const { stack } = work;
    const { failed, reason, outputs } = await applyAll(
      work,
      state.deployments.get(stack.deploymentId!)!,
      undefined,
      operation.skip,
    );
    if (over(work, operation)) return;
    if (failed.length > 0 || reason !== undefined)
      journal.stack(
        stack.id,
        'UPDATE_ROLLBACK_FAILED',
        reason ?? `The following resource(s) failed to update: [${failed.join(', ')}]. `,
        {
          operation: { ...operation, stalled: true },
        },
      );
    else
      journal.stack(stack.id, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', undefined, {
        outputs,
        operation: { ...operation, phase: 'cleanup', skip: undefined },
      });
  }

  async function cleanupPhase(work: Work, operation: OperationRecord): Promise<void> {
    const { stack } = work;
    const failed = await cleanUp(work, operation);
    if (over(work, operation)) return;
    const reason =
      failed.length > 0 ? `The following resource(s) failed to delete: [${failed.join(', ')}]. ` : undefined;
    const ended = { operation: undefined, updatedAt: new Date(region.clock.now()) };
    if (operation.kind === 'update') {
      const rolledBack = operation.rolledBack ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE';
      if (operation.rolledBack) await restoreImports(stack);
      journal.stack(stack.id, rolledBack, undefined, ended);
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
    const { deploymentId } = state.stacks.get(stackId)!;
    for (const { id, stackId: owner } of state.deployments.values())
      if (owner === stackId && id !== deploymentId && !used.has(id)) state.deployments.delete(id);
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

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-monitor-stack.html */
function failedResources(failed: readonly string[], { state, stack }: Work): string {
  const failedWith = (status: string): string[] =>
    failed.filter((id) => state.generations(stack.id, id).at(-1)?.status === status);
  const sentence = (verb: string, ids: readonly string[]): string =>
    ids.length > 0 ? `The following resource(s) failed to ${verb}: [${ids.join(', ')}]. ` : '';
  return `${sentence('create', failedWith('CREATE_FAILED'))}${sentence('update', failedWith('UPDATE_FAILED'))}`.trim();
}
