import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync } from 'node:fs';
import { appendFile, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** Contents of objects: files that are written once, whole or not at all. */
export interface Blobs {
  write(body: Uint8Array): Promise<string>;
  /** One file out of several; the sources stay. */
  join(ids: readonly string[]): Promise<string>;
  /** Bytes `start` to `end`, both in it. */
  read(id: string, start: number, end: number): Promise<Buffer>;
  stream(id: string, start: number, end: number): Readable;
  remove(id: string): Promise<void>;
  /** Removes what a crash left behind: files that nothing refers to. */
  sweep(referred: ReadonlySet<string>): Promise<void>;
}

const PART = '.part';

export function createBlobs(folder: string): Blobs {
  let made = false;
  const path = (id: string) => {
    if (!made) mkdirSync(folder, { recursive: true, mode: 0o700 });
    made = true;
    return join(folder, id);
  };
  /** Under another name until it is on disk, so that a file with its own name is whole. */
  async function publish(fill: (file: string) => Promise<void>): Promise<string> {
    const id = randomUUID();
    const file = path(id);
    try {
      await fill(file + PART);
      const handle = await open(file + PART, 'r');
      await handle.sync().finally(() => handle.close());
      await rename(file + PART, file);
    } catch (error) {
      await rm(file + PART, { force: true });
      throw error;
    }
    return id;
  }
  return {
    write: (body) => publish((file) => appendFile(file, body, { mode: 0o600 })),
    join: (ids) =>
      publish(async (file) => {
        await appendFile(file, '', { mode: 0o600 });
        for (const id of ids) await appendFile(file, await readFile(path(id)));
      }),
    async read(id, start, end) {
      const bytes = Buffer.alloc(Math.max(0, end - start + 1));
      const handle = await open(path(id), 'r');
      try {
        await handle.read(bytes, 0, bytes.length, start);
      } finally {
        await handle.close();
      }
      return bytes;
    },
    stream: (id, start, end) => createReadStream(path(id), { start, end }),
    remove: (id) => rm(path(id), { force: true }),
    async sweep(referred) {
      path('');
      for (const name of readdirSync(folder))
        if (!referred.has(name)) await rm(join(folder, name), { force: true });
    },
  };
}
