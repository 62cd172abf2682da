import { ApiError } from '../../gateway/api-error.ts';
import { enacting } from '../../gateway/enacting.ts';
import type { CallContext, Handlers } from '../../gateway/types.ts';
import type { Region } from '../../region.ts';
import { checkDuration } from './caller.ts';
import type { Principal, Sessions } from './sessions.ts';
import { trusts } from './trust.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const DURATION = { least: 900, usual: 3600 };
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/(?:[\u0021-\u007e]+\/)?([\w+=,.@-]{1,64})$/;

const operation = enacting(
  (member, value) =>
    new ApiError(
      'ValidationError',
      `${member} (${JSON.stringify(value)}) is not enacted in the local region`,
    ),
);

interface Wanted {
  readonly RoleArn?: string | undefined;
  readonly RoleSessionName?: string | undefined;
  readonly DurationSeconds?: number | undefined;
}

export function assumeRoleHandlers(
  region: Region,
  sessions: Sessions,
): Handlers<typeof import('@aws-sdk/client-sts')> {
  async function assume({ RoleArn = '', RoleSessionName = '', DurationSeconds }: Wanted, caller: Principal) {
    const denied = new ApiError(
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
      403,
    );
    const [, account, name] = ROLE_ARN.exec(RoleArn) ?? [];
    if (!name) throw new ApiError('ValidationError', `${RoleArn} is invalid`);
    if (!SESSION_NAME.test(RoleSessionName))
      throw new ApiError(
        'ValidationError',
        `1 validation error detected: Value '${RoleSessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
      );
    if (account !== region.identity.accountId) throw denied;
    // A role that does not exist and one that does not trust the caller look the same from outside.
    const role = await region.api.iam.GetRole({ RoleName: name }).catch((error: unknown) => {
      throw error instanceof ApiError && error.code === 'NoSuchEntity' ? denied : error;
    });
    const found = role.Role;
    if (!found || found.Arn !== RoleArn) throw denied;
    if (!trusts(decodeURIComponent(found.AssumeRolePolicyDocument ?? ''), caller.arn, account)) throw denied;
    const seconds = DurationSeconds ?? DURATION.usual;
    checkDuration(seconds, DURATION.least, found.MaxSessionDuration ?? DURATION.usual);
    const principal = {
      arn: `arn:aws:sts::${account}:assumed-role/${name}/${RoleSessionName}`,
      userId: `${found.RoleId}:${RoleSessionName}`,
    };
    return {
      Credentials: sessions.open(principal, seconds),
      AssumedRoleUser: { Arn: principal.arn, AssumedRoleId: principal.userId },
    };
  }
  return {
    AssumeRole: (input, context: CallContext) =>
      operation<typeof input, ReturnType<typeof assume>>(
        ['RoleArn', 'RoleSessionName', 'DurationSeconds'],
        (wanted) => assume(wanted, sessions.caller(context)),
      )(input),
  };
}
