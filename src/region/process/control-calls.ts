import type { Forward, ForwardRequest } from '../forward/model.ts';
import type { ControlClient } from './control-client.ts';
import type { ForwardsRequest } from './protocol.ts';

/** Replaces the forwards of a stack, which must be there; answers with the ports that lead to them. */
export async function setForwards(
  control: Pick<ControlClient, 'post'>,
  stack: string,
  forwards: readonly ForwardRequest[],
): Promise<readonly Forward[]> {
  const request: ForwardsRequest = { stack, forwards };
  return (await control.post<{ readonly forwards: readonly Forward[] }>('forwards', request)).forwards;
}
