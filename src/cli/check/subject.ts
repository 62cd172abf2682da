import type { Position } from '../../common/problem.ts';
import type { Path } from '../../template/path.ts';
import type { Origin } from '../../topology/model.ts';
import type { Context, Unanswered } from '../../verify/model.ts';

/** One deployment that is checked as a whole: a compose project, templates that belong together, a live region. */
export interface Subject {
  readonly kind: 'compose' | 'templates' | 'live';
  /** For people: `compose.yaml`, `2 templates`, `the region eu-west-1`. */
  readonly name: string;
  readonly context: Context;
  /** What is not modelled, or was not answered. */
  readonly unanswered: readonly Unanswered[];
  /** Checks whose facts could not be had. */
  readonly skipped?: readonly string[];
  readonly positionOf: (origin: Origin) => Position | undefined;
  /** Where what stands at a path of an evaluated template was written. */
  readonly sourceOf?: (origin: Origin, path: Path) => Path;
  /** The text of a file that positions name. */
  readonly text: (file: string) => string | undefined;
  /** Where a resource is of a design: what it was made from. */
  readonly madeFrom?: (resource: string) => string | undefined;
  /** Where fairway.yaml is looked for. */
  readonly folder: string;
  /** What was assumed or could not be asked. */
  readonly notes: readonly string[];
}
