import { OperationError } from '../../../common/problem.ts';
import type { Instruction } from '../../../dockerfile/model.ts';

/** The lines around an instruction, its own marked. */
export function codeFrame(text: string, { position, text: written }: Instruction): string {
  const lines = text.split('\n');
  const last = position.line + written.split('\n').length - 1;
  const from = Math.max(1, position.line - 1);
  const to = Math.min(lines.length, last + 1);
  const width = String(to).length;
  return lines
    .slice(from - 1, to)
    .map((line, index) => {
      const number = from + index;
      const mark = number >= position.line && number <= last ? '>' : ' ';
      return `${mark} ${String(number).padStart(width)} | ${line}`.trimEnd();
    })
    .filter((line, index, all) => index < all.length - 1 || !line.endsWith('|'))
    .join('\n');
}

/** A step that ended badly: where, its lines, and what it last said. */
export function stepFailed(
  { position: { file, line } }: Instruction,
  frame: string,
  reason: string,
  tail: readonly string[],
  cause?: Error,
): OperationError {
  const said = tail.map((text) => `  ${text}`);
  const message = [
    `${file}:${line}: ${reason}`,
    frame,
    ...(said.length > 0 ? ['its last words:', ...said] : []),
  ];
  return new OperationError(
    {
      code: 'build-failed',
      message: message.filter(Boolean).join('\n'),
      fix: 'mend the step; those before it are kept',
    },
    cause ? { cause } : {},
  );
}
