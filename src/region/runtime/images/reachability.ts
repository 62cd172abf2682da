import { sleep, type Clock } from '../../../common/clock.ts';
import { RegistryError } from '../../../oci/errors.ts';

/**
 * How long a registry is waited for where a stand-in could serve instead. A registry that was out of reach once is not asked again
 * while the region lives (unless one pulls on purpose), so that a machine without a network waits once at most.
 */
const patience = 3000;

export interface Reachability {
  /** Why the registry was out of reach when it was last asked. */
  trouble(registry: string): string | undefined;
  /** Runs what asks the registry. Where it does not answer, rejects with a RegistryError, and soon where `soon`. */
  ask<T>(registry: string, soon: boolean, work: () => Promise<T>): Promise<T>;
}

export function reachability(clock: Clock): Reachability {
  const troubles = new Map<string, string>();
  return {
    trouble: (registry) => troubles.get(registry),
    async ask(registry, soon, work) {
      try {
        const answer = await (soon ? Promise.race([work(), tooLate(clock, registry)]) : work());
        troubles.delete(registry);
        return answer;
      } catch (error) {
        if (isOutOfReach(error)) troubles.set(registry, error.message);
        else if (error instanceof RegistryError) troubles.delete(registry);
        throw error;
      }
    },
  };
}

/** No answer of the registry itself: refused, unknown, silent, forbidden by a proxy or by the machine's settings. */
export const isOutOfReach = (error: unknown): error is RegistryError =>
  error instanceof RegistryError &&
  ['registry-unreachable', 'registry-stalled', 'registry-blocked'].includes(error.code);

async function tooLate(clock: Clock, registry: string): Promise<never> {
  await sleep(clock, patience);
  throw new RegistryError({
    code: 'registry-stalled',
    registry,
    repository: '',
    message: `${registry} did not answer within ${patience / 1000} s`,
  });
}
