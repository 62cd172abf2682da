import { spawn } from 'node:child_process';
import type { EgressSettings } from './protocol.ts';

export interface Destination {
  readonly address: string;
  readonly port: number;
}
export interface Originals {
  /** Where the connection from this address and port was going before the filter turned it; forgotten once it is told. */
  take(address: string, port: number): Promise<Destination | undefined>;
}

/**
 * Reads the filter's map of turned connections by a standing `nft -i`. Node cannot ask the socket itself (SO_ORIGINAL_DST).
 * Questions go one by one: each is answered on stdout when there is an entry, and by a complaint when there is none.
 */
export function openOriginals(
  { path, env }: EgressSettings['nft'],
  log: (message: string) => void,
): Originals {
  const nft = spawn(path, ['-i'], { env: { LC_ALL: 'C', ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let waiting: { readonly key: string; readonly resolve: (found: Destination | undefined) => void }[] = [];
  let output = '';
  const answer = (found: Destination | undefined) => {
    output = '';
    waiting.shift()?.resolve(found);
    ask();
  };
  function ask(): void {
    const [next] = waiting;
    if (next) nft.stdin.write(`get element ip vpc outside { ${next.key} }\n`);
  }
  nft.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    const [next] = waiting;
    const found = /: (\d+\.\d+\.\d+\.\d+) \. (\d+)/.exec(output);
    if (!next || !found || !/^}/m.test(output)) return;
    nft.stdin.write(`delete element ip vpc outside { ${next.key} }\n`);
    answer({ address: found[1] ?? '', port: Number(found[2]) });
  });
  nft.stderr.on('data', (chunk: Buffer) => {
    const [next] = waiting;
    if (next && chunk.toString().includes(`get element ip vpc outside { ${next.key} }`)) answer(undefined);
  });
  nft.stdin.on('error', () => {});
  nft.on('error', (error) => log(`nft: ${error.message}`));
  nft.on('exit', (code) => {
    log(`nft ended with ${code}`);
    const left = waiting;
    waiting = [];
    for (const { resolve } of left) resolve(undefined);
  });
  return {
    take(address, port) {
      if (nft.exitCode !== null) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        waiting.push({ key: `${address} . ${port}`, resolve });
        if (waiting.length === 1) ask();
      });
    },
  };
}
