import type { Role } from '@aws-sdk/client-iam';
import { ApiError } from '../../../gateway/api-error.ts';
import type { Ecs, TaskDefinitionRecord, TaskRecord } from '../state.ts';
import { TaskFailure } from './failure.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html */
const SERVICE = 'ecs-tasks.amazonaws.com';

export interface TaskRoles {
  readonly taskRoleArn?: string | undefined;
  readonly executionRoleArn?: string | undefined;
}

/** Those of the definition, or what a standalone task was given instead. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html */
export const rolesOf = ({ overrides }: TaskRecord, definition: TaskDefinitionRecord): TaskRoles => ({
  taskRoleArn: overrides.taskRoleArn ?? definition.taskRoleArn,
  executionRoleArn: overrides.executionRoleArn ?? definition.executionRoleArn,
});

/** The roles of a task must exist and trust ECS. What their policies allow is not evaluated here. */
export async function checkRoles(
  { region }: Ecs,
  { taskRoleArn, executionRoleArn }: TaskRoles,
): Promise<void> {
  const arns = [...new Set([executionRoleArn, taskRoleArn])].filter((arn) => arn !== undefined);
  await Promise.all(
    arns.map(async (arn) => {
      const { Role } = await region.api.iam
        .GetRole({ RoleName: arn.slice(arn.lastIndexOf('/') + 1) })
        .catch((error: unknown) => {
          if (error instanceof ApiError && error.code === 'NoSuchEntity') return { Role: undefined };
          throw error;
        });
      if (
        !Role ||
        !isRole(arn, Role) ||
        !trustsTasks(decodeURIComponent(Role.AssumeRolePolicyDocument ?? '{}'))
      )
        throw new TaskFailure(
          `ECS was unable to assume the role '${arn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`,
        );
    }),
  );
}

/** The short name or the full ARN. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
const isRole = (given: string, role: Role) => given === (given.startsWith('arn:') ? role.Arn : role.RoleName);

interface Statement {
  readonly Effect?: string;
  readonly Principal?: '*' | { readonly Service?: string | readonly string[] };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
function trustsTasks(document: string): boolean {
  const { Statement: statements = [] } = JSON.parse(document) as { Statement?: Statement | Statement[] };
  return [statements]
    .flat()
    .some(
      ({ Effect, Principal }) =>
        Effect === 'Allow' &&
        (Principal === '*' || [Principal?.Service ?? []].flat().some((name) => name === SERVICE)),
    );
}
