import { DescribeStackEventsCommand, type Stack, type StackEvent } from '@aws-sdk/client-cloudformation';
import type { Observer } from './observer.ts';
import { settle } from './stack.ts';
import type { ServiceWatch } from './stopped-tasks.ts';
import type { Target } from './target.ts';

/** Reads what is new of a stack's events, oldest first, at each call. */
export interface EventReader {
  (): Promise<readonly StackEvent[]>;
}

/** @param since leaves out what happened before: the last event's id, or the time the operation began. */
export function eventReader(target: Target, stackId: string, since?: string): EventReader {
  let last = since;
  return async () => {
    const fresh: StackEvent[] = [];
    let NextToken: string | undefined;
    do {
      const page = await target.cloudformation.send(
        new DescribeStackEventsCommand({ StackName: stackId, ...(NextToken ? { NextToken } : {}) }),
      );
      for (const event of page.StackEvents ?? []) {
        if (event.EventId === last) {
          NextToken = undefined;
          return done();
        }
        fresh.push(event);
      }
      NextToken = page.NextToken;
    } while (NextToken);
    return done();

    function done(): readonly StackEvent[] {
      last = fresh[0]?.EventId ?? last;
      return fresh.reverse();
    }
  };
}

/** Waits for the end of the operation in progress, passing its events on as they come. */
export async function follow(
  target: Target,
  stackId: string,
  read: EventReader,
  observer: Observer,
  watch?: ServiceWatch,
): Promise<{ readonly stack: Stack | undefined; readonly events: readonly StackEvent[] }> {
  const events: StackEvent[] = [];
  const stack = await settle(target, stackId, async () => {
    for (const event of await read()) {
      events.push(event);
      observer.event(event);
      watch?.event(event);
    }
    await watch?.look();
  });
  return { stack, events };
}
