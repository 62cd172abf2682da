import { randomInt } from 'node:crypto';
import type { Region } from '../../region.ts';
import type { Table } from '../../store/store.ts';
import { invalidRequest, notFound } from './errors.ts';

export interface VersionRecord {
  readonly createdAt: Date;
  readonly stages: readonly string[];
  readonly string?: string | undefined;
  readonly binary?: Uint8Array | undefined;
}
export interface SecretRecord {
  readonly arn: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly changedAt: Date;
  /** A day, as on AWS. */
  readonly accessedAt?: Date | undefined;
  readonly deletedAt?: Date | undefined;
  /** When it goes for good. */
  readonly purgeAt?: Date | undefined;
  readonly versions: Readonly<Record<string, VersionRecord>>;
}
export interface SecretsState {
  readonly region: Region;
  /** By ARN; what is past its recovery window is gone. */
  readonly secrets: Table<SecretRecord>;
  now(): Date;
  all(): readonly SecretRecord[];
  byName(name: string): SecretRecord | undefined;
  /** By name, ARN, or ARN without its six last characters; also when it is marked for deletion. */
  find(id: string | undefined): SecretRecord;
  /** As `find`; one that is marked for deletion can neither be read nor changed. */
  active(id: string | undefined): SecretRecord;
  newArn(name: string): string;
}

export function createState(region: Region): SecretsState {
  const secrets = region.store.table<SecretRecord>('secretsmanager/secrets');
  const { accountId, region: regionName } = region.identity;
  const prefix = `arn:aws:secretsmanager:${regionName}:${accountId}:secret:`;
  const all = () => {
    const now = region.clock.now();
    for (const { arn, purgeAt } of secrets.values())
      if (purgeAt && purgeAt.getTime() <= now) secrets.delete(arn);
    return [...secrets.values()];
  };
  const find = (id = '') => {
    const existing = all();
    const secret =
      existing.find(({ arn, name }) => arn === id || name === id) ??
      existing.find(({ arn }) => id.startsWith(prefix) && arn.slice(0, -7) === id);
    if (!secret) throw notFound();
    return secret;
  };
  return {
    region,
    secrets,
    now: () => new Date(region.clock.now()),
    all,
    byName: (name) => all().find((secret) => secret.name === name),
    find,
    active(id) {
      const secret = find(id);
      if (secret.deletedAt)
        throw invalidRequest(
          "You can't perform this operation on the secret because it was marked for deletion.",
        );
      return secret;
    },
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html: six random characters
    newArn: (name) => `${prefix}${name}-${draw(6)}`,
  };
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
function draw(length: number): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
