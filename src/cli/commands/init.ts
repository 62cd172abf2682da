import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError } from '../../common/problem.ts';
import { openQuestions } from '../../architect/questions/index.ts';
import type { Change, Question } from '../../architect/questions/model.ts';
import type { Command, Invocation } from '../command.ts';
import { askAt, type Asking } from '../init/asking.ts';
import { changedLines } from '../init/difference.ts';
import { withChanges } from '../init/change.ts';
import { designFor, loadApp, readText } from '../project.ts';
import { readPath } from '../read-path.ts';
import { sourceTexts } from '../source-texts.ts';

/** An answer may open another question: which port, once it is known who calls. */
const MOST_ROUNDS = 8;

export const command: Command = {
  name: 'init',
  summary: 'Write into a compose file what AWS needs to know',
  usage: '[OPTIONS] [PATH]',
  details:
    'Asks what cannot be known from the files (who calls what, what becomes of volumes), says what a wrong answer\nwould cost, and writes the x-aws lines where they belong; nothing else in the file changes.',
  options: [{ name: 'yes', short: 'y', help: 'take the likeliest answers and write them, without asking' }],
  arguments: [0, 1],
  async run(invocation) {
    const { terminal, cwd } = invocation;
    const asks = terminal.interactive && process.stdin.isTTY && !invocation.flag('yes');
    const input = asks ? askAt(process.stdin, process.stderr) : undefined;
    try {
      const { texts, left } = await answered(invocation, input);
      if (left > 0) terminal.err(`\n${left === 1 ? 'one question is' : `${left} questions are`} left open\n`);
      if (texts.size === 0) {
        if (left > 0) return 1;
        const rest = problemsLeft(invocation);
        if (rest === undefined) terminal.err('nothing is open: the files say all that AWS needs to know\n');
        else terminal.err(`there is nothing to ask; this is for you to decide:\n${rest}\n`);
        return rest === undefined ? 0 : 1;
      }
      for (const [file, text] of texts) showChange(invocation, file, readText(cwd, file) ?? '', text);
      if (input ? !(await confirmed(input)) : !invocation.flag('yes')) {
        terminal.err('nothing was written; fairway init --yes writes it\n');
        return 0;
      }
      for (const [file, text] of texts) await writeFile(resolve(cwd, file), text);
      terminal.err(`written: ${[...texts.keys()].join(', ')}\n`);
      const rest = left > 0 ? undefined : problemsLeft(invocation);
      if (rest !== undefined) terminal.err(`\nleft for you to decide:\n${rest}\n`);
      return left > 0 || rest !== undefined ? 1 : 0;
    } finally {
      input?.close();
    }
  },
};

/** What no answer mends: the design for AWS stops at it all the same. */
function problemsLeft(invocation: Invocation): string | undefined {
  const app = loadApp(invocation, invocation.positionals[0]);
  try {
    designFor(invocation, app, { target: 'aws' });
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** New texts of files, with an answer to each question that they leave open. */
async function answered(
  invocation: Invocation,
  input: Asking | undefined,
): Promise<{ readonly texts: ReadonlyMap<string, string>; readonly left: number }> {
  const { cwd, positionals, terminal } = invocation;
  const texts = new Map<string, string>();
  const asked = new Set<string>();
  let left = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const app = loadApp(invocation, positionals[0], texts);
    const questions = openQuestions(app, {
      directory: resolve(cwd, app.directory),
      readPath,
      texts: (which) => sourceTexts(app, cwd, which),
    }).filter(({ text }) => !asked.has(text));
    if (questions.length === 0) break;
    const changes: Change[] = [];
    for (const question of questions) {
      asked.add(question.text);
      terminal.err(`\n${terminal.style.bold(question.text)}\n`);
      const answers = await answer(invocation, question, input);
      if (answers) changes.push(...answers);
      else left++;
    }
    for (const file of new Set(changes.map((change) => change.file))) {
      const text = texts.get(file) ?? readText(cwd, file) ?? '';
      texts.set(
        file,
        withChanges(
          text,
          changes.filter((change) => change.file === file),
        ),
      );
    }
  }
  return { texts, left };
}

async function answer(
  { terminal }: Invocation,
  { choices, preferred, other }: Question,
  input: Asking | undefined,
): Promise<readonly Change[] | undefined> {
  for (const [index, { label, ifWrong }] of choices.entries())
    terminal.err(
      `  ${index + 1}. ${label}${index === preferred ? terminal.style.green('  (likeliest)') : ''}\n     ${terminal.style.dim(`if that is wrong: ${ifWrong}`)}\n`,
    );
  for (;;) {
    const usual = preferred === undefined ? '' : String(preferred + 1);
    if (!input && preferred === undefined) {
      terminal.err(
        '  left open, since nothing speaks for any of these; fairway up --learn watches what really flows\n',
      );
      return undefined;
    }
    const text = input ? (await input.ask(`  [${usual}] `)).trim() : '';
    const choice = choices[Number(text === '' ? usual : text) - 1];
    const changes = choice?.changes ?? other?.changes(text);
    if (changes) return changes;
    terminal.err(`  write a number from 1 to ${choices.length}${other ? `, or ${other.hint}` : ''}\n`);
  }
}

function showChange({ terminal }: Invocation, file: string, before: string, after: string): void {
  terminal.out(`${terminal.outStyle.bold(file)}\n`);
  for (const { line, text, old } of changedLines(before, after)) {
    if (old !== undefined) terminal.out(`${terminal.outStyle.red(`${String(line).padStart(5)} - ${old}`)}\n`);
    terminal.out(`${terminal.outStyle.green(`${String(line).padStart(5)} + ${text}`)}\n`);
  }
}

async function confirmed(input: Asking): Promise<boolean> {
  const text = await input.ask('\nWrite this? [Y/n] ');
  return !/^n/i.test(text.trim());
}
