import { statSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { InputError } from '../../../common/problem.ts';
import type { HostBind } from '../../region.ts';
import { startReconciler, type Reconciler } from '../../reconciler.ts';
import type { Ecs, TaskDefinitionRecord } from './state.ts';

/** Tag that CloudFormation gives to what it makes. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html */
const STACK_TAG = 'aws:cloudformation:stack-name';

/** Says which volumes of a stack's task definitions stand for files and folders of this machine; replaces what was said before. */
export function setBinds(ecs: Ecs, stack: string, binds: readonly HostBind[]): void {
  const problems = binds.flatMap((bind) => refuse(ecs, bind));
  if (problems.length > 0) throw new InputError(problems);
  if (binds.length === 0) ecs.tables.binds.delete(stack);
  else ecs.tables.binds.put(stack, { stack, binds, at: ecs.now() });
}

/** The bind behind a volume of a task definition; only what came through `setBinds` is one. */
export function bindOf(
  { tables }: Ecs,
  definition: TaskDefinitionRecord,
  volume: string,
): HostBind | undefined {
  const stack = tables.tags.get(definition.taskDefinitionArn)?.[STACK_TAG];
  if (stack === undefined) return undefined;
  return tables.binds
    .get(stack)
    ?.binds.find(
      (bind) =>
        bind.volume === volume &&
        definition.containerDefinitions.some((container) => container.name === bind.service),
    );
}

/** Forgets the binds of stacks that have been deleted since. */
export function startBindCleaner(ecs: Ecs): Reconciler {
  const { store, clock, log, api } = ecs.region;
  return startReconciler({
    store,
    clock,
    log,
    name: 'ecs binds',
    watch: ['cloudformation/stacks'],
    async run() {
      if (ecs.tables.binds.size === 0) return;
      const { StackSummaries = [] } = await api.cloudformation.ListStacks({
        StackStatusFilter: ['DELETE_COMPLETE'],
      });
      for (const { StackName = '', DeletionTime } of StackSummaries) {
        const record = ecs.tables.binds.get(StackName);
        if (record && DeletionTime && DeletionTime >= record.at) ecs.tables.binds.delete(StackName);
      }
    },
  });
}

/** What no container may see of this machine, whoever asks. */
function refuse(
  { region }: Ecs,
  { service, source }: HostBind,
): { code: string; message: string; fix: string }[] {
  const problem = (reason: string, fix: string) => [
    { code: 'bind-refused', message: `${service} cannot mount ${source}: ${reason}`, fix },
  ];
  if (!isAbsolute(source)) return problem('it is not an absolute path', 'write an absolute path');
  const path = resolve(source);
  const state = resolve(region.identity.stateDirectory);
  if (isWithin(state, path) || isWithin(path, state))
    return problem("it holds the local region's own state", 'mount the folder that the program needs, alone');
  if (/\/(docker|podman|containerd|crio)\.sock$/.test(path) || isSocket(path))
    return problem(
      'a socket of this machine would give the container the rights of the program behind it',
      'leave it out: there is no container engine behind the local region, as there is none on Fargate',
    );
  return [];
}

const isWithin = (outer: string, inner: string): boolean => {
  const path = relative(outer, inner);
  return path === '' || (!path.startsWith('..') && !isAbsolute(path));
};

const isSocket = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
