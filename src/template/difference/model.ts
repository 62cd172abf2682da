import type { Position } from '../../common/problem.ts';
import type { Path } from '../path.ts';

/** What a template would change, compared with another one. */
export interface TemplateDiff {
  readonly resources: readonly ResourceChange[];
  readonly outputs: readonly NamedChange[];
  readonly parameters: readonly NamedChange[];
}

export interface ResourceChange {
  readonly kind: 'added' | 'removed' | 'changed' | 'replaced' | 'may-be-replaced';
  readonly id: string;
  readonly type: string;
  /** Of what was changed in place or is made anew: which properties, and how. */
  readonly properties: readonly PropertyChange[];
  /** The id that the same resource had before, where only that changed. */
  readonly renamedFrom?: string;
  /** Whether it is there at all depends on what only a deployment knows. */
  readonly conditional: boolean;
  readonly data?: DataLoss;
  /** A name of its own that the new one cannot have while the old one is there. */
  readonly name?: { readonly property: string; readonly value: unknown };
  /** In the new template; in the old one of what is removed. */
  readonly path: Path;
  readonly position: Position | undefined;
}

export interface PropertyChange {
  /** Down to the innermost difference; members of lists that have names go by these: `ContainerDefinitions[web].Image`. */
  readonly label: string;
  readonly path: Path;
  readonly before: unknown;
  readonly after: unknown;
  readonly effect: 'none' | 'may-replace' | 'replaces';
  /** The resource that is made anew, where that is why the value changes. */
  readonly because?: string;
}

/** What becomes of the data that a resource holds, when the resource goes. */
export interface DataLoss {
  readonly what: string;
  readonly fate: 'lost' | 'kept' | 'snapshot';
}

export interface NamedChange {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}
