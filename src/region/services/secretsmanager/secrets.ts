import type { Filter, SecretListEntry } from '@aws-sdk/client-secrets-manager';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { exists, invalidParameter, invalidRequest, operation, validation } from './errors.ts';
import type { SecretRecord, SecretsState } from './state.ts';
import { readTags, tagList } from './tags.ts';
import { addVersion, CURRENT, readToken, readValue } from './versions.ts';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;
/** The account's own key, the only one here. */
const OWN_KEY = 'alias/aws/secretsmanager';

export function secretHandlers(
  state: SecretsState,
): Handlers<typeof import('@aws-sdk/client-secrets-manager')> {
  return {
    CreateSecret: operation(
      ['Name', 'ClientRequestToken', 'Description', 'KmsKeyId', 'SecretString', 'SecretBinary', 'Tags'],
      (input) => {
        const { Name: name = '', Description, Tags } = input;
        if (!NAME.test(name))
          throw validation(
            'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
          );
        checkKey(input.KmsKeyId);
        const token = readToken(input.ClientRequestToken);
        const value = readValue(input);
        const now = state.now();
        const before = state.byName(name);
        if (before?.deletedAt)
          throw invalidRequest(
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
          );
        // The same call once more is what it was; any other for this name is an error.
        if (before && !(value && before.versions[token]))
          throw exists(`The operation failed because the secret ${name} already exists.`);
        const secret: SecretRecord = before ?? {
          arn: state.newArn(name),
          name,
          description: Description,
          tags: readTags(Tags),
          createdAt: now,
          changedAt: now,
          versions: {},
        };
        const made = value ? addVersion(secret, token, value, [CURRENT], now) : secret;
        state.secrets.put(made.arn, made);
        return { ARN: made.arn, Name: name, ...(value ? { VersionId: token } : {}) };
      },
    ),
    DescribeSecret: operation(['SecretId'], ({ SecretId }) => {
      const secret = state.find(SecretId);
      const { SecretVersionsToStages, ...entry } = view(secret);
      return { ...entry, VersionIdsToStages: SecretVersionsToStages };
    }),
    UpdateSecret: operation(
      ['SecretId', 'ClientRequestToken', 'Description', 'KmsKeyId', 'SecretString', 'SecretBinary'],
      (input) => {
        const secret = state.active(input.SecretId);
        checkKey(input.KmsKeyId);
        const token = readToken(input.ClientRequestToken);
        const value = readValue(input);
        const now = state.now();
        const described = {
          ...secret,
          changedAt: now,
          ...(input.Description === undefined ? {} : { description: input.Description }),
        };
        const changed = value ? addVersion(described, token, value, [CURRENT], now) : described;
        state.secrets.put(changed.arn, changed);
        return { ARN: changed.arn, Name: changed.name, ...(value ? { VersionId: token } : {}) };
      },
    ),
    ListSecrets: operation(
      ['IncludePlannedDeletion', 'MaxResults', 'NextToken', 'Filters', 'SortOrder'],
      ({ IncludePlannedDeletion, MaxResults = 100, NextToken, Filters = [], SortOrder }) => {
        if (!(MaxResults >= 1 && MaxResults <= 100))
          throw invalidParameter(`MaxResults is ${MaxResults}; it must be between 1 and 100`);
        const matching = state
          .all()
          .filter(
            (secret) =>
              (IncludePlannedDeletion || !secret.deletedAt) &&
              Filters.every((filter) => fits(secret, filter)),
          );
        const order = ({ createdAt, arn }: SecretRecord) => {
          const time = createdAt.getTime();
          // Newest first unless asked otherwise.
          return `${String(SortOrder === 'asc' ? time : 1e15 - time).padStart(16, '0')} ${arn}`;
        };
        const { items, next } = pageAfter(matching, order, MaxResults, NextToken, () =>
          invalidParameter('Invalid NextToken.'),
        );
        return { SecretList: items.map(view), ...(next ? { NextToken: next } : {}) };
      },
    ),
  };
}

function checkKey(key: string | undefined): void {
  if (key !== undefined && key !== '' && !key.endsWith(OWN_KEY))
    throw invalidParameter(`KmsKeyId ${key} is not enacted in the local region: it has ${OWN_KEY} only`);
}

function view(secret: SecretRecord): SecretListEntry {
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    CreatedDate: secret.createdAt,
    LastChangedDate: secret.changedAt,
    LastAccessedDate: secret.accessedAt,
    DeletedDate: secret.deletedAt,
    Tags: tagList(secret.tags),
    SecretVersionsToStages: Object.fromEntries(
      Object.entries(secret.versions)
        .filter(([, { stages }]) => stages.length > 0)
        .map(([id, { stages }]) => [id, [...stages]]),
    ),
  };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html: values begin with what is sought, ! negates. */
function fits(secret: SecretRecord, { Key, Values = [] }: Filter): boolean {
  const texts = textsOf(secret, Key);
  return Values.some((value) => {
    const wanted = value.replace(/^!/, '');
    const found = texts.some((text) => text.startsWith(wanted));
    return value.startsWith('!') ? !found : found;
  });
}

function textsOf(secret: SecretRecord, key: string | undefined): readonly string[] {
  switch (key) {
    case 'name':
      return [secret.name];
    case 'description':
      return [secret.description ?? ''];
    case 'tag-key':
      return Object.keys(secret.tags);
    case 'tag-value':
      return Object.values(secret.tags);
    case 'all':
      return [secret.name, secret.description ?? '', ...Object.entries(secret.tags).flat()];
    default:
      throw invalidParameter(`The filter ${key} is not enacted in the local region`);
  }
}
