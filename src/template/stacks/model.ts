import type { Position } from '../../common/problem.ts';
import type { Examination } from '../examine.ts';
import type { Path } from '../path.ts';
import type { ReadTemplate } from '../read.ts';
import type { PseudoParameters } from '../scope.ts';

/** One stack that is looked at together with others. */
export interface StackSource {
  readonly name: string;
  readonly template: ReadTemplate;
  /** Values of its parameters; the rest have their defaults. */
  readonly supplied?: Readonly<Record<string, string>>;
  readonly pseudo: PseudoParameters;
}

/** What the world around stacks is known to have. */
export interface Surroundings {
  readonly zones?: (region: string) => readonly string[] | undefined;
  /** A parameter of the Parameter Store. */
  readonly ssm?: (name: string) => string | undefined;
  /** The text of a template that another one names by its path beside it; undefined where there is none. */
  readonly readTemplate?: (path: string, from: ReadTemplate) => ReadTemplate | undefined;
}

/** A stack that was looked at together with others. References of its evaluated resources lead to resources of any of them. */
export interface ExaminedStack extends Examination {
  readonly name: string;
  readonly template: ReadTemplate;
  /** The stack and the resource in it that a nested stack is made by. */
  readonly parent?: { readonly stack: string; readonly id: string };
  /** What a resource is called among all stacks: its logical id where only one stack has that, else `STACK/ID`. */
  readonly nameOf: (logicalId: string) => string;
  readonly positionOf: (path: Path) => Position | undefined;
  /** Where what stands at a path of the evaluated template is in the text. */
  readonly sourceOf: (path: Path) => Path;
}
