import type { Handlers } from '../../gateway/types.ts';
import { invalidParameter, operation } from './errors.ts';
import type { SecretsState } from './state.ts';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html */
const WINDOW = { least: 7, most: 30, usual: 30 };
const DAY = 24 * 60 * 60 * 1000;

export function deletionHandlers(
  state: SecretsState,
): Handlers<typeof import('@aws-sdk/client-secrets-manager')> {
  return {
    DeleteSecret: operation(
      ['SecretId', 'RecoveryWindowInDays', 'ForceDeleteWithoutRecovery'],
      ({ SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force }) => {
        if (force && days !== undefined)
          throw invalidParameter(
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
          );
        if (days !== undefined && !(days >= WINDOW.least && days <= WINDOW.most))
          throw invalidParameter(
            `The RecoveryWindowInDays value must be between ${WINDOW.least} and ${WINDOW.most} days (inclusive).`,
          );
        const now = state.now();
        if (force) {
          const secret = state.find(SecretId);
          state.secrets.delete(secret.arn);
          return { ARN: secret.arn, Name: secret.name, DeletionDate: now };
        }
        const secret = state.active(SecretId);
        const purgeAt = new Date(now.getTime() + (days ?? WINDOW.usual) * DAY);
        state.secrets.patch(secret.arn, { deletedAt: now, purgeAt });
        return { ARN: secret.arn, Name: secret.name, DeletionDate: purgeAt };
      },
    ),
    RestoreSecret: operation(['SecretId'], ({ SecretId }) => {
      const secret = state.find(SecretId);
      state.secrets.patch(secret.arn, { deletedAt: undefined, purgeAt: undefined });
      return { ARN: secret.arn, Name: secret.name };
    }),
  };
}
