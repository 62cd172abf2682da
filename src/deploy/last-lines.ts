import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Task } from '@aws-sdk/client-ecs';
import type { Target } from './target.ts';

const LAST_LINES = 8;

/** The last that the containers of a task said; before each line its container, where several spoke. */
export async function lastLines(target: Target, task: Task): Promise<readonly string[]> {
  const id = task.taskArn!.split('/').at(-1)!;
  const kept = (await target.lastWords?.(id).catch(() => [])) ?? [];
  const spoken = (
    kept.some(({ lines }) => lines.length > 0) ? kept : await fromLogs(target, task, id)
  ).filter(({ lines }) => lines.length > 0);
  return spoken.flatMap(({ container, lines }) =>
    withoutRepeats(lines)
      .slice(-LAST_LINES)
      .map((line) => (spoken.length > 1 ? `${container}: ${line}` : line)),
  );
}

/** What is said again and again stands there once: `no database (12 times)`. */
export function withoutRepeats(lines: readonly string[]): readonly string[] {
  const runs: { line: string; times: number }[] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last?.line === line) last.times++;
    else runs.push({ line, times: 1 });
  }
  return runs.map(({ line, times }) => (times === 1 ? line : `${line} (${times} times)`));
}

/** Of the streams that the awslogs driver names PREFIX/CONTAINER/TASK: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html */
async function fromLogs(
  target: Target,
  task: Task,
  id: string,
): Promise<readonly { readonly container: string; readonly lines: readonly string[] }[]> {
  const [{ DescribeTaskDefinitionCommand }, { GetLogEventsCommand }] = await Promise.all([
    import('@aws-sdk/client-ecs'),
    import('@aws-sdk/client-cloudwatch-logs'),
  ]);
  const ecs = await target.ecs();
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: task.taskDefinitionArn }),
  );
  const logs: CloudWatchLogsClient = await target.logs();
  return Promise.all(
    (taskDefinition?.containerDefinitions ?? []).map(async ({ name = '', logConfiguration }) => {
      const { 'awslogs-group': group, 'awslogs-stream-prefix': prefix } = logConfiguration?.options ?? {};
      if (group === undefined || prefix === undefined) return { container: name, lines: [] };
      // A container that never began has no stream.
      const { events = [] } = await logs
        .send(
          new GetLogEventsCommand({
            logGroupName: group,
            logStreamName: `${prefix}/${name}/${id}`,
            limit: LAST_LINES,
          }),
        )
        .catch(() => ({ events: [] }));
      return {
        container: name,
        lines: events.flatMap(({ message }) => (message === undefined ? [] : [message])),
      };
    }),
  );
}
