import { describeResource, isStack, outcomeOf, type Progress, type ProgressOptions } from './steps.ts';

/** A line for each step that is done, for logs and pipes. */
export function plainProgress({ terminal, template, stackName }: ProgressOptions): Progress {
  const began = Date.now();
  const stamp = () => `${((Date.now() - began) / 1000).toFixed(1)}s`.padStart(7);
  return {
    planned(changes) {
      const count = changes.length;
      terminal.err(
        `${stamp()}  stack ${stackName}: ${count} ${count === 1 ? 'resource' : 'resources'} to change\n`,
      );
    },
    note: (text) => terminal.err(`${stamp()}  ${text}\n`),
    event(event) {
      if (isStack(event)) {
        if (event.ResourceStatus?.includes('ROLLBACK_IN_PROGRESS'))
          terminal.err(`${stamp()}  rolling back: ${event.ResourceStatusReason ?? ''}\n`);
        return;
      }
      const outcome = outcomeOf(event.ResourceStatus);
      if (!outcome) return;
      const reason = outcome === 'failed' ? `: ${event.ResourceStatusReason ?? 'no reason was given'}` : '';
      terminal.err(`${stamp()}  ${outcome.padEnd(8)}  ${describeResource(template, event)}${reason}\n`);
    },
    finish() {},
  };
}
