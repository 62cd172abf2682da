import { ApiError } from '../../gateway/api-error.ts';
import type { SignalRecord } from './records.ts';
import type { State } from './state.ts';

export interface Signals {
  /** What was said to a resource so far, each sender once. */
  of(target: string): readonly Readonly<SignalRecord>[];
  give(signal: SignalRecord): void;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html */
export function createSignals({ signals }: Pick<State, 'signals'>): Signals {
  return {
    of: (target) => [...signals.values()].filter((signal) => signal.target === target),
    give(signal) {
      const key = `${signal.target}/${signal.uniqueId}`;
      // Each sender counts once: what it says again changes nothing.
      if (!signals.has(key)) signals.put(key, signal);
    },
  };
}

/** Where handles lie, as on AWS: an object store's bucket that takes what is put there for a signal. */
export function handleBucket(region: string): string {
  return `cloudformation-waitcondition-${region}`;
}

/**
 * What a program puts at a handle's address: `{"Status": "SUCCESS", "UniqueId": "1", "Data": "…", "Reason": "…"}`.
 * @throws ApiError in S3's manner, which is what the sender talks to
 */
export function readSignal(target: string, body: Uint8Array): SignalRecord {
  const { Status, UniqueId, Data = '', Reason = '' } = parsed(body);
  if (Status !== 'SUCCESS' && Status !== 'FAILURE')
    throw malformed(`Status is ${JSON.stringify(Status)}: write SUCCESS or FAILURE`);
  if (typeof UniqueId !== 'string' || UniqueId === '')
    throw malformed(`UniqueId is ${JSON.stringify(UniqueId)}: write a text that no other signal has`);
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return { target, uniqueId: UniqueId, status: Status, reason: text(Reason), data: text(Data) };
}

function parsed(body: Uint8Array): Readonly<Record<string, unknown>> {
  const text = Buffer.from(body).toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw malformed(`the body is ${JSON.stringify(text.slice(0, 200))}: write an object of JSON`);
}

const malformed = (what: string): ApiError =>
  new ApiError('InvalidRequest', `This is no signal for a wait condition: ${what}`, 400);

export function noHandle(key: string): ApiError {
  return new ApiError('NoSuchKey', `There is no wait condition handle ${key}`, 404);
}
