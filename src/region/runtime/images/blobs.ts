import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DigestMismatch, isDigest } from '../../../oci/digest.ts';
import type { Descriptor } from '../../../oci/model.ts';

/** Content by digest: `blobs/sha256/HEX`, as an OCI image layout has it: https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
export interface Blobs {
  path(digest: string): string;
  /** Undefined where it is not here. */
  size(digest: string): Promise<number | undefined>;
  bytes(digest: string): Promise<Buffer | undefined>;
  open(digest: string, from?: number): Readable;
  /** Takes what comes whole and right; nothing is kept of anything else. */
  put(descriptor: Pick<Descriptor, 'digest' | 'size'>, content: AsyncIterable<Buffer>): Promise<void>;
  /**
   * The same for what comes from afar: where it breaks off, what came is kept and the next time begins behind it. `onBytes` is told the
   * file and how far it has been written.
   */
  receive(
    descriptor: Pick<Descriptor, 'digest' | 'size'>,
    open: (from: number) => Promise<AsyncIterable<Buffer>>,
    onBytes?: (file: string, bytes: number) => void,
  ): Promise<void>;
  /** Takes a file that was made beside the blobs, after its digest was told. */
  adopt(digest: string, file: string): Promise<void>;
  /** A name for such a file. */
  draft(): Promise<string>;
  list(): Promise<readonly { readonly digest: string; readonly size: number; readonly usedAt: number }[]>;
  remove(digest: string): Promise<void>;
  /** The same, but what was pushed stays: nobody sends that again. */
  drop(digest: string): Promise<void>;
}

/** Written at once. */
const batchSize = 1 << 20;

export function openBlobs(directory: string): Blobs {
  const folder = join(directory, 'blobs', 'sha256');
  const temporary = join(directory, 'tmp');
  const path = (digest: string) => {
    if (!isDigest(digest)) throw new Error(`${digest} is no digest`);
    return join(folder, digest.slice('sha256:'.length));
  };
  const partial = (digest: string) => `${path(digest)}.part`;
  const draft = async () => {
    await mkdir(temporary, { recursive: true });
    return join(temporary, `blob-${randomBytes(8).toString('hex')}`);
  };

  const size = (digest: string) =>
    stat(path(digest)).then(
      (stats) => stats.size,
      () => undefined,
    );

  async function adopt(digest: string, file: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await rename(file, path(digest));
  }

  const receive: Blobs['receive'] = async (descriptor, from, onBytes) => {
    const { digest, size } = descriptor;
    const file = await draft();
    // Whoever takes it over has it alone.
    const begun = await rename(partial(digest), file).then(
      () => true,
      () => false,
    );
    const handle = await open(file, begun ? 'r+' : 'wx', 0o600);
    let verdict: 'whole' | 'wrong' | 'broken-off' = 'broken-off';
    let at = 0;
    try {
      const hash = createHash('sha256');
      if (begun) {
        for await (const chunk of handle.createReadStream({ autoClose: false })) {
          hash.update(chunk as Buffer);
          at += (chunk as Buffer).length;
        }
        onBytes?.(file, at);
      }
      let pending: Buffer[] = [];
      let waiting = 0;
      const flush = async () => {
        if (waiting === 0) return;
        await handle.writev(pending, at);
        at += waiting;
        pending = [];
        waiting = 0;
        onBytes?.(file, at);
      };
      if (at < size)
        try {
          for await (const chunk of await from(at)) {
            hash.update(chunk);
            pending.push(chunk);
            waiting += chunk.length;
            if (at + waiting > size) break;
            if (waiting >= batchSize) await flush();
          }
        } catch (error) {
          if (!isFull(error)) await flush();
          throw error;
        }
      if (at + waiting <= size) await flush();
      const found = `sha256:${hash.digest('hex')}`;
      verdict = 'wrong';
      // https://github.com/containerd/containerd/blob/main/plugins/content/local/writer.go: the words that a task stops with on AWS
      if (at + waiting !== size)
        throw new DigestMismatch(
          `unexpected commit size ${at + waiting}, expected ${size}: failed precondition (${digest})`,
        );
      if (found !== digest)
        throw new DigestMismatch(
          `unexpected commit digest ${found}, expected ${digest}: failed precondition`,
        );
      verdict = 'whole';
    } catch (error) {
      if (isFull(error)) verdict = 'wrong';
      throw error;
    } finally {
      await handle.close();
      if (verdict === 'whole') await adopt(digest, file);
      else if (verdict === 'broken-off' && at > 0) {
        await mkdir(folder, { recursive: true });
        await rename(file, partial(digest));
      } else await rm(file, { force: true });
    }
  };

  const remove = (digest: string) => rm(join(folder, digest.slice('sha256:'.length)), { force: true });

  return {
    path,
    draft,
    adopt,
    receive,
    size,
    bytes: (digest) => readFile(path(digest)).catch(missing),
    open: (digest, from = 0) => createReadStream(path(digest), { start: from, highWaterMark: 256 * 1024 }),
    async put(descriptor, content) {
      if ((await size(descriptor.digest)) === descriptor.size) return;
      await receive(descriptor, async (from) => (from === 0 ? content : skipping(content, from))).catch(
        async (error: unknown) => {
          await rm(partial(descriptor.digest), { force: true });
          throw error;
        },
      );
    },
    async list() {
      const names = await readdir(folder).catch(() => [] as string[]);
      return Promise.all(
        names.map(async (name) => {
          const { size, mtimeMs } = await stat(join(folder, name));
          return { digest: `sha256:${name}`, size, usedAt: mtimeMs };
        }),
      );
    },
    remove,
    drop: remove,
  };
}

async function* skipping(content: AsyncIterable<Buffer>, from: number): AsyncGenerator<Buffer> {
  let skip = from;
  for await (const chunk of content) {
    if (skip < chunk.length) yield chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.length);
  }
}

export const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
