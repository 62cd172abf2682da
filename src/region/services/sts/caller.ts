import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import type { Region } from '../../region.ts';
import type { Sessions } from './sessions.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html: 15 minutes to 36 hours, 12 hours by default. */
const SESSION_TOKEN = { least: 900, most: 129_600, usual: 43_200 };

export function callerHandlers(
  { identity }: Region,
  sessions: Sessions,
): Handlers<typeof import('@aws-sdk/client-sts')> {
  return {
    GetCallerIdentity(_input, context) {
      const { arn, userId } = sessions.caller(context);
      return { Account: identity.accountId, Arn: arn, UserId: userId };
    },
    GetAccessKeyInfo: () => ({ Account: identity.accountId }),
    GetSessionToken({ DurationSeconds = SESSION_TOKEN.usual, SerialNumber, TokenCode }, context) {
      if (SerialNumber ?? TokenCode)
        throw new ApiError(
          'ValidationError',
          'The local region has no MFA devices: leave out SerialNumber and TokenCode',
        );
      checkDuration(DurationSeconds, SESSION_TOKEN.least, SESSION_TOKEN.most);
      return { Credentials: sessions.open(sessions.caller(context), DurationSeconds) };
    },
  };
}

export function checkDuration(seconds: number, least: number, most: number): void {
  const complain = (constraint: string) =>
    new ApiError(
      'ValidationError',
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${constraint}`,
    );
  if (!(seconds >= least)) throw complain(`greater than or equal to ${least}`);
  if (seconds > most) throw complain(`less than or equal to ${most}`);
}
