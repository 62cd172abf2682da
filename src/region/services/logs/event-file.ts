import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}
export interface StoredEvent extends LogEvent {
  readonly ingestionTime: number;
  /** Place in the stream: bytes written before it since the stream was made. */
  readonly position: number;
  /** Place after it. */
  readonly next: number;
  readonly id: string;
}
/** Half open: `start` is in it, `end` is not. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/** The events of one stream, in the order in which they came. */
export interface EventFile {
  append(events: readonly LogEvent[], ingestionTime: number): void;
  /** Events from `position` on; reads no more of the file than is taken. */
  forward(position: number, range: TimeRange): Iterable<StoredEvent>;
  /** Events before `position`, the latest first. */
  backward(position: number, range: TimeRange): Iterable<StoredEvent>;
  /** Where the next event will stand. */
  readonly end: number;
  readonly size: number;
  readonly firstTime: number | undefined;
  readonly lastTime: number | undefined;
  readonly lastIngestion: number | undefined;
  /** Lets go of events older than `before`. */
  expire(before: number): void;
}

/** A stream holds at most MOST segments: the oldest goes when one more is begun. */
export const SEGMENT_BYTES = 8 * 1024 * 1024;
export const MOST_SEGMENTS = 8;
/** What is read at a time; of each block the earliest and latest time are known, so that most are never read. */
const BLOCK_BYTES = 64 * 1024;

interface Block {
  readonly from: number;
  end: number;
  earliest: number;
  latest: number;
}
interface Segment {
  /** Position of its first byte, and its file's name. */
  readonly base: number;
  readonly blocks: Block[];
}

/** Opens the events in `folder`; the index over them is made when they are first asked for. */
export function openEventFile(
  folder: string,
  streamNumber: number,
  onDrop: (bytes: number) => void,
): EventFile {
  let opened: Segment[] | undefined;
  let lastIngestion: number | undefined;
  let expired = -Infinity;
  const segments = () => (opened ??= openSegments());
  const path = ({ base }: Segment) => join(folder, `${base}.log`);
  const endOf = ({ base, blocks }: Segment) => blocks.at(-1)?.end ?? base;
  const end = () => {
    const last = segments().at(-1);
    return last ? endOf(last) : 0;
  };

  function openSegments(): Segment[] {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const bases = readdirSync(folder)
      .map((name) => Number(/^(\d+)\.log$/.exec(name)?.[1] ?? NaN))
      .filter(Number.isInteger)
      .sort((a, b) => a - b);
    return bases.map((base) => {
      const segment: Segment = { base, blocks: [] };
      const bytes = readFileSync(path(segment));
      // A line that a crash cut short is the last one.
      const whole = bytes.lastIndexOf(0x0a) + 1;
      if (whole < bytes.length) truncateSync(path(segment), whole);
      for (const event of parse(bytes.subarray(0, whole), base)) {
        note(segment, event.position, event.next, event.timestamp);
        lastIngestion = event.ingestionTime;
      }
      return segment;
    });
  }

  function note(segment: Segment, from: number, next: number, timestamp: number): void {
    const last = segment.blocks.at(-1);
    if (!last || next - last.from > BLOCK_BYTES)
      segment.blocks.push({ from, end: next, earliest: timestamp, latest: timestamp });
    else {
      last.end = next;
      last.earliest = Math.min(last.earliest, timestamp);
      last.latest = Math.max(last.latest, timestamp);
    }
  }

  function* parse(bytes: Buffer, base: number): Generator<StoredEvent> {
    for (let at = 0; at < bytes.length;) {
      const close = bytes.indexOf(0x0a, at);
      const line = bytes.toString('utf8', at, close);
      const [timestamp, ingestionTime, message] = JSON.parse(line) as [number, number, string];
      const position = base + at;
      at = close + 1;
      yield {
        timestamp,
        ingestionTime,
        message,
        position,
        next: base + at,
        id: eventId(timestamp, streamNumber, position),
      };
    }
  }

  function readBlock(segment: Segment, block: Block): Generator<StoredEvent> {
    const bytes = Buffer.alloc(block.end - block.from);
    const descriptor = openSync(path(segment), 'r');
    try {
      readSync(descriptor, bytes, 0, bytes.length, block.from - segment.base);
    } finally {
      closeSync(descriptor);
    }
    return parse(bytes, block.from);
  }

  const overlaps = (block: Block, { start, end: until }: TimeRange) =>
    block.latest >= Math.max(start, expired) && block.earliest < until;
  const within = ({ timestamp }: StoredEvent, { start, end: until }: TimeRange) =>
    timestamp >= Math.max(start, expired) && timestamp < until;
  const allBlocks = () =>
    segments().flatMap((segment) => segment.blocks.map((block) => ({ segment, block })));

  function drop(segment: Segment): void {
    rmSync(path(segment), { force: true });
    opened = segments().filter((other) => other !== segment);
  }

  return {
    append(events, ingestionTime) {
      if (events.length === 0) return;
      let segment = segments().at(-1);
      if (!segment || endOf(segment) - segment.base >= SEGMENT_BYTES) {
        const oldest = segments().length >= MOST_SEGMENTS ? segments()[0] : undefined;
        if (oldest) {
          onDrop(endOf(oldest) - oldest.base);
          drop(oldest);
        }
        segment = { base: end(), blocks: [] };
        segments().push(segment);
      }
      const lines = events.map(({ timestamp, message }) =>
        Buffer.from(`${JSON.stringify([timestamp, ingestionTime, message])}\n`),
      );
      const descriptor = openSync(path(segment), 'a', 0o600);
      try {
        writeSync(descriptor, Buffer.concat(lines));
      } finally {
        closeSync(descriptor);
      }
      let at = endOf(segment);
      for (const [index, line] of lines.entries()) {
        note(segment, at, at + line.length, events[index]?.timestamp ?? ingestionTime);
        at += line.length;
      }
      lastIngestion = ingestionTime;
    },
    *forward(position, range) {
      for (const { segment, block } of allBlocks()) {
        if (block.end <= position || !overlaps(block, range)) continue;
        for (const event of readBlock(segment, block))
          if (event.position >= position && within(event, range)) yield event;
      }
    },
    *backward(position, range) {
      for (const { segment, block } of allBlocks().reverse()) {
        if (block.from >= position || !overlaps(block, range)) continue;
        for (const event of [...readBlock(segment, block)].reverse())
          if (event.position < position && within(event, range)) yield event;
      }
    },
    get end() {
      return end();
    },
    get size() {
      return segments().reduce((sum, segment) => sum + endOf(segment) - segment.base, 0);
    },
    get firstTime() {
      return extreme(
        allBlocks().map(({ block }) => block.earliest),
        Math.min,
      );
    },
    get lastTime() {
      return extreme(
        allBlocks().map(({ block }) => block.latest),
        Math.max,
      );
    },
    get lastIngestion() {
      segments();
      return lastIngestion;
    },
    expire(before) {
      expired = before;
      // The last segment stays: it carries the position to go on from.
      for (const segment of segments().slice(0, -1))
        if (segment.blocks.every(({ latest }) => latest < before)) drop(segment);
    },
  };
}

function extreme(times: readonly number[], choose: (a: number, b: number) => number): number | undefined {
  return times.length === 0 ? undefined : times.reduce((a, b) => choose(a, b));
}

/** 56 digits, as on AWS, and in the order of time. */
function eventId(timestamp: number, streamNumber: number, position: number): string {
  return (
    String(timestamp).padStart(20, '0') +
    String(streamNumber).padStart(16, '0') +
    String(position).padStart(20, '0')
  );
}
