import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digest, inPieces, madeLayer, madeTar, type MadeEntry } from '../../testing/made-images.ts';
import { tarReader } from '../tar/read.ts';
import type { TarEntry } from '../tar/entry.ts';
import { findOpaque } from './attributes.ts';
import { packLayer } from './pack.ts';
import { unpackLayer } from './unpack.ts';

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairway-unpack-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isRoot = process.getuid!() === 0;

async function unpacked(bytes: Buffer, pieces = 10_000) {
  const directory = join(folder, String(count++));
  mkdirSync(directory);
  const umask = process.umask(0);
  try {
    const result = await unpackLayer(inPieces(bytes, pieces), directory, { owners: isRoot });
    return { directory, ...result };
  } finally {
    process.umask(umask);
  }
}
const unpackedEntries = async (entries: readonly MadeEntry[]) =>
  unpacked((await madeLayer(entries, 'none')).bytes);

describe('a layer', () => {
  const entries: readonly MadeEntry[] = [
    { name: './', mode: 0o755 },
    { name: 'usr/', mode: 0o755 },
    { name: 'usr/bin/', mode: 0o555 },
    { name: 'usr/bin/tool', content: 'a program', mode: 0o4755 },
    { name: 'usr/bin/alias', type: 'link', linkname: 'usr/bin/tool', content: '' },
    { name: 'bin', type: 'symlink', linkname: 'usr/bin', content: '' },
    { name: 'tmp/', mode: 0o1777 },
    { name: 'secret', content: Buffer.alloc(300_000, 'x'), mode: 0o600, uid: 101, gid: 102 },
    { name: `long/${'deep/'.repeat(30)}file`, content: 'far down' },
    { name: 'schön', content: 'é' },
    { name: 'empty', content: '' },
    { name: 'pipe', type: 'fifo', content: '' },
  ];

  it.each(['none', 'gzip'] as const)('is what its archive says (%s)', async (compression) => {
    const { bytes, diffId } = await madeLayer(entries, compression);
    const { directory, ...result } = await unpacked(bytes, 777);
    expect(result).toEqual({ diffId, size: 300_000 + 9 + 8 + 2, notes: [] });
    const stats = (path: string) => lstatSync(join(directory, path));
    expect(stats('usr/bin/tool').mode & 0o7777).toBe(0o4755);
    expect(stats('usr/bin').mode & 0o7777).toBe(0o555);
    expect(stats('tmp').mode & 0o7777).toBe(0o1777);
    expect(stats('usr/bin/alias').ino).toBe(stats('usr/bin/tool').ino);
    expect(readlinkSync(join(directory, 'bin'))).toBe('usr/bin');
    expect(readFileSync(join(directory, 'secret')).equals(Buffer.alloc(300_000, 'x'))).toBe(true);
    expect(stats('secret').mode & 0o7777).toBe(0o600);
    if (isRoot) expect([stats('secret').uid, stats('secret').gid]).toEqual([101, 102]);
    expect(readFileSync(join(directory, `long/${'deep/'.repeat(30)}file`), 'utf8')).toBe('far down');
    expect(readFileSync(join(directory, 'schön'), 'utf8')).toBe('é');
    expect(stats('pipe').isFIFO()).toBe(true);
    for (const path of ['usr/bin/tool', 'usr/bin', 'tmp', 'bin', '.'])
      expect(stats(path).mtimeMs, path).toBe(1_700_000_000_000);
  });

  it('may be compressed with zstd', async () => {
    // zstd frames of raw blocks: https://www.rfc-editor.org/rfc/rfc8878
    const frame = (bytes: Buffer): Buffer => {
      const parts: Buffer[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58])];
      for (let at = 0; at < bytes.length; at += 100_000) {
        const block = bytes.subarray(at, at + 100_000);
        const head = Buffer.alloc(3);
        head.writeUIntLE((block.length << 3) | (at + 100_000 >= bytes.length ? 1 : 0), 0, 3);
        parts.push(head, block);
      }
      return Buffer.concat(parts);
    };
    const { bytes, diffId } = await madeLayer(entries, frame);
    const result = await unpacked(bytes);
    expect(result.diffId).toBe(diffId);
    expect(readFileSync(join(result.directory, 'secret')).equals(Buffer.alloc(300_000, 'x'))).toBe(true);
    await expect(unpacked(bytes.subarray(0, bytes.length - 2000))).rejects.toThrow();
  });

  it('hides what lies below', async () => {
    const { directory } = await unpackedEntries([
      { name: 'etc/' },
      { name: 'etc/.wh.gone', content: '' },
      { name: 'etc/.wh.other', content: '' },
      { name: 'var/' },
      { name: 'var/.wh..wh..opq', content: '' },
      { name: 'var/new', content: 'n' },
      { name: 'replaced/' },
      { name: 'replaced/file', content: '' },
      { name: '.wh.replaced', content: '' },
      { name: 'kept', content: 'k' },
      { name: '.wh.kept', content: '' },
    ]);
    for (const path of ['etc/gone', 'etc/other']) {
      const stats = lstatSync(join(directory, path));
      expect([stats.isCharacterDevice(), stats.rdev]).toEqual([true, 0]);
    }
    expect(readdirSync(join(directory, 'etc')).sort()).toEqual(['gone', 'other']);
    expect(readdirSync(directory).sort()).toEqual(['etc', 'kept', 'replaced', 'var']);
    expect(readFileSync(join(directory, 'kept'), 'utf8')).toBe('k');
    expect([...findOpaque(directory, ['etc', 'var', 'replaced'])].sort()).toEqual(['replaced', 'var']);
    expect(statSync(join(directory, 'var')).mtimeMs).toBe(1_700_000_000_000);
  });

  it('lets the later of two entries of one name count', async () => {
    const { directory } = await unpackedEntries([
      { name: 'a', content: 'first' },
      { name: 'a', content: 'second' },
      { name: 'b/' },
      { name: 'b/c', content: '' },
      { name: 'b', content: 'a file now' },
      { name: 'd', type: 'symlink', linkname: '/etc', content: '' },
      { name: 'd/' },
      { name: 'd/e', content: 'inside' },
    ]);
    expect(readFileSync(join(directory, 'a'), 'utf8')).toBe('second');
    expect(readFileSync(join(directory, 'b'), 'utf8')).toBe('a file now');
    expect(readFileSync(join(directory, 'd/e'), 'utf8')).toBe('inside');
  });

  it('tells what cannot be kept', async () => {
    const { directory, notes } = await unpackedEntries([
      { name: 'dev/' },
      { name: 'dev/null', type: 'character-device', devmajor: 1, devminor: 3, content: '' },
      { name: 'file', content: '' },
    ]);
    expect(notes).toEqual(['device nodes are left out: /dev/null']);
    expect(readdirSync(join(directory, 'dev'))).toEqual([]);
  });
});

