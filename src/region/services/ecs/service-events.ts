import { randomUUID } from 'node:crypto';
import { nameOf } from './ids.ts';
import type { Condition, Ecs } from './state.ts';

/** The 100 most recent, newest first. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html */
const most = 100;

/** Adds `(service NAME) …`. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
export function addServiceEvent(
  { tables, now }: Pick<Ecs, 'tables' | 'now'>,
  serviceArn: string,
  what: string,
): void {
  const end = what.endsWith('.') || what.endsWith(')') ? what : `${what}.`;
  const message = `(service ${nameOf(serviceArn)}) ${end}`;
  const events = tables.serviceEvents.get(serviceArn)?.events ?? [];
  const event = { id: randomUUID(), createdAt: now(), message };
  tables.serviceEvents.put(serviceArn, { events: [event, ...events].slice(0, most) });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
const repeated = 6 * 60 * 60 * 1000;

/**
 * Tells of a condition when it begins, and again every six hours while it lasts. Returns in how many milliseconds that will be.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
 */
export function tellWhile(
  ecs: Pick<Ecs, 'tables' | 'now'>,
  serviceArn: string,
  condition: Condition,
  what: string | undefined,
): number | undefined {
  const told = ecs.tables.services.get(serviceArn)?.told ?? {};
  const since = told[condition];
  const now = ecs.now();
  const tell = (at: Date | undefined) => {
    const { [condition]: _last, ...others } = told;
    ecs.tables.services.patch(serviceArn, { told: at ? { ...others, [condition]: at } : others });
  };
  if (what === undefined) {
    if (since) tell(undefined);
    return undefined;
  }
  const left = since ? since.getTime() + repeated - now.getTime() : 0;
  if (left > 0) return left;
  addServiceEvent(ecs, serviceArn, what);
  tell(now);
  return repeated;
}
