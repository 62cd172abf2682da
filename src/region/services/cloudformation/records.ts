import type { Capability, Change, ResourceStatus, StackStatus } from '@aws-sdk/client-cloudformation';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface StackRecord {
  readonly id: string;
  readonly name: string;
  readonly status: StackStatus;
  readonly statusReason: string | undefined;
  readonly createdAt: Date;
  readonly updatedAt?: Date;
  readonly deletedAt?: Date;
  /** What is deployed; absent before the first template is in force. */
  readonly deploymentId?: string;
  readonly outputs: readonly OutputRecord[];
  /** Names of exports of other stacks that this one uses. */
  readonly imports: readonly string[];
  readonly disableRollback: boolean;
  readonly terminationProtection: boolean;
  readonly changeSetId?: string;
  readonly operation?: OperationRecord | undefined;
  /** What RollbackStack goes back to, where a failure was left as it was. */
  readonly stable?: StableState | undefined;
  /** Of a nested stack: the stack and the resource in it that it belongs to, and the stack at the top. */
  readonly parent?: { readonly id: string; readonly logicalId: string; readonly rootId: string };
  /** Why its last creation or update failed. */
  readonly failure?: string | undefined;
  readonly timeoutInMinutes?: number;
  readonly retainExceptOnCreate?: boolean;
  /** Client request token → what was asked for with it. */
  readonly tokens?: Readonly<Record<string, string>>;
}

/** A stack as it was before operations failed that were not rolled back. */
export interface StableState {
  /** Absent: it was never complete. */
  readonly deploymentId?: string | undefined;
  readonly before: Readonly<Record<string, number>>;
}

export interface OutputRecord {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/** One template with the values it was given. */
export interface DeploymentRecord {
  readonly id: string;
  readonly stackId: string;
  readonly body: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly Capability[];
  readonly notificationArns: readonly string[];
  readonly roleArn?: string;
}

/**
 * What is being done to a stack. It is written before the first call to a service, so that whoever opens the store next can go on.
 * - apply: resource by resource towards the deployment `targetId`
 * - rollback: the same towards the deployment `fromId`, with the generations of `before`
 * - held: a nested stack waits for its parent to say whether to clean up or to go back
 * - cleanup: away with every generation that is not to be kept
 */
export interface OperationRecord {
  readonly id: string;
  readonly kind: 'create' | 'update' | 'delete';
  readonly phase: 'apply' | 'rollback' | 'held' | 'cleanup';
  readonly rolledBack: boolean;
  /** Waits for ContinueUpdateRollback. */
  readonly stalled?: boolean | undefined;
  /** By CancelUpdateStack. */
  readonly cancelled?: boolean;
  readonly token?: string | undefined;
  readonly targetId?: string;
  /** The deployment that a rollback goes back to. */
  readonly fromId?: string | undefined;
  /** The operation of the parent that this one of a nested stack is part of. */
  readonly parentOperation?: string;
  /** Milliseconds since the epoch: a creation that lasts longer fails. */
  readonly deadline?: number;
  /** A rollback deletes what this operation made, whatever its DeletionPolicy says. */
  readonly retainExceptOnCreate?: boolean;
  /** Logical ID → the generation in use when the operation began. */
  readonly before: Readonly<Record<string, number>>;
  /** In a cleanup after success: the logical IDs that stay. */
  readonly wanted?: readonly string[];
  readonly onFailure: 'ROLLBACK' | 'DO_NOTHING' | 'DELETE';
  /** Logical IDs that the cleanup or the rollback leaves alone. */
  readonly skip?: readonly string[] | undefined;
}

/** One physical resource: the n-th that was made for a logical ID. */
export interface ResourceRecord {
  readonly key: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly generation: number;
  readonly type: string;
  /**
   * - making: may or may not exist yet   - rejected: its service refused to make it
   * - ready, deleting                    - gone
   */
  readonly state: 'making' | 'rejected' | 'ready' | 'deleting' | 'gone';
  readonly physicalId?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly tags: readonly Tag[];
  /** What updates that have not ended well were aiming at: its service may hold any of it. */
  readonly tried?:
    | readonly { readonly properties: Readonly<Record<string, unknown>>; readonly tags: readonly Tag[] }[]
    | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly metadata: unknown;
  /** Keys of the resources that must outlive it. */
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: string;
  readonly updateReplacePolicy: string;
  readonly status: ResourceStatus;
  readonly statusReason?: string | undefined;
  readonly changedAt: Date;
  /** When it was decided to make it. */
  readonly begunAt: Date;
}

export interface EventRecord {
  readonly id: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: ResourceStatus | StackStatus;
  readonly reason?: string | undefined;
  readonly properties?: string;
  readonly token?: string | undefined;
  readonly operationId?: string | undefined;
  readonly timestamp: Date;
}

export interface ChangeSetRecord {
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly kind: 'CREATE' | 'UPDATE';
  readonly description?: string;
  readonly deploymentId: string;
  readonly createdAt: Date;
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly statusReason?: string;
  readonly executionStatus: 'UNAVAILABLE' | 'AVAILABLE' | 'EXECUTE_COMPLETE' | 'OBSOLETE';
  readonly changes: readonly Change[];
  readonly onStackFailure?: 'DO_NOTHING' | 'ROLLBACK' | 'DELETE';
}

/** A success or failure that something outside tells a resource that waits for it. */
export interface SignalRecord {
  /** The resource: its handle's key, or `STACKID/LOGICALID`. */
  readonly target: string;
  readonly uniqueId: string;
  readonly status: 'SUCCESS' | 'FAILURE';
  readonly reason: string;
  readonly data: string;
}
