import { randomBytes, randomInt } from 'node:crypto';
import { ApiError } from '../../gateway/api-error.ts';
import type { CallContext } from '../../gateway/types.ts';
import type { Region } from '../../region.ts';

export interface Principal {
  readonly arn: string;
  readonly userId: string;
}
interface SessionRecord extends Principal {
  readonly expiration: Date;
}
export interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  readonly Expiration: Date;
}
export interface Sessions {
  /** Whom an access key belongs to: a session's principal, else the account's owner. */
  caller(context: Pick<CallContext, 'accessKeyId'>): Principal;
  open(principal: Principal, seconds: number): Credentials;
}

export function createSessions({ store, clock, identity }: Region): Sessions {
  const table = store.table<SessionRecord>('sts/sessions');
  return {
    caller({ accessKeyId }) {
      const session = table.get(accessKeyId);
      if (!session) return { arn: `arn:aws:iam::${identity.accountId}:root`, userId: identity.accountId };
      if (session.expiration.getTime() <= clock.now())
        throw new ApiError('ExpiredToken', 'The security token included in the request is expired', 403);
      return { arn: session.arn, userId: session.userId };
    },
    open({ arn, userId }, seconds) {
      const now = clock.now();
      for (const [id, { expiration }] of [...table.keys()].map((id) => [id, table.get(id)!] as const))
        if (expiration.getTime() <= now) table.delete(id);
      const Expiration = new Date(now + seconds * 1000);
      // Temporary keys start with ASIA: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
      const AccessKeyId = drawId('ASIA');
      table.put(AccessKeyId, { arn, userId, expiration: Expiration });
      return {
        AccessKeyId,
        SecretAccessKey: randomBytes(30).toString('base64'),
        SessionToken: randomBytes(192).toString('base64'),
        Expiration,
      };
    },
  };
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
function drawId(prefix: string): string {
  return prefix + Array.from({ length: 16 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
