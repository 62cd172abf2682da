type Stream = 'stdout' | 'stderr';

/** Bytes that may be under way to the region for one process before its pipes are no longer read. */
const limit = 1 << 20;

export interface OutputBatch {
  add(stream: Stream, chunk: Buffer): void;
  taken(bytes: number): void;
  flush(): void;
}

/** Joins what a process writes within one turn of the loop into one chunk a stream, and says when to stop and go on reading. */
export function outputBatch(
  deliver: (stream: Stream, chunk: Buffer) => void,
  hold: (full: boolean) => void,
): OutputBatch {
  const pending: Record<Stream, Buffer[]> = { stdout: [], stderr: [] };
  let scheduled = false;
  let underway = 0;
  let full = false;

  function flush(): void {
    scheduled = false;
    for (const stream of ['stdout', 'stderr'] as const) {
      const chunks = pending[stream];
      if (chunks.length === 0) continue;
      pending[stream] = [];
      deliver(stream, chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    }
  }
  return {
    add(stream, chunk) {
      pending[stream].push(chunk);
      underway += chunk.length;
      if (!full && underway > limit) hold((full = true));
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    taken(bytes) {
      underway -= bytes;
      if (full && underway <= limit / 2) hold((full = false));
    },
    flush,
  };
}
