import { ApiError } from '../../gateway/api-error.ts';

export interface ByteRange {
  readonly start: number;
  /** In it. */
  readonly end: number;
}

/** One range, as S3 has it: https://datatracker.ietf.org/doc/html/rfc9110#section-14.1.2. What is no range is ignored. */
export function parseRange(text: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (!match || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  if (start >= size || (first === '' && Number(last) === 0))
    throw new ApiError('InvalidRange', 'The requested range is not satisfiable', 416, {
      ActualObjectSize: size,
    });
  return { start, end };
}
