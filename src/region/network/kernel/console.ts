import type { InsideProcess, Netd } from '../netd-client.ts';

/**
 * A program that takes commands by the line for as long as it runs (`nft -i`, `ip -batch -`): a hundredth of the price of starting
 * one each time. Neither says when it is done, so that each batch ends with a question about a thing that does not exist, and its
 * answer ends the batch.
 */
export interface Console {
  /** Rejects with what the program complained about, in its words; complaints that `expected` matches are none. */
  run(commands: readonly string[], expected?: RegExp): Promise<void>;
  close(): void;
}

export interface ConsoleKind {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly network: string;
  /** Commands of one batch on their way in. */
  join(commands: readonly string[]): string;
  /** Asks about what is not there; the name must stand in the answer. */
  question(name: string): string;
}

interface Batch {
  readonly end: string;
  readonly expected: RegExp | undefined;
  resolve(): void;
  reject(error: Error): void;
}

/** Lines that belong to a complaint before them, or to the answer that ends a batch. */
const noise = /^(?:\s*[\^~]+\s*|Command failed .*|)$/;

export function openConsole(netd: Pick<Netd, 'spawn'>, kind: ConsoleKind): Console {
  let program: InsideProcess | undefined;
  let pending: Batch[] = [];
  let written = '';
  let sequence = 0;

  function start(): InsideProcess {
    const process = netd.spawn(kind.argv, { env: kind.env, network: kind.network });
    written = '';
    process.onStderr((chunk) => {
      if (process !== program) return;
      written += chunk.toString();
      settle();
    });
    void process.exited.then(() => {
      if (process !== program) return;
      program = undefined;
      const failed = pending;
      pending = [];
      for (const { reject } of failed)
        reject(new Error(`${kind.argv.join(' ')} ended: ${written.trim() || 'without a word'}`));
    });
    return process;
  }
  function settle(): void {
    for (;;) {
      const [batch] = pending;
      const at = batch ? written.indexOf(batch.end) : -1;
      const lineEnd = at < 0 ? -1 : written.indexOf('\n', at);
      if (!batch || lineEnd < 0) return;
      const lines = written.slice(0, written.lastIndexOf('\n', at) + 1).split('\n');
      written = written.slice(lineEnd + 1);
      pending.shift();
      const complaints = lines.filter((line) => !noise.test(line));
      // nft writes the kind of error on a line of its own, before the question.
      if (complaints.at(-1)?.startsWith('Error: No such file or directory')) complaints.pop();
      const real = complaints.filter((line) => !batch.expected?.test(line));
      if (real.length === 0) batch.resolve();
      else batch.reject(new Error(real.join('\n').slice(0, 600)));
    }
  }
  return {
    run(commands, expected) {
      if (commands.length === 0) return Promise.resolve();
      program ??= start();
      const end = `done_${sequence++}_`;
      program.write(`${kind.join(commands)}\n${kind.question(end)}\n`);
      return new Promise((resolve, reject) => void pending.push({ end, expected, resolve, reject }));
    },
    close: () => program?.end(),
  };
}
