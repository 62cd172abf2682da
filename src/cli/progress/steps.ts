import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { Observer } from '../../deploy/observer.ts';
import type { Template } from '../../template/model.ts';
import type { Terminal } from '../terminal.ts';

/** Shows an operation on a stack while it goes on. */
export interface Progress extends Observer {
  /** Leaves the screen as it is to stay. */
  finish(): void;
}

export interface ProgressOptions {
  readonly terminal: Terminal;
  readonly stackName: string;
  /** Where the human descriptions of resources stand. */
  readonly template: Template | undefined;
  readonly services: readonly string[];
}

/** What people call a resource: its description in the template's metadata, else its logical id. */
export function describeResource(
  template: Template | undefined,
  { LogicalResourceId = '' }: StackEvent,
): string {
  const metadata = template?.Resources[LogicalResourceId]?.Metadata?.Fairway as
    | { Description?: unknown }
    | undefined;
  return typeof metadata?.Description === 'string' ? metadata.Description : LogicalResourceId;
}

/** `CREATE_COMPLETE` → `created`; undefined for steps that are under way. */
export function outcomeOf(status: string | undefined): string | undefined {
  switch (status) {
    case 'CREATE_COMPLETE':
      return 'created';
    case 'UPDATE_COMPLETE':
      return 'updated';
    case 'DELETE_COMPLETE':
      return 'deleted';
    case 'DELETE_SKIPPED':
      return 'kept';
    default:
      return status?.endsWith('_FAILED') ? 'failed' : undefined;
  }
}

/** `CREATE_IN_PROGRESS` → `creating` */
export function activityOf(status: string | undefined): string {
  if (status?.startsWith('CREATE')) return 'creating';
  if (status?.startsWith('DELETE')) return 'deleting';
  if (status?.includes('ROLLBACK')) return 'rolling back';
  return 'updating';
}

export const isStack = ({ ResourceType, PhysicalResourceId, StackId }: StackEvent): boolean =>
  ResourceType === 'AWS::CloudFormation::Stack' && PhysicalResourceId === StackId;
