import type { TaskStopCode } from '@aws-sdk/client-ecs';

/** Why a task ends, in AWS's words. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
  readonly stopCode: TaskStopCode;
  constructor(stoppedReason: string, stopCode: TaskStopCode = 'TaskFailedToStart') {
    super(stoppedReason);
    this.stopCode = stopCode;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `Name: message`, once, whoever wrote the name first. */
export const named = (name: string, error: unknown): string => {
  const message = messageOf(error);
  return message.startsWith(name) ? message : `${name}: ${message}`;
};
