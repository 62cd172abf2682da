import { randomUUID } from 'node:crypto';
import { nameOf } from './ids.ts';
import type { Ecs } from './state.ts';

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

/** The same, unless it was the last thing said. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
export function addServiceEventOnce(
  ecs: Pick<Ecs, 'tables' | 'now'>,
  serviceArn: string,
  what: string,
): void {
  const last = ecs.tables.serviceEvents.get(serviceArn)?.events[0]?.message;
  if (last !== `(service ${nameOf(serviceArn)}) ${what}`) addServiceEvent(ecs, serviceArn, what);
}
