import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Invocation } from '../command.ts';
import { ask } from './ask.ts';
import { fixAll } from './fix.ts';
import { unifiedDiff } from './line-diff.ts';
import type { Outcome } from './run.ts';

/** Shows what the edits change, and writes it once that is agreed to; true where something was written. */
export async function offerFixes(
  invocation: Invocation,
  outcomes: readonly Outcome[],
  examine: (texts: ReadonlyMap<string, string>) => Promise<readonly Outcome[]>,
): Promise<boolean> {
  const { terminal, cwd } = invocation;
  const original = (file: string) =>
    outcomes.map(({ subject }) => subject.text(file)).find((text) => text !== undefined);
  const { texts, made } = await fixAll(async (changed) => {
    const current = changed.size === 0 ? outcomes : await examine(changed);
    // The template of a compose file is nobody's file: there is nothing to write its edits into.
    return current.filter(({ subject }) => subject.kind === 'templates').flatMap(({ findings }) => findings);
  }, original);
  if (texts.size === 0) {
    terminal.err('there is nothing that a program can mend here\n');
    return false;
  }
  for (const [file, text] of texts)
    terminal.err(
      `${terminal.style.bold(file)}\n${unifiedDiff(original(file) ?? '', text, terminal.style)}\n\n`,
    );
  const files = texts.size === 1 ? [...texts.keys()][0]! : `${texts.size} files`;
  const findings = made === 1 ? 'one finding' : `${made} findings`;
  if (!invocation.flag('yes') && !(await ask(`mend ${findings} in ${files}?`))) {
    terminal.err('nothing was written\n');
    return false;
  }
  for (const [file, text] of texts) writeFileSync(resolve(cwd, file), text);
  terminal.err(`${findings} mended in ${files}\n\n`);
  return true;
}
