import type { Instance } from './world.ts';

/** What happened to a stack, oldest first, each with the seconds since the first event: `0 Vpc CREATE_IN_PROGRESS`. */
export async function timeline(
  { api }: Instance,
  StackName: string,
  { of = () => true }: { readonly of?: (line: string) => boolean } = {},
): Promise<string[]> {
  const events = [];
  let NextToken: string | undefined;
  do {
    const page = await api.DescribeStackEvents({ StackName, NextToken });
    events.push(...page.StackEvents!);
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  events.reverse();
  const start = events[0]?.Timestamp?.getTime() ?? 0;
  return events
    .map(({ Timestamp, LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
      [
        (Timestamp!.getTime() - start) / 1000,
        LogicalResourceId,
        ResourceStatus,
        ...(ResourceStatusReason ? [`(${steady(ResourceStatusReason)})`] : []),
      ].join(' '),
    )
    .filter(of);
}

const steady = (text: string): string =>
  text.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '*');
