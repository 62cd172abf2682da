import { rolesOf } from '../agent/roles.ts';
import { nameOf } from '../ids.ts';
import { definitionOf, type Ecs, type TaskRecord } from '../state.ts';

const LASTS_SECONDS = 3600;
/** SDKs ask again before the end: those that are handed out hold for some time yet. */
const LEAST_LEFT_MS = 15 * 60_000;

/** Credentials of task roles; whom they stand for is told by the task they are asked from. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
export function taskCredentials(ecs: Ecs): (task: TaskRecord) => Promise<object | undefined> {
  const open = new Map<string, { readonly document: object; readonly until: number }>();
  return async (task) => {
    const { taskRoleArn } = rolesOf(task, definitionOf(ecs, task.taskDefinitionArn));
    if (taskRoleArn === undefined) return undefined;
    const { clock, api, internal } = ecs.region;
    for (const [id, { until }] of open) if (until <= clock.now()) open.delete(id);
    const known = open.get(task.id);
    if (known && known.until - clock.now() > LEAST_LEFT_MS) return known.document;
    const { Role } = await api.iam.GetRole({ RoleName: nameOf(taskRoleArn) });
    const session = internal.sts.open(
      {
        arn: `${taskRoleArn.replace(':iam:', ':sts:').replace(/:role\/.*$/, `:assumed-role/${nameOf(taskRoleArn)}`)}/${task.id}`,
        userId: `${Role?.RoleId}:${task.id}`,
      },
      LASTS_SECONDS,
    );
    const document = {
      RoleArn: taskRoleArn,
      AccessKeyId: session.AccessKeyId,
      SecretAccessKey: session.SecretAccessKey,
      Token: session.SessionToken,
      Expiration: session.Expiration.toISOString().replace(/\.\d+Z$/, 'Z'),
    };
    open.set(task.id, { document, until: session.Expiration.getTime() });
    return document;
  };
}
