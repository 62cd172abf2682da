import { fail } from './fault.ts';
import type { Scalar, TimestampFormat } from './shape.ts';

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** A value written as text: in a form, in XML, in a header. */
export function fromText(shape: Scalar, text: string, path: string): unknown {
  const wrong = (expected: string) => fail({ kind: 'wrong-type', path, value: text, expected });
  switch (shape.kind) {
    case 'boolean': {
      const lower = text.trim().toLowerCase();
      return lower === 'true' ? true : lower === 'false' ? false : wrong('a Boolean');
    }
    case 'number': {
      const trimmed = text.trim();
      if (trimmed === 'NaN' || trimmed === 'Infinity' || trimmed === '-Infinity') return Number(trimmed);
      return NUMBER.test(trimmed) ? Number(trimmed) : wrong('a Number');
    }
    case 'bigint':
      return /^-?\d+$/.test(text.trim()) ? BigInt(text.trim()) : wrong('an Integer');
    case 'timestamp':
      return readTimestamp(text.trim()) ?? wrong('a Timestamp');
    case 'blob':
      return readBase64(text) ?? wrong('base64 text');
    default:
      return text;
  }
}

export function readTimestamp(text: string): Date | undefined {
  const date = NUMBER.test(text) ? new Date(Math.round(Number(text) * 1000)) : new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

export function readBase64(text: string): Buffer | undefined {
  const compact = text.replaceAll(/\s/g, '');
  return /^[A-Za-z0-9+/]*={0,2}$/.test(compact) ? Buffer.from(compact, 'base64') : undefined;
}

/** The format of the model where it states one, else `usual`, the protocol's. */
export function toText(shape: Scalar, value: unknown, usual: TimestampFormat = 'date-time'): string {
  if (value instanceof Date) return writeTimestamp(value, shape.timestampFormat ?? usual);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (shape.kind === 'blob') return Buffer.from(String(value)).toString('base64');
  return String(value);
}

export function writeTimestamp(date: Date, format: TimestampFormat): string {
  switch (format) {
    case 'date-time':
      return date.toISOString();
    case 'http-date':
      return date.toUTCString();
    case 'epoch-seconds':
      return String(date.getTime() / 1000);
  }
}