describe('a layer that leads out of its root', () => {
  const outside = () => join(folder, 'outside');
  it.each<[string, readonly MadeEntry[], RegExp]>([
    [
      'a name with ..',
      [{ name: 'a/../../evil', content: 'x' }],
      /"a\/\.\.\/\.\.\/evil" leads out of the root/,
    ],
    ['an absolute name', [{ name: '/evil', content: 'x' }], /"\/evil" is an absolute path/],
    [
      'a link upwards',
      [{ name: 'a/l', type: 'symlink', linkname: '../../etc', content: '' }],
      /symbolic link "a\/l" leads out of the root/,
    ],
    [
      'a file behind a link',
      [
        { name: 'l', type: 'symlink', linkname: '/tmp', content: '' },
        { name: 'l/evil', content: 'x' },
      ],
      /"l\/evil" would be written through "l"/,
    ],
    [
      'a directory behind a link',
      [{ name: 'l', type: 'symlink', linkname: '/tmp', content: '' }, { name: 'l/evil/deep/' }],
      /would be written through "l"/,
    ],
    [
      'a hard link outside',
      [{ name: 'h', type: 'link', linkname: '../outside', content: '' }],
      /"\.\.\/outside" leads out of the root/,
    ],
    [
      'a hard link by way of a link',
      [
        { name: 'l', type: 'symlink', linkname: '/etc', content: '' },
        { name: 'h', type: 'link', linkname: 'l/passwd', content: '' },
      ],
      /hard link to "l\/passwd", which is no file of the same layer/,
    ],
    [
      'a whiteout behind a link',
      [
        { name: 'l', type: 'symlink', linkname: '/tmp', content: '' },
        { name: 'l/.wh.evil', content: '' },
      ],
      /would be written through "l"/,
    ],
    ['a whiteout of ..', [{ name: '.wh...', content: '' }], /whiteout that names nothing/],
  ])('by %s is refused', async (_name, entries, message) => {
    writeFileSync(outside(), 'untouched');
    await expect(unpackedEntries(entries)).rejects.toThrow(message);
    expect(readFileSync(outside(), 'utf8')).toBe('untouched');
    for (const path of ['/evil', '/tmp/evil', join(folder, 'evil')]) expect(existsSync(path)).toBe(false);
  });
});

