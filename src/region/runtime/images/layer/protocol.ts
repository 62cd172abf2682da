import { TarError } from '../tar/entry.ts';
import type { Packed } from './pack.ts';
import type { Unpacked } from './unpack.ts';

/** What the region asks of the program that handles layers, as its one argument (JSON). */
export type LayerJob =
  | {
      readonly kind: 'unpack';
      /** The archive, which may still be growing: `available` and `end` tell how far it is. It moves to its last name when it is whole. */
      readonly archive: string;
      readonly whole: string;
      readonly directory: string;
      /** Whether other users than the one who runs the region exist. */
      readonly owners: boolean;
    }
  | { readonly kind: 'pack'; readonly directory: string; readonly archive?: string };

export type LayerOrder = { readonly type: 'available' | 'end'; readonly bytes: number };

export type LayerReport =
  | { readonly type: 'unpacked'; readonly result: Unpacked }
  | { readonly type: 'packed'; readonly result: Packed }
  | { readonly type: 'failed'; readonly reason: FailureReason; readonly message: string };

/** `content`: the layer itself is at fault; `full`: the disk. */
export type FailureReason = 'content' | 'full' | 'other';

export function reasonOf(error: unknown): FailureReason {
  if (error instanceof TarError) return 'content';
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'full' : 'other';
}
