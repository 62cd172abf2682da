/** A place in a file the user wrote. Lines and columns start at 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong, and what to write instead. */
export interface Problem {
  /** Stable identifier, for example `compose-unknown-key`. */
  readonly code: string;
  /** Lower case, with the wrong value in it. */
  readonly message: string;
  readonly position?: Position | undefined;
  /** What to write to mend it. */
  readonly fix?: string | undefined;
}

/** The input is wrong: the command line prints every problem and exits 2; nothing was started. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}

/** The input is right, the work failed all the same: printed without a stack trace, exit 1. */
export class OperationError extends Error {
  override readonly name = 'OperationError';
  readonly code: string;
  readonly fix: string | undefined;
  constructor(problem: Omit<Problem, 'position'>, options?: ErrorOptions) {
    super(problem.message, options);
    this.code = problem.code;
    this.fix = problem.fix;
  }
}

/** `file:line:column: message` and, indented below it, what to write. */
export function formatProblem({ message, position, fix }: Problem): string {
  const where = position ? `${position.file}:${position.line}:${position.column}: ` : '';
  return `${where}${message}${fix ? `\n  ${fix.replaceAll('\n', '\n  ')}` : ''}`;
}
