import type { Region } from '../../../region.ts';
import type { Journal } from '../events.ts';
import type { Inside } from '../inside.ts';
import type { Program } from '../program.ts';
import type { DeploymentRecord, StackRecord } from '../records.ts';
import type { State } from '../state.ts';
import type { AnyResourceType } from '../types/resource-type.ts';

/** What the steps of one phase of one operation share. */
export interface Work {
  readonly region: Region;
  readonly state: State;
  readonly journal: Journal;
  readonly types: ReadonlyMap<string, AnyResourceType>;
  readonly inside: Inside;
  readonly stack: Readonly<StackRecord>;
  readonly signal: AbortSignal;
  /** The region is stopping: what is cut short now goes on after the next start. */
  readonly stopping: () => boolean;
}

export interface ApplyWork extends Work {
  readonly program: Program;
  readonly deployment: Readonly<DeploymentRecord>;
}
