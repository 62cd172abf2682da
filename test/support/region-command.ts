import type { ChildProcess } from 'node:child_process';
import { eventually, type Home } from './fairway.ts';

/** `fairway region` while it runs. */
export interface RegionCommand {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  errors(): string;
  /** The settings for AWS clients that it prints. */
  readonly settings: Readonly<Record<string, string>>;
  /** Presses Ctrl-C; resolves with the exit code. */
  interrupt(): Promise<number | null>;
}

/** Starts `fairway region` with these options; rejects where it ends before it has told its endpoint. */
export async function startRegionCommand(home: Home, ...options: readonly string[]): Promise<RegionCommand> {
  const child = home.start(['region', ...options]);
  let output = '';
  let errors = '';
  let code: number | null | undefined;
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<number | null>((resolve) =>
    child.once('close', (exit) => resolve((code = exit))),
  );
  const settingsIn = () =>
    Object.fromEntries(
      [...output.matchAll(/export (AWS_\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!]),
    );
  await eventually(
    async () => {
      if (code !== undefined) return true;
      return settingsIn()['AWS_SECRET_ACCESS_KEY'] !== undefined;
    },
    60,
    'the endpoint of the region',
  );
  if (code !== undefined) throw new Error(`fairway region exited ${code}: ${errors}`);
  return {
    child,
    output: () => output,
    errors: () => errors,
    settings: settingsIn(),
    interrupt() {
      child.kill('SIGINT');
      return ended;
    },
  };
}
