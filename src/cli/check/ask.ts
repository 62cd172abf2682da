import { createInterface } from 'node:readline/promises';
import { InputError } from '../../common/problem.ts';

/** Asks on a terminal; no is the answer of whoever only presses enter. */
export async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new InputError([
      { code: 'usage', message: 'there is nobody to ask', fix: '--yes writes without asking' },
    ]);
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await questions.question(`${question} [y/N] `);
  questions.close();
  return /^y(es)?$/i.test(answer.trim());
}
