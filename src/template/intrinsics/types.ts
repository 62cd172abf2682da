import type { Path } from '../path.ts';
import type { ProblemDetails } from '../problem.ts';
import type { Known } from '../scope.ts';

/** Stands where `Ref: AWS::NoValue` stood until its property or list item is taken out. */
export const noValue = Symbol('AWS::NoValue');

export interface Evaluation {
  readonly known: Known;
  /** The template names the transform AWS::LanguageExtensions. */
  readonly extended: boolean;
  evaluate(node: unknown, path: Path): unknown;
  /** Undefined: cannot be told yet. */
  condition(name: string, path: Path): boolean | undefined;
  /** Undefined: cannot be told yet. */
  test(node: unknown, path: Path): boolean | undefined;
  fail(path: Path, message: string, fix?: string, details?: ProblemDetails): never;
}

/** One intrinsic function: the value, or the function itself with its arguments evaluated where they are not all known. */
export type Intrinsic = (argument: unknown, path: Path, evaluation: Evaluation) => unknown;

/** Numbers and booleans become text where text is built. */
export function isText(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
