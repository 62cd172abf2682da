import { randomBytes } from 'node:crypto';
import { lstat, mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Build, Step } from '../state.ts';
import type { SourceEntry } from './sources.ts';

/** Files that a step makes for itself and that go with it. */
export interface ScratchFiles {
  readonly directory: string;
  /** A path that nothing has yet. */
  path(): Promise<string>;
  remove(): Promise<void>;
}

export function scratchFiles({ launch }: Build): ScratchFiles {
  const directory = join(launch.stateDirectory, 'tmp', randomBytes(6).toString('hex'));
  let count = 0;
  return {
    directory,
    async path() {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      return join(directory, String(count++));
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A here-document of COPY or ADD is a file of its name: https://docs.docker.com/reference/dockerfile/#example-creating-inline-files */
export async function writeHeredocs(
  scratch: ScratchFiles,
  { instruction, expandText }: Step,
): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = [];
  for (const { name, content, expand, stripTabs } of instruction.heredocs) {
    const text = stripTabs ? content.replaceAll(/^\t+/gm, '') : content;
    const file = await scratch.path();
    await writeFile(file, expand ? expandText(text) : text, { mode: 0o644 });
    // The same text gives the same layer.
    await utimes(file, 0, 0);
    entries.push({ path: name, file, stats: await lstat(file) });
  }
  return entries;
}
