import type { Parameter } from '@aws-sdk/client-cloudformation';
import { renderTemplate } from '../architect/synth.ts';
import { deployStack, type Outcome } from '../deploy/deploy.ts';
import { destroyStack } from '../deploy/destroy.ts';
import type { Target } from '../deploy/target.ts';
import type { Invocation, OptionHelp } from './command.ts';
import { tellFailure } from './failures.ts';
import { stackProgress } from './progress/progress.ts';
import { tryDesign, type Project } from './project.ts';

export const cancelOption: OptionHelp = {
  name: 'cancel-on-first-failure',
  help: 'go back as soon as a task does not stay, without waiting for the circuit breaker',
};

/** Brings a project's stack to its template (or, with `keepTemplate`, to other parameters only), showing how it goes. */
export function deployProject(
  invocation: Invocation,
  project: Project,
  target: Target,
  parameters: readonly Parameter[],
  { keepTemplate = false } = {},
): Promise<Outcome> {
  const { terminal } = invocation;
  const { app, design } = project;
  const progress = stackProgress({
    terminal,
    stackName: app.name,
    template: design.template,
    services: app.services.map(({ name }) => name),
  });
  return deployStack(target, {
    stackName: app.name,
    ...(keepTemplate ? {} : { template: renderTemplate(design.template) }),
    parameters,
    cancelOnFirstFailure: invocation.flag(cancelOption.name),
    observer: { ...progress, failed: (failure) => tellFailure(invocation, project, progress, failure) },
  }).finally(progress.finish);
}

/** Deletes a stack, showing how it goes; false where there was none. What is deployed goes even where its files cannot be read. */
export function destroyProject(invocation: Invocation, stackName: string, target: Target): Promise<boolean> {
  const project = tryDesign(invocation);
  const progress = stackProgress({
    terminal: invocation.terminal,
    stackName,
    template: project?.design.template,
    services: project?.app.services.map(({ name }) => name) ?? [],
  });
  return destroyStack(target, { stackName, observer: progress }).finally(progress.finish);
}
