import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests; sha256 alone is in use. */
export const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text);

export const digestOf = (bytes: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The content has another digest or size than its name says. */
export class DigestMismatch extends Error {
  override readonly name = 'DigestMismatch';
}

/** Passes bytes on and fails at their end, or once there are too many, where they are not what `digest` and `size` say. */
export function verifying(wanted: { readonly digest: string; readonly size?: number }): Transform {
  const hash = createHash('sha256');
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (wanted.size !== undefined && size > wanted.size) {
        done(
          new DigestMismatch(`${wanted.digest} has more than the ${wanted.size} bytes that it should have`),
        );
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const actual = `sha256:${hash.digest('hex')}`;
      if (wanted.size !== undefined && size !== wanted.size)
        done(new DigestMismatch(`${wanted.digest} has ${size} bytes where ${wanted.size} are expected`));
      else if (actual !== wanted.digest)
        done(new DigestMismatch(`the content of ${wanted.digest} has the digest ${actual}`));
      else done();
    },
  });
}