describe('a broken archive', () => {
  it('is told', async () => {
    const tar = await madeTar([{ name: 'file', content: 'x'.repeat(5000) }]);
    await expect(unpacked(tar.subarray(0, 3000))).rejects.toThrow('cut off');
    await expect(unpacked(Buffer.from('no archive at all, but long enough'.repeat(40)))).rejects.toThrow(
      'no tar archive',
    );
    const { bytes } = await madeLayer([{ name: 'file', content: 'x'.repeat(5000) }]);
    await expect(unpacked(bytes.subarray(0, bytes.length - 20))).rejects.toThrow('compression is broken');
  });
});

describe('packing', () => {
  it('gives the same archive for the same files, and what was packed unpacks to the same', async () => {
    const { bytes } = await madeLayer([
      { name: 'b/' },
      { name: 'b/f', content: 'f', mode: 0o640, uid: 7, gid: 8 },
      { name: 'b/g', type: 'link', linkname: 'b/f', content: '' },
      { name: 'a', type: 'symlink', linkname: `${'x'.repeat(150)}`, content: '' },
      { name: '.wh.gone', content: '' },
      { name: 'o/' },
      { name: 'o/.wh..wh..opq', content: '' },
      { name: `${'n'.repeat(120)}/é`, content: 'é' },
    ]);
    const first = await unpacked(bytes);
    const archive = join(folder, 'packed.tar');
    const packed = packLayer(first.directory, archive);
    const tar = readFileSync(archive);
    expect(packed).toEqual({ diffId: digest(tar), size: tar.length });
    expect(packLayer(first.directory)).toEqual(packed);
    const second = await unpacked(tar);
    expect(packLayer(second.directory)).toEqual(packed);
    // By the names that are hidden.
    expect(names(tar)).toEqual([
      'a',
      'b/',
      'b/f',
      'b/g',
      '.wh.gone',
      `${'n'.repeat(120)}/`,
      `${'n'.repeat(120)}/é`,
      'o/',
      'o/.wh..wh..opq',
    ]);
  });

  function names(tar: Buffer): readonly string[] {
    const found: string[] = [];
    const reader = tarReader({
      entry: ({ name }) => void found.push(name),
      content: () => {},
      end: () => {},
    });
    reader.push(tar);
    reader.finish();
    return found;
  }
});

describe('the reader of archives', () => {
  it('reads the same however the bytes are cut', async () => {
    const tar = await madeTar([
      { name: 'd/' },
      { name: 'd/one', content: 'x'.repeat(700) },
      { name: 'y'.repeat(200), content: 'long name' },
      { name: 'd/zero', content: '' },
    ]);
    const read = (cuts: readonly number[]) => {
      const seen: [TarEntry, string][] = [];
      const reader = tarReader({
        entry: (entry) => void seen.push([entry, '']),
        content: (chunk) => void (seen.at(-1)![1] += String(chunk)),
        end: () => {},
      });
      let at = 0;
      for (const cut of cuts) reader.push(tar.subarray(at, (at = Math.min(tar.length, at + cut))));
      reader.push(tar.subarray(at));
      reader.finish();
      return seen;
    };
    const whole = read([]);
    expect(whole.map(([{ name }, text]) => [name.length, text.length])).toEqual([
      [2, 0],
      [5, 700],
      [200, 9],
      [6, 0],
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 30 }), (cuts) => {
        expect(read(cuts)).toEqual(whole);
      }),
    );
  });
});
