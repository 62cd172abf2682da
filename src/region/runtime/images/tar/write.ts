import { blockSize, padding, type EntryKind, type TarEntry } from './entry.ts';

const types: Readonly<Record<EntryKind, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};
const largestOctal = 0o77777777777;

/** The header of an entry: ustar, with a pax header before it for what does not fit. Equal entries give equal bytes. */
export function tarHeader(entry: TarEntry): Buffer {
  const extended: [string, Buffer][] = [];
  const name = shortened(entry.name, 100, 'path', extended);
  const link = shortened(entry.link, 100, 'linkpath', extended);
  const size = numbered(entry.size, largestOctal, 'size', extended);
  const uid = numbered(entry.uid, 0o7777777, 'uid', extended);
  const gid = numbered(entry.gid, 0o7777777, 'gid', extended);
  const seconds = Math.floor(entry.mtime);
  const mtime = seconds >= 0 ? numbered(seconds, largestOctal, 'mtime', extended) : 0;
  for (const key of Object.keys(entry.attributes).sort())
    extended.push([`SCHILY.xattr.${key}`, entry.attributes[key] ?? Buffer.alloc(0)]);
  const main = block({ ...entry, name, link, size, uid, gid, mtime }, types[entry.kind]);
  if (extended.length === 0) return main;
  const body = Buffer.concat(extended.map(([key, value]) => record(key, value)));
  const paxEntry = {
    ...entry,
    name: 'PaxHeader',
    link: '',
    size: body.length,
    uid: 0,
    gid: 0,
    mode: 0o644,
    mtime: 0,
  };
  return Buffer.concat([block(paxEntry, 'x'), body, Buffer.alloc(padding(body.length)), main]);
}

/** Two blocks of zeros. */
export const tarEnd = Buffer.alloc(2 * blockSize);

function shortened(text: string, limit: number, key: string, extended: [string, Buffer][]): string {
  const bytes = Buffer.from(text);
  // oxlint-disable-next-line no-control-regex -- what is not ASCII is written as pax, whose text is UTF-8
  if (bytes.length <= limit && /^[\u0001-\u007f]*$/.test(text)) return text;
  extended.push([key, bytes]);
  return bytes.toString('latin1', 0, limit).replaceAll(/[^ -~]/g, '_');
}

function numbered(value: number, limit: number, key: string, extended: [string, Buffer][]): number {
  if (value <= limit) return value;
  extended.push([key, Buffer.from(String(value))]);
  return 0;
}

function block(entry: Omit<TarEntry, 'kind'>, type: string): Buffer {
  const bytes = Buffer.alloc(blockSize);
  const octal = (value: number, at: number, length: number) =>
    bytes.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  bytes.write(entry.name, 0, 100, 'latin1');
  octal(entry.mode, 100, 8);
  octal(entry.uid, 108, 8);
  octal(entry.gid, 116, 8);
  octal(entry.size, 124, 12);
  octal(entry.mtime, 136, 12);
  bytes.write(`        ${type}`, 148, 'latin1');
  bytes.write(entry.link, 157, 100, 'latin1');
  bytes.write('ustar\u000000', 257, 'latin1');
  let sum = 0;
  for (const byte of bytes) sum += byte;
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

/** The length counts itself. */
function record(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
