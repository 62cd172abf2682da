import { formatProblem, type Problem } from '../common/problem.ts';
import type { Terminal } from './terminal.ts';

/** What is in the input and not enacted, and what was decided for it: never dropped in silence. */
export function printNotices(terminal: Terminal, notices: readonly Problem[]): void {
  for (const notice of notices) terminal.err(`${terminal.style.yellow('note:')} ${formatProblem(notice)}\n`);
}
