import { createInterface } from 'node:readline';
import { OperationError } from '../../common/problem.ts';

/** Somebody at a terminal. */
export interface Asking {
  /** A line of what is typed, also of what was typed ahead. */
  ask(prompt: string): Promise<string>;
  close(): void;
}

export function askAt(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Asking {
  const lines: string[] = [];
  let ended = false;
  let waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;
  const reader = createInterface({ input, output });
  reader.on('line', (line) => {
    if (!waiting) lines.push(line);
    waiting?.resolve(line);
    waiting = undefined;
  });
  // Ctrl-C, Ctrl-D.
  reader.on('close', () => {
    ended = true;
    waiting?.reject(noAnswer());
  });
  return {
    ask(prompt) {
      const ahead = lines.shift();
      if (ahead === undefined && ended) return Promise.reject(noAnswer());
      reader.setPrompt(prompt);
      if (ahead !== undefined) {
        output.write(`${prompt}${ahead}\n`);
        return Promise.resolve(ahead);
      }
      reader.prompt();
      return new Promise((resolve, reject) => (waiting = { resolve, reject }));
    },
    close: () => reader.close(),
  };
}

const noAnswer = () =>
  new OperationError({ code: 'init-ended', message: 'nothing was written: the questions were not answered' });
