import { ApiError } from '../../gateway/api-error.ts';
import { getTaskProtection, updateTaskProtection, type Protection } from './task-protection.ts';
import type { Ecs, TaskRecord } from './state.ts';

/** What a request to `$ECS_AGENT_URI/task-protection/v1/state` is answered. */
export interface AgentAnswer {
  readonly status: number;
  readonly body: object;
}

/**
 * The endpoint that a task asks about itself: GET, or PUT with `ProtectionEnabled` and `ExpiresInMinutes`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
export function taskProtectionEndpoint(
  ecs: Ecs,
  task: Pick<TaskRecord, 'id' | 'arn' | 'clusterArn'>,
  method: string,
  body = '',
): AgentAnswer {
  const refuse = (status: number, Code: string, Message: string): AgentAnswer => ({
    status,
    body: { requestID: 'local', error: { Arn: task.arn, Code, Message } },
  });
  const of = { cluster: task.clusterArn, tasks: [task.id] };
  try {
    if (method === 'GET') return answer(getTaskProtection(ecs, of));
    if (method !== 'PUT') return refuse(405, 'InvalidParameterException', `Method ${method} is not allowed.`);
    const wanted = parse(body);
    if (!wanted)
      return refuse(400, 'InvalidParameterException', 'UpdateTaskProtection: failed to decode request');
    const { ProtectionEnabled: protectionEnabled, ExpiresInMinutes: expiresInMinutes } = wanted;
    if (typeof protectionEnabled !== 'boolean')
      return refuse(
        400,
        'InvalidParameterException',
        "Invalid request: does not contain 'ProtectionEnabled' field",
      );
    if (expiresInMinutes !== undefined && typeof expiresInMinutes !== 'number')
      return refuse(400, 'InvalidParameterException', 'UpdateTaskProtection: failed to decode request');
    return answer(updateTaskProtection(ecs, { ...of, protectionEnabled, expiresInMinutes }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return refuse(error.status ?? 400, error.code, error.message);
  }
}

function answer({ protectedTasks: [task], failures: [failure] }: Protection): AgentAnswer {
  if (failure)
    return {
      status: 200,
      body: { requestID: 'local', failure: { Arn: failure.arn, Detail: null, Reason: failure.reason } },
    };
  return {
    status: 200,
    body: {
      requestID: 'local',
      protection: {
        ExpirationDate: task?.expirationDate?.toISOString() ?? null,
        ProtectionEnabled: task?.protectionEnabled ?? false,
        TaskArn: task?.taskArn,
      },
    },
  };
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
