import type { Problem } from '../common/problem.ts';
import type { Path } from './path.ts';

/** Which check of the verifier a mistake in a template belongs to. */
export type ProblemCode =
  | 'reference-undefined'
  | 'property-unknown'
  | 'property-required'
  | 'property-value'
  | 'dependency-cycle';

/** A mistake in a template: `message` has AWS's words where AWS has some, `says` plain ones. */
export interface TemplateProblem extends Problem {
  readonly code: ProblemCode;
  readonly path: Path;
  readonly says?: string | undefined;
  /** The name that nothing has, where that is the mistake. */
  readonly name?: string;
  /** Changes to the template that mend it, where there is one right answer. */
  readonly changes?: readonly Change[];
  /** Of a circle of dependencies: each resource, and where it names the next one. */
  readonly circle?: readonly { readonly id: string; readonly path: Path }[];
}
export type Change =
  | { readonly kind: 'set'; readonly path: Path; readonly value: unknown }
  | { readonly kind: 'remove'; readonly path: Path };

/** What may be said of a mistake besides its place and message. */
export type ProblemDetails = Partial<Pick<TemplateProblem, 'code' | 'says' | 'name' | 'changes' | 'fix'>>;

/** What cannot be answered about a template before it is deployed, or is not modelled. */
export interface Unanswered {
  readonly path: Path;
  readonly why: string;
}
