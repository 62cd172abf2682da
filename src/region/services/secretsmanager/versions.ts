import { randomUUID } from 'node:crypto';
import { exists, invalidParameter, invalidRequest, notFound, validation } from './errors.ts';
import type { SecretRecord, VersionRecord } from './state.ts';

export const CURRENT = 'AWSCURRENT';
export const PREVIOUS = 'AWSPREVIOUS';
/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const MOST_BYTES = 65_536;
const MOST_STAGES = 20;
const MOST_VERSIONS = 100;
const DAY = 24 * 60 * 60 * 1000;

export interface Value {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

/** At most one of the two. */
export function readValue({
  SecretString,
  SecretBinary,
}: Value): Pick<VersionRecord, 'string' | 'binary'> | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined)
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  const size = SecretBinary?.length ?? Buffer.byteLength(SecretString ?? '');
  if (size > MOST_BYTES)
    throw validation(`The secret value has ${size} bytes, at most ${MOST_BYTES} are allowed`);
  if (SecretBinary !== undefined) return { binary: SecretBinary };
  return SecretString === undefined ? undefined : { string: SecretString };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html: the token is the version's id. */
export function readToken(token: string | undefined): string {
  if (token !== undefined && (token.length < 32 || token.length > 64))
    throw invalidParameter('You must provide a ClientRequestToken value between 32 and 64 characters long.');
  return token ?? randomUUID();
}

/**
 * The secret with one more version under the given stages. The same token with the same value changes nothing; with another
 * value it is an error. Versions are never changed.
 */
export function addVersion(
  secret: SecretRecord,
  id: string,
  value: Pick<VersionRecord, 'string' | 'binary'>,
  stages: readonly string[],
  now: Date,
): SecretRecord {
  const before = secret.versions[id];
  if (before) {
    if (!sameValue(before, value))
      throw exists(
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
      );
    return secret;
  }
  const versions = { ...secret.versions, [id]: { createdAt: now, stages: [], ...value } };
  const moved = stages.reduce((from, stage) => moveStage(from, stage, id), {
    ...secret,
    versions,
    changedAt: now,
  } as SecretRecord);
  if ((moved.versions[id]?.stages.length ?? 0) > MOST_STAGES)
    throw invalidParameter(`A version has at most ${MOST_STAGES} staging labels.`);
  return { ...moved, versions: withoutDeprecated(moved.versions, now) };
}

function sameValue(a: Pick<VersionRecord, 'string' | 'binary'>, b: typeof a): boolean {
  if (a.string !== b.string) return false;
  return Buffer.from(a.binary ?? []).equals(Buffer.from(b.binary ?? []));
}

/** A stage is on one version only; where AWSCURRENT goes, AWSPREVIOUS follows to the version that had it. */
export function moveStage(secret: SecretRecord, stage: string, to: string | undefined): SecretRecord {
  const from = versionWith(secret, stage);
  if (from === to) return secret;
  const versions = Object.fromEntries(
    Object.entries(secret.versions).map(([id, version]) => {
      const others = version.stages.filter((other) => other !== stage);
      return [id, { ...version, stages: id === to ? [...others, stage] : others }];
    }),
  );
  const moved = { ...secret, versions };
  return stage === CURRENT && from !== undefined && to !== undefined
    ? moveStage(moved, PREVIOUS, from)
    : moved;
}

export function versionWith({ versions }: SecretRecord, stage: string): string | undefined {
  return Object.entries(versions).find(([, { stages }]) => stages.includes(stage))?.[0];
}

/** Beyond a hundred, versions without label go once they are older than a day. */
function withoutDeprecated(versions: SecretRecord['versions'], now: Date): SecretRecord['versions'] {
  const entries = Object.entries(versions);
  const surplus = entries.length - MOST_VERSIONS;
  if (surplus <= 0) return versions;
  const old = entries
    .filter(([, { stages, createdAt }]) => stages.length === 0 && now.getTime() - createdAt.getTime() > DAY)
    .sort(([, a], [, b]) => a.createdAt.getTime() - b.createdAt.getTime())
    .slice(0, surplus);
  const gone = new Set(old.map(([id]) => id));
  return Object.fromEntries(entries.filter(([id]) => !gone.has(id)));
}

/** The version that is meant: AWSCURRENT where nothing is said; where both are said they must agree. */
export function chooseVersion(
  secret: SecretRecord,
  {
    VersionId,
    VersionStage,
  }: { readonly VersionId?: string | undefined; readonly VersionStage?: string | undefined },
): readonly [id: string, version: VersionRecord] {
  const stage = VersionStage ?? (VersionId === undefined ? CURRENT : undefined);
  const id = VersionId ?? versionWith(secret, stage ?? CURRENT);
  const version = id === undefined ? undefined : secret.versions[id];
  if (id === undefined || !version)
    throw notFound(
      VersionId === undefined
        ? `Secrets Manager can't find the specified secret value for staging label: ${stage}`
        : `Secrets Manager can't find the specified secret value for VersionId: ${VersionId}`,
    );
  if (stage !== undefined && !version.stages.includes(stage))
    throw invalidRequest("The VersionStage you provided isn't associated to the provided VersionId.");
  return [id, version];
}
