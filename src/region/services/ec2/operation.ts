import { createHash } from 'node:crypto';
import type { Region } from '../../region.ts';
import type { CallContext, Handlers } from '../../gateway/types.ts';
import { ApiError } from '../../gateway/api-error.ts';
import { enacting } from '../../gateway/enacting.ts';
import { notEnacted } from './errors.ts';

export type Sdk = typeof import('@aws-sdk/client-ec2');
export type Ec2Handlers = Handlers<Sdk>;

/** A handler together with the members of its input that it enacts; what else asks for something is refused. */
export const operation = enacting((member, value) =>
  notEnacted(`Parameter ${member} (${JSON.stringify(value)})`),
);

interface Answered {
  readonly parameters: string;
  readonly answer: object;
  readonly at: number;
}
const DAY = 24 * 60 * 60 * 1000;

/** What every operation of EC2 shares: DryRun and ClientToken. */
export function withConventions(region: Region, handlers: Ec2Handlers): Ec2Handlers {
  const answered = region.store.table<Answered>('ec2/client-tokens');
  const wrap =
    (name: string, handle: (input: Shared, context: CallContext) => object) =>
    (input: Shared, context: CallContext) => {
      dryRun(input);
      const { ClientToken: token } = input;
      if (!token) return handle(input, context);
      // https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
      const key = `${name}/${token}`;
      const parameters = createHash('sha256').update(canonical(input)).digest('hex');
      const before = answered.get(key);
      if (before && before.parameters !== parameters)
        throw new ApiError(
          'IdempotentParameterMismatch',
          'The client token you have provided is associated with a resource that has already been created with different parameters.',
        );
      if (before) return before.answer;
      const now = region.clock.now();
      for (const [old, { at }] of [...answered.keys()].map((id) => [id, answered.get(id)!] as const)) {
        if (now - at < DAY) break;
        answered.delete(old);
      }
      const answer = handle(input, context);
      answered.put(key, { parameters, answer, at: now });
      return answer;
    };
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [
      name,
      wrap(name, handle as Parameters<typeof wrap>[1]),
    ]),
  ) as Ec2Handlers;
}

interface Shared {
  readonly DryRun?: boolean;
  readonly ClientToken?: string;
}

/** Whoever may call is told so, and nothing is done. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
function dryRun({ DryRun }: Shared): void {
  if (DryRun)
    throw new ApiError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
}

/** JSON with sorted keys and without what was not said. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
