import type { Forward, ForwardRequest } from '../forward/model.ts';
import type { ControlClient } from './control-client.ts';
import type { LastWords } from '../region.ts';
import type { ForwardsRequest, LastWordsAnswer, ObservedFlows, ObserveRequest } from './protocol.ts';

/** Replaces the forwards of a stack, which must be there; answers with the ports that lead to them. */
export async function setForwards(
  control: Pick<ControlClient, 'post'>,
  stack: string,
  forwards: readonly ForwardRequest[],
): Promise<readonly Forward[]> {
  const request: ForwardsRequest = { stack, forwards };
  return (await control.post<{ readonly forwards: readonly Forward[] }>('forwards', request)).forwards;
}

/** Begins (with nothing seen) or ends observing which connections the services of a stack really make. */
export function observeFlows(
  control: Pick<ControlClient, 'post'>,
  stack: string,
  observe: boolean,
): Promise<ObservedFlows> {
  const request: ObserveRequest = { stack, observe };
  return control.post<ObservedFlows>('flows', request);
}

/** What has been seen so far. */
export const observedFlows = (control: Pick<ControlClient, 'get'>, stack: string): Promise<ObservedFlows> =>
  control.get<ObservedFlows>(`flows?stack=${encodeURIComponent(stack)}`);

/** What the containers of a task said last, also after its service or its log group has gone; empty where it is not known any more. */
export const lastWords = async (
  control: Pick<ControlClient, 'get'>,
  taskId: string,
): Promise<readonly LastWords[]> =>
  (await control.get<LastWordsAnswer>(`last-words?task=${encodeURIComponent(taskId)}`)).words;
