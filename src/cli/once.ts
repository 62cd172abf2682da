import type { Stack } from '@aws-sdk/client-cloudformation';
import type { Target } from '../deploy/target.ts';
import type { Project } from './project.ts';
import { duration, type Terminal } from './terminal.ts';

/** Runs what runs once, one after the other, as they depend on each other. False where one failed. */
export async function runOnceTasks(
  terminal: Terminal,
  { design }: Project,
  target: Target,
  stack: Stack,
): Promise<boolean> {
  if (design.once.length === 0) return true;
  const { runOnce } = await import('../deploy/once.ts');
  for (const wanted of design.once) {
    const began = Date.now();
    const { exitCode, reason } = await runOnce(target, stack, wanted);
    const took = duration(Date.now() - began);
    const name = terminal.style.dim(`${wanted.service}:`);
    if (exitCode === 0) terminal.err(`${name} ran to its end (${took})\n`);
    else {
      terminal.err(
        `${name} ${terminal.style.red(`failed with exit code ${exitCode ?? 'unknown'}`)}${reason ? `: ${reason}` : ''}\n  see: fairway logs ${wanted.service}\n`,
      );
      return false;
    }
  }
  return true;
}
