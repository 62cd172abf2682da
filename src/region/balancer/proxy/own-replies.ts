import { page, type Reply } from '../http/replies.ts';
import type { RequestHead } from '../http/request-head.ts';
import type { Action } from '../protocol.ts';
import { redirect } from '../routing/redirect.ts';
import { countError } from '../traffic.ts';
import type { Core } from './core.ts';

/** An error of the load balancer's own, which is counted as one. */
export function failure({ counts }: Core, status: number): Reply {
  countError(counts, status);
  return page(status);
}

/** What the load balancer answers where the action forwards nothing. */
export function ownReply(
  core: Core,
  action: Exclude<Action, { kind: 'forward' }> | undefined,
  head: RequestHead,
  dialledPort: number,
): Reply {
  if (action === undefined) return failure(core, 503);
  if (action.kind === 'fixed-response') {
    core.counts.fixedResponses++;
    const { status, contentType, body } = action;
    return { status, contentType, body, fields: '' };
  }
  const host = head.host ?? core.dnsName;
  const reply = redirect(action, { host, target: head.target, port: dialledPort });
  if (reply.status >= 400) countError(core.counts, reply.status);
  else core.counts.redirects++;
  return reply;
}
