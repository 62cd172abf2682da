import { blockSize, padding, TarError, type EntryKind, type TarEntry } from './entry.ts';

export interface TarHandler {
  /** An entry begins; content follows for files only. */
  entry(entry: TarEntry): void;
  content(chunk: Buffer): void;
  /** The file that began has come whole. */
  end(): void;
}
export interface TarReader {
  push(chunk: Buffer): void;
  /** Throws where the archive is cut off. */
  finish(): void;
}

const kinds: Readonly<Record<string, EntryKind>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
};
/** More than this nobody names a file; it bounds what a broken header can make us keep. */
const largestExtension = 1 << 20;
const attributePrefix = 'SCHILY.xattr.';

/** Reads ustar, pax and GNU archives from chunks as they come, without holding files. */
export function tarReader(handler: TarHandler): TarReader {
  const header = Buffer.alloc(blockSize);
  let filled = 0;
  let remaining = 0;
  let pad = 0;
  let mode: 'header' | 'content' | 'extension' | 'over' = 'header';
  let extension: { readonly type: string; readonly bytes: Buffer; at: number } | undefined;
  let global: ReadonlyMap<string, Buffer> = new Map();
  let local: ReadonlyMap<string, Buffer> = new Map();
  let longName: string | undefined;
  let longLink: string | undefined;
  let zeroBlocks = 0;

  function begin(block: Buffer): void {
    if (isZero(block)) {
      if (++zeroBlocks === 2) mode = 'over';
      return;
    }
    zeroBlocks = 0;
    verifyChecksum(block);
    const type = String.fromCharCode(block[156] ?? 0);
    const size = number(block, 124, 12);
    if ('xgLK'.includes(type)) {
      if (size > largestExtension) throw new TarError(`an extended header has ${size} bytes`);
      extension = { type, bytes: Buffer.alloc(size), at: 0 };
      pad = padding(size);
      remaining = size;
      mode = 'extension';
      if (size === 0) endExtension();
      return;
    }
    const entry = entryOf(block, type, size);
    local = new Map();
    longName = longLink = undefined;
    remaining = entry.size;
    pad = padding(entry.size);
    handler.entry(entry);
    if (entry.kind !== 'file') return;
    if (remaining > 0) mode = 'content';
    else handler.end();
  }

  function entryOf(block: Buffer, type: string, headerSize: number): TarEntry {
    const kind = kinds[type];
    const pax = (name: string) => local.get(name) ?? global.get(name);
    const paxText = (name: string) => pax(name)?.toString();
    const paxNumber = (name: string) => {
      const text = paxText(name);
      return text === undefined || text === '' || !Number.isFinite(Number(text)) ? undefined : Number(text);
    };
    const isUstar = block.toString('latin1', 257, 262) === 'ustar';
    // GNU's own format has other fields where ustar has the prefix.
    const prefix = isUstar && block.toString('latin1', 257, 264) !== 'ustar  ' ? text(block, 345, 155) : '';
    const short = text(block, 0, 100);
    const name = paxText('path') ?? longName ?? (prefix ? `${prefix}/${short}` : short);
    if (!kind || pax('GNU.sparse.major') || pax('GNU.sparse.map'))
      throw new TarError(
        `${JSON.stringify(name)} is an entry of a kind that is not understood (${JSON.stringify(type)})`,
      );
    const attributes: Record<string, Buffer> = {};
    for (const [key, value] of [...global, ...local])
      if (key.startsWith(attributePrefix)) attributes[key.slice(attributePrefix.length)] = value;
    const size = paxNumber('size') ?? headerSize;
    return {
      name,
      // Before POSIX a directory was a file whose name ends with a slash.
      kind: kind === 'file' && name.endsWith('/') ? 'directory' : kind,
      mode: number(block, 100, 8) & 0o7777,
      uid: paxNumber('uid') ?? number(block, 108, 8),
      gid: paxNumber('gid') ?? number(block, 116, 8),
      size: kind === 'file' ? size : 0,
      mtime: paxNumber('mtime') ?? number(block, 136, 12),
      link: paxText('linkpath') ?? longLink ?? text(block, 157, 100),
      attributes,
    };
  }

  function endExtension(): void {
    if (!extension) return;
    const { type, bytes } = extension;
    extension = undefined;
    mode = 'header';
    if (type === 'L') longName = cString(bytes);
    else if (type === 'K') longLink = cString(bytes);
    else if (type === 'g') global = new Map([...global, ...records(bytes)]);
    else local = records(bytes);
  }

  return {
    push(chunk) {
      let at = 0;
      while (at < chunk.length && mode !== 'over') {
        if (mode !== 'header') {
          const part = chunk.subarray(at, at + remaining);
          at += part.length;
          remaining -= part.length;
          if (extension) {
            extension.bytes.set(part, extension.at);
            extension.at += part.length;
            if (remaining === 0) endExtension();
          } else {
            handler.content(part);
            if (remaining === 0) {
              mode = 'header';
              handler.end();
            }
          }
          continue;
        }
        if (pad > 0) {
          const skipped = Math.min(pad, chunk.length - at);
          pad -= skipped;
          at += skipped;
          continue;
        }
        if (filled === 0 && chunk.length - at >= blockSize) {
          begin(chunk.subarray(at, at + blockSize));
          at += blockSize;
          continue;
        }
        const part = chunk.subarray(at, at + blockSize - filled);
        header.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < blockSize) continue;
        filled = 0;
        begin(header);
      }
    },
    finish() {
      if (mode === 'content' || mode === 'extension' || (mode === 'header' && (filled > 0 || pad > 0)))
        throw new TarError('the archive is cut off');
    },
  };
}

function isZero(block: Buffer): boolean {
  for (let at = 0; at < blockSize; at++) if (block[at] !== 0) return false;
  return true;
}

function verifyChecksum(block: Buffer): void {
  let sum = 0;
  for (let at = 0; at < blockSize; at++) sum += at >= 148 && at < 156 ? 32 : (block[at] ?? 0);
  if (sum !== number(block, 148, 8))
    throw new TarError('it is no tar archive, or a broken one: a header has another checksum');
}

/** Octal digits, or base 256 where the first bit is set. */
function number(block: Buffer, from: number, length: number): number {
  const first = block[from] ?? 0;
  if (first & 0x80) {
    if (first & 0x40) return 0;
    let value = first & 0x3f;
    for (let at = from + 1; at < from + length; at++) value = value * 256 + (block[at] ?? 0);
    if (!Number.isSafeInteger(value)) throw new TarError('a number in a header is out of bounds');
    return value;
  }
  let value = 0;
  for (let at = from; at < from + length; at++) {
    const digit = (block[at] ?? 0) - 48;
    if (digit >= 0 && digit < 8) value = value * 8 + digit;
    else if (digit === -16 && value === 0) continue;
    else break;
  }
  return value;
}

function text(block: Buffer, from: number, length: number): string {
  return cString(block.subarray(from, from + length));
}
function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

/** `LENGTH key=value\n`, one after the other; values may hold any byte. */
function records(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(32, at);
    const length = Number(bytes.toString('latin1', at, space));
    const equals = bytes.indexOf(61, space);
    if (space < 0 || equals < 0 || !(length > 0) || at + length > bytes.length)
      throw new TarError('an extended header is broken');
    found.set(bytes.toString('utf8', space + 1, equals), bytes.subarray(equals + 1, at + length - 1));
    at += length;
  }
  return found;
}
