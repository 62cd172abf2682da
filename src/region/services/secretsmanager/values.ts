import type { Handlers } from '../../gateway/types.ts';
import { pageAfter } from '../../gateway/page.ts';
import { invalidParameter, notFound, operation } from './errors.ts';
import type { SecretRecord, SecretsState } from './state.ts';
import {
  addVersion,
  chooseVersion,
  CURRENT,
  moveStage,
  readToken,
  readValue,
  versionWith,
} from './versions.ts';

const DAY = 24 * 60 * 60 * 1000;

export function valueHandlers(
  state: SecretsState,
): Handlers<typeof import('@aws-sdk/client-secrets-manager')> {
  return {
    GetSecretValue: operation(['SecretId', 'VersionId', 'VersionStage'], (input) => {
      const secret = state.active(input.SecretId);
      const [id, version] = chooseVersion(secret, input);
      noteAccess(state, secret);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: id,
        VersionStages: [...version.stages],
        CreatedDate: version.createdAt,
        ...(version.string === undefined ? {} : { SecretString: version.string }),
        ...(version.binary === undefined ? {} : { SecretBinary: version.binary }),
      };
    }),
    PutSecretValue: operation(
      ['SecretId', 'ClientRequestToken', 'SecretString', 'SecretBinary', 'VersionStages'],
      (input) => {
        const secret = state.active(input.SecretId);
        const token = readToken(input.ClientRequestToken);
        const value = readValue(input);
        if (!value) throw invalidParameter('You must provide either SecretString or SecretBinary.');
        // The first version is the current one whatever its labels.
        const first = versionWith(secret, CURRENT) === undefined && !input.VersionStages?.includes(CURRENT);
        const stages = [
          ...(input.VersionStages ?? [CURRENT]),
          ...(first && input.VersionStages ? [CURRENT] : []),
        ];
        const changed = addVersion(secret, token, value, stages, state.now());
        if (changed !== secret) state.secrets.put(changed.arn, changed);
        return {
          ARN: changed.arn,
          Name: changed.name,
          VersionId: token,
          VersionStages: [...(changed.versions[token]?.stages ?? [])],
        };
      },
    ),
    UpdateSecretVersionStage: operation(
      ['SecretId', 'VersionStage', 'RemoveFromVersionId', 'MoveToVersionId'],
      ({ SecretId, VersionStage = '', RemoveFromVersionId, MoveToVersionId }) => {
        const secret = state.active(SecretId);
        for (const id of [RemoveFromVersionId, MoveToVersionId])
          if (id !== undefined && !secret.versions[id])
            throw notFound(`Secrets Manager can't find the specified secret value for VersionId: ${id}`);
        const holder = versionWith(secret, VersionStage);
        if (holder !== RemoveFromVersionId && holder !== MoveToVersionId && holder !== undefined)
          throw invalidParameter(
            `The parameter RemoveFromVersionId can't be empty. Staging label ${VersionStage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
          );
        if (RemoveFromVersionId !== undefined && holder !== RemoveFromVersionId)
          throw invalidParameter(
            `The staging label ${VersionStage} isn't attached to version ${RemoveFromVersionId}.`,
          );
        if (VersionStage === CURRENT && MoveToVersionId === undefined)
          throw invalidParameter(`You can't remove ${CURRENT} without moving it to another version.`);
        const changed = moveStage(secret, VersionStage, MoveToVersionId);
        state.secrets.put(changed.arn, { ...changed, changedAt: state.now() });
        return { ARN: changed.arn, Name: changed.name };
      },
    ),
    ListSecretVersionIds: operation(
      ['SecretId', 'MaxResults', 'NextToken', 'IncludeDeprecated'],
      ({ SecretId, MaxResults = 100, NextToken, IncludeDeprecated }) => {
        const secret = state.find(SecretId);
        const versions = Object.entries(secret.versions).filter(
          ([, { stages }]) => IncludeDeprecated || stages.length > 0,
        );
        const { items, next } = pageAfter(
          versions,
          ([id]) => id,
          MaxResults,
          NextToken,
          () => invalidParameter('Invalid NextToken.'),
        );
        return {
          ARN: secret.arn,
          Name: secret.name,
          Versions: items.map(([VersionId, { stages, createdAt }]) => ({
            VersionId,
            VersionStages: [...stages],
            CreatedDate: createdAt,
          })),
          ...(next ? { NextToken: next } : {}),
        };
      },
    ),
  };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html: the day, without the hour. */
function noteAccess(state: SecretsState, secret: SecretRecord): void {
  const today = new Date(Math.floor(state.region.clock.now() / DAY) * DAY);
  if (secret.accessedAt?.getTime() !== today.getTime())
    state.secrets.patch(secret.arn, { accessedAt: today });
}
