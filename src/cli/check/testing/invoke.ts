import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseInvocation, type Command } from '../../command.ts';
import { createTerminal } from '../../terminal.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** A file of the folder after the run. */
  file(name: string): string;
}

/** Runs a command in a folder with these files, which is gone afterwards. */
export async function invoke(
  command: Command,
  args: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<Ran> {
  const cwd = mkdtempSync(join(tmpdir(), 'fairway-check-'));
  const written = { out: '', err: '' };
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(cwd, name)), { recursive: true });
      writeFileSync(join(cwd, name), text);
    }
    const quiet = createTerminal(process.stdout, process.stderr, { NO_COLOR: '1', CI: '1' });
    const terminal = {
      ...quiet,
      out: (text: string) => void (written.out += text),
      err: (text: string) => void (written.err += text),
    };
    const invocation = parseInvocation(command, { before: [], after: args }, { terminal, env: {}, cwd });
    const code = await command.run(invocation);
    const after = new Map(Object.keys(files).map((name) => [name, readFileSync(join(cwd, name), 'utf8')]));
    return { code, ...written, file: (name) => after.get(name) ?? '' };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
