import type { Invocation, OptionHelp } from '../command.ts';
import type { Project } from '../project.ts';

export const noCheckOption: OptionHelp = {
  name: 'no-check',
  help: 'go on where the check finds errors',
};

/** Checks a project before it is deployed, unless that is not wanted. */
export async function checkBefore(invocation: Invocation, project: Project): Promise<void> {
  if (invocation.flag('no-check')) return;
  const { checkFirst } = await import('./first.ts');
  checkFirst(invocation, project);
}
