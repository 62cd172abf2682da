import type { StackEvent } from '@aws-sdk/client-cloudformation';

/** Told what goes on, in order. */
export interface Observer {
  /** The change set is there; `changes` names what it touches. */
  planned?(changes: readonly PlannedChange[]): void;
  event(event: StackEvent): void;
  note(text: string): void;
}
export interface PlannedChange {
  readonly logicalId: string;
  readonly type: string;
  readonly action: 'Add' | 'Modify' | 'Remove' | (string & {});
  readonly replacement: 'True' | 'False' | 'Conditional' | undefined;
}
