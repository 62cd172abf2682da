import { plainProgress } from './plain.ts';
import type { Progress, ProgressOptions } from './steps.ts';
import { treeProgress } from './tree.ts';

/** A tree that is drawn again where the terminal allows it, else a line for each step. */
export function stackProgress(options: ProgressOptions): Progress {
  return options.terminal.interactive ? treeProgress(options) : plainProgress(options);
}
