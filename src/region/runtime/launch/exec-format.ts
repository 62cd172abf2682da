import { open } from 'node:fs/promises';
import { posix } from 'node:path';
import { lookUp } from '../images/view.ts';

/** https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html (e_machine) */
const machines: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 62, arm64: 183 };

/**
 * The path of the program when the kernel could not run the file (another architecture, or text without `#!`): the image starts on AWS,
 * too, and ends with `exec format error`. Undefined where it can, or where the program lies outside of the image.
 */
export async function wrongFormat(
  layers: readonly string[],
  program: string,
  path: string,
  directory: string,
): Promise<string | undefined> {
  const candidates = program.includes('/')
    ? [program]
    : path.split(':').map((folder) => posix.join(folder, program));
  for (const candidate of candidates) {
    const { source, stats } = await lookUp(layers, candidate, directory);
    if (!source || !stats?.isFile() || (stats.mode & 0o111) === 0) continue;
    return (await isRunnable(source)) ? undefined : candidate;
  }
  return undefined;
}

async function isRunnable(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return true;
  try {
    const head = Buffer.alloc(20);
    const { bytesRead } = await handle.read(head, 0, 20, 0);
    if (head.toString('latin1', 0, 2) === '#!') return true;
    return (
      bytesRead === 20 &&
      head.toString('latin1', 0, 4) === '\x7fELF' &&
      head.readUInt16LE(18) === machines[process.arch]
    );
  } finally {
    await handle.close();
  }
}
