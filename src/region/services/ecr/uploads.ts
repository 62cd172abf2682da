import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Layers on their way: a file each, until it is whole. They end with the process, and a client begins anew. */
export interface Uploads {
  begin(repository: string): Promise<Upload>;
  find(repository: string, id: string): Upload | undefined;
  /** Removes what an earlier process left. */
  sweep(): Promise<void>;
}
export interface Upload {
  readonly id: string;
  /** Bytes that are here. */
  size(): number;
  /** Adds to the end; what breaks off leaves nothing. */
  append(content: Readable): Promise<void>;
  read(): Readable;
  end(): Promise<void>;
}

export function createUploads(folder: string): Uploads {
  const open = new Map<string, Upload>();
  return {
    async begin(repository) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const id = randomUUID();
      const file = join(folder, id);
      let size = 0;
      const upload: Upload = {
        id,
        size: () => size,
        async append(content) {
          try {
            await pipeline(content, createWriteStream(file, { flags: 'a', mode: 0o600 }));
            size = (await stat(file)).size;
          } catch (error) {
            await truncate(file, size).catch(() => undefined);
            throw error;
          }
        },
        read: () => createReadStream(file),
        async end() {
          open.delete(`${repository} ${id}`);
          await rm(file, { force: true });
        },
      };
      open.set(`${repository} ${id}`, upload);
      return upload;
    },
    find: (repository, id) => open.get(`${repository} ${id}`),
    sweep: () => rm(folder, { recursive: true, force: true }),
  };
}
