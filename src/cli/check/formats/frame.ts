import type { Position } from '../../../common/problem.ts';
import type { Style } from '../../terminal.ts';

/** Lines shown before the one that is meant. */
const CONTEXT = 2;

/** The line of a position with those before it and a caret below, as compilers show them. */
export function codeFrame(text: string, { line, column }: Position, style: Style): string[] {
  const lines = text.split('\n');
  const meant = lines[line - 1];
  if (meant === undefined) return [];
  const first = Math.max(1, line - CONTEXT);
  const width = String(line).length;
  const shown = lines.slice(first - 1, line).map((content, index) => {
    const number = String(first + index).padStart(width);
    const code = content.trimEnd().slice(0, 160);
    return `${style.dim(`${number} │`)} ${first + index === line ? code : style.dim(code)}`.trimEnd();
  });
  const start = Math.min(column, 160);
  const length = Math.max(1, contentLength(meant.slice(start - 1, 160)));
  return [
    ...shown,
    `${' '.repeat(width)} ${style.dim('│')} ${' '.repeat(start - 1)}${style.red('^'.repeat(length))}`,
  ];
}

/** Without a comment behind it. */
const contentLength = (text: string): number => text.replace(/\s+#.*$/, '').trimEnd().length;
