import type { ResourceRecord } from '../records.ts';
import type { Existing } from '../types/resource-type.ts';
import { OwnFailure } from './failure.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-creationpolicy.html */
const longest = 12 * 60 * 60;

export interface SignalPolicy {
  readonly count: number;
  /** Seconds. */
  readonly timeout: number;
}

/**
 * How many signals a new resource waits for; undefined where it waits for none.
 * @throws OwnFailure for what is no policy
 */
export function signalPolicy(policy: unknown): SignalPolicy | undefined {
  if (policy === undefined) return undefined;
  const { ResourceSignal: signal = {}, ...others } = policy as Record<string, unknown>;
  const { Count = 1, Timeout = 'PT5M', ...more } = signal as Record<string, unknown>;
  const unknown = Object.keys({ ...others, ...more });
  if (unknown.length > 0)
    throw new OwnFailure(`CreationPolicy ${unknown.join(', ')} is not enacted by this region`);
  const count = Number(Count);
  const timeout = duration(String(Timeout));
  if (!Number.isInteger(count) || count < 0)
    throw new OwnFailure(`CreationPolicy Count (${JSON.stringify(Count)}) must be a whole number`);
  if (timeout === undefined || timeout > longest)
    throw new OwnFailure(
      `CreationPolicy Timeout (${JSON.stringify(Timeout)}) must be a duration like PT5M, of at most PT12H`,
    );
  return { count, timeout };
}

/** Seconds of an ISO 8601 duration: `PT1H30M`. */
function duration(text: string): number | undefined {
  const found = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(text);
  if (!found || text === 'PT') return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((part) => Number(part ?? 0));
  return hours * 3600 + minutes * 60 + seconds;
}

/** Where signals for a resource of a stack are kept. */
export function signalTarget({ stackId, logicalId }: Pick<ResourceRecord, 'stackId' | 'logicalId'>): string {
  return `${stackId}/${logicalId}`;
}

/** Resolves when as many successes have been signalled as the policy asks for. */
export async function awaitSignals(
  existing: Existing<Record<string, unknown>>,
  { count, timeout }: SignalPolicy,
): Promise<void> {
  const { inside, region, begunAt } = existing;
  await existing.wait(['cloudformation/signals'], async () => {
    const signals = inside.signals.of(signalTarget(existing));
    const failure = signals.find(({ status }) => status === 'FAILURE');
    if (failure) throw new OwnFailure(`Received FAILURE signal with UniqueId ${failure.uniqueId}`);
    if (signals.length >= count) return true;
    if (region.clock.now() < begunAt.getTime() + timeout * 1000) return undefined;
    throw new OwnFailure(
      `Failed to receive ${count - signals.length} resource signal(s) within the specified duration`,
    );
  });
}
