import type { NestedStacks } from './nested.ts';
import type { Signals } from './signals.ts';

/** What the resource types of CloudFormation itself need of it. */
export interface Inside {
  readonly nested: NestedStacks;
  readonly signals: Signals;
}
