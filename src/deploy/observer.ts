import type { StackEvent } from '@aws-sdk/client-cloudformation';

/** Told what goes on, in order. */
export interface Observer {
  /** The change set is there; `changes` names what it touches. */
  planned?(changes: readonly PlannedChange[]): void;
  event(event: StackEvent): void;
  note(text: string): void;
  /** Tasks of a service do not stay, or do not even start: told once for each cause, while it goes on. */
  failed?(failure: ServiceFailure): void;
}
/** Why a task that a service started in this operation did not stay. */
export interface ServiceFailure {
  readonly logicalId: string;
  /** In ECS's words, with what is known of each container. */
  readonly reason: string;
  /** The last that its programs said. */
  readonly lastLines: readonly string[];
  /** Checks that look for such a cause. */
  readonly checks: readonly string[];
}
export interface PlannedChange {
  readonly logicalId: string;
  readonly type: string;
  readonly action: 'Add' | 'Modify' | 'Remove' | (string & {});
  readonly replacement: 'True' | 'False' | 'Conditional' | undefined;
}
