import { constants } from 'node:os';
import { FRAME, encodeFrame, frameReader, type ExecRequest } from '../../region/process/protocol.ts';
import { usageError, type Command } from '../command.ts';
import { requireLocal } from '../local.ts';
import { projectName } from '../project.ts';

export const command: Command = {
  name: 'exec',
  summary: 'Run a command in a running task',
  usage: '[OPTIONS] SERVICE -- COMMAND [ARGUMENT…]',
  details: 'Without a terminal of its own: what is written is passed on as it is. Exits as the command does.',
  options: [
    { name: 'task', value: 'ID', help: "which task (default: the service's first)" },
    { name: 'user', short: 'u', value: 'USER', help: 'user to run as' },
    { name: 'env', short: 'e', value: 'NAME=VALUE', multiple: true, help: 'a further environment variable' },
  ],
  arguments: [1, Number.POSITIVE_INFINITY],
  async run(invocation) {
    const [service, ...behind] = invocation.positionals;
    const argv = [...behind, ...invocation.rest];
    if (argv.length === 0) throw usageError(command, 'the command to run is missing');
    const stack = await projectName(invocation);
    const { control } = await requireLocal(invocation);
    const user = invocation.text('user');
    const task = invocation.text('task');
    const wanted: ExecRequest = {
      stack,
      service: service!,
      argv,
      environment: Object.fromEntries(invocation.texts('env').map(splitPair)),
      ...(user === undefined ? {} : { user }),
      ...(task === undefined ? {} : { task }),
    };
    const socket = await control.upgrade('exec', wanted);
    const onInput = (chunk: Buffer) => void socket.write(encodeFrame(FRAME.stdin, chunk));
    process.stdin.on('data', onInput);
    process.stdin.once('end', () => void socket.write(encodeFrame(FRAME.stdin, Buffer.alloc(0))));
    const code = await new Promise<number>((resolve) => {
      let result = 1;
      socket.on(
        'data',
        frameReader((type, payload) => {
          if (type === FRAME.stdout) process.stdout.write(payload);
          else if (type === FRAME.stderr) process.stderr.write(payload);
          else if (type === FRAME.exit) result = exitCode(payload);
        }),
      );
      socket.on('close', () => resolve(result));
      socket.on('error', () => resolve(1));
    });
    process.stdin.off('data', onInput);
    process.stdin.pause();
    process.stdin.unref?.();
    control.close();
    return code;
  },
};

function splitPair(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw usageError(command, `--env "${text}" is no NAME=VALUE`);
}

/** As a shell tells it: 128 and the signal's number for what a signal ended. */
function exitCode(payload: Buffer): number {
  const { code, signal } = JSON.parse(payload.toString()) as { code: number | null; signal: string | null };
  return code ?? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
}
