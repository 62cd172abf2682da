import { open } from 'node:fs/promises';
import type { LayerOrder } from './protocol.ts';

const chunkSize = 256 * 1024;

export interface GrowingFile {
  take(order: LayerOrder): void;
  /** Nothing more will come. */
  cancel(): void;
  content(): AsyncIterable<Buffer>;
}

/** A file that is read while another process still writes it: never further than that one says. */
export function growingFile(path: string, whole: string): GrowingFile {
  let available = 0;
  let over = false;
  let cancelled = false;
  let wake = () => {};
  return {
    take({ type, bytes }) {
      available = Math.max(available, bytes);
      over ||= type === 'end';
      wake();
    },
    cancel() {
      cancelled = true;
      wake();
    },
    async *content() {
      const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return open(whole, 'r');
        throw error;
      });
      try {
        let at = 0;
        for (;;) {
          while (at < available) {
            const buffer = Buffer.allocUnsafe(Math.min(chunkSize, available - at));
            const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
            if (bytesRead === 0) throw new Error(`${path} ends before its ${available} bytes`);
            at += bytesRead;
            yield buffer.subarray(0, bytesRead);
          }
          if (cancelled) throw new Error('cancelled');
          if (over) return;
          await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        await handle.close();
      }
    },
  };
}
