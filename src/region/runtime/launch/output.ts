import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ContainerSpec } from '../runtime.ts';
import { launchEnvironment } from './context.ts';

const execute = promisify(execFile);
const streams = ['stdout', 'stderr'] as const;

/** What a container writes, read by the region itself. */
export interface Output {
  /** To be called once the container has its ends open: from then on the output ends with it. */
  release(): void;
  /** Settles when all is read. */
  readonly ended: Promise<unknown>;
  close(): void;
}

/** Makes the container's FIFOs and reads them; any user inside may open them again, as /dev/stdout. */
export async function openOutput(
  directory: string,
  onOutput: ContainerSpec['onOutput'],
  input: ContainerSpec['input'] = 'empty',
): Promise<Output> {
  await mkdir(directory, { recursive: true });
  const paths = streams.map((name) => join(directory, name));
  const stdin = input === 'open' ? [join(directory, 'stdin')] : [];
  await execute('mkfifo', ['--mode=666', ...paths, ...stdin], { env: launchEnvironment });
  const readers: Socket[] = [];
  const writers: number[] = [];
  // Held open at both ends, a FIFO gives nothing and never ends.
  const held = stdin.map((path) => openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
  for (const [index, stream] of streams.entries()) {
    const path = paths[index] ?? '';
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    // Without a writer of our own the reader would end before the container has opened its end.
    writers.push(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    const reader = new Socket({ fd, readable: true, writable: false });
    reader.on('data', (chunk: Buffer) => onOutput(stream, chunk)).on('error', () => {});
    readers.push(reader);
  }
  const ended = Promise.all(
    readers.map((reader) => new Promise((resolve) => void reader.once('close', resolve))),
  );
  const release = () => {
    for (const writer of writers.splice(0)) closeSync(writer);
  };
  return {
    ended,
    release,
    close() {
      release();
      for (const fd of held.splice(0)) closeSync(fd);
      for (const reader of readers) reader.destroy();
    },
  };
}
