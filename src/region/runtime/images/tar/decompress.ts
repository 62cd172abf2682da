import { Decompress } from 'fzstd';
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { TarError } from './entry.ts';

const chunkSize = 256 * 1024;

/** Later versions of Node have it; the types of the oldest one that Fairway runs on do not. */
const native = (zlib as { createZstdDecompress?: (options: object) => zlib.Gunzip }).createZstdDecompress;

/** What a layer holds, told by its first bytes and not by its media type, as docker does: gzip, zstd or plain. */
export async function* decompressed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  const whole = rejoined(head, chunks);
  if (head[0] === 0x1f && head[1] === 0x8b) yield* through(whole, zlib.createGunzip({ chunkSize }));
  else if (head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528)
    yield* native ? through(whole, native({ chunkSize })) : zstd(whole);
  else yield* whole;
}

async function* rejoined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (;;) {
    const { value, done } = await rest.next();
    if (done) return;
    yield value;
  }
}

async function* through(source: AsyncIterable<Buffer>, engine: zlib.Gunzip): AsyncGenerator<Buffer> {
  const input = Readable.from(source, { objectMode: false, highWaterMark: chunkSize });
  let failure: Error | undefined;
  input.on('error', (error) => {
    failure = error;
    engine.destroy(error);
  });
  input.pipe(engine);
  try {
    for await (const chunk of engine) yield chunk as Buffer;
  } catch (error) {
    // What was wrong with the source itself is not the compression's fault.
    if (failure) throw failure;
    throw new TarError(
      `its compression is broken: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    input.destroy();
    engine.destroy();
  }
}

async function* zstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let ready: Buffer[] = [];
  const engine = new Decompress((chunk) => {
    if (chunk.length > 0) ready.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  });
  const feed = (chunk: Uint8Array, last: boolean) => {
    try {
      engine.push(chunk, last);
    } catch (error) {
      throw new TarError(
        `its compression is broken: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
  for await (const chunk of source) {
    feed(chunk, false);
    yield* ready;
    ready = [];
  }
  feed(new Uint8Array(0), true);
  yield* ready;
}
