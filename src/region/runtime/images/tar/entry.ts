/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13: what a header of an archive says. */
export interface TarEntry {
  /** As written, relative. */
  readonly name: string;
  readonly kind: EntryKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** Target of a link. */
  readonly link: string;
  /** Extended attributes by name. */
  readonly attributes: Readonly<Record<string, Buffer>>;
}
export type EntryKind = 'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo' | 'character' | 'block';

export const blockSize = 512;
export const padding = (size: number): number => (blockSize - (size % blockSize)) % blockSize;

/** The archive itself is broken, or holds what is not understood. */
export class TarError extends Error {
  override readonly name = 'TarError';
}
