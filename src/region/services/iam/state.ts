import { randomInt } from 'node:crypto';
import type { Region } from '../../region.ts';
import type { Table } from '../../store/store.ts';
import { invalidInput, noSuchEntity } from './errors.ts';

export type Tags = Readonly<Record<string, string>>;
export interface RoleRecord {
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly createDate: Date;
  readonly trustPolicy: string;
  readonly description?: string | undefined;
  readonly maxSessionDuration: number;
  /** Inline policies by name. */
  readonly inline: Readonly<Record<string, string>>;
  /** ARNs of managed policies, in the order in which they were attached. */
  readonly attached: readonly string[];
  readonly tags: Tags;
}
export interface PolicyVersion {
  readonly id: string;
  readonly document: string;
  readonly createDate: Date;
}
export interface PolicyRecord {
  readonly arn: string;
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly description?: string | undefined;
  readonly createDate: Date;
  readonly updateDate: Date;
  readonly versions: readonly PolicyVersion[];
  readonly defaultVersionId: string;
  /** The number of the next version: numbers are not used twice. */
  readonly nextVersion: number;
  readonly tags: Tags;
}
export interface IamState {
  readonly region: Region;
  /** By name in lower case: names are unique whatever their case. */
  readonly roles: Table<RoleRecord>;
  /** By ARN. */
  readonly policies: Table<PolicyRecord>;
  now(): Date;
  roleArn(role: Pick<RoleRecord, 'path' | 'name'>): string;
  role(name: string | undefined): RoleRecord;
  policy(arn: string | undefined): PolicyRecord;
  save(role: RoleRecord): void;
}

/** Policies that AWS keeps: taken when well-formed, since their list changes weekly and is not at hand. */
export const AWS_MANAGED = /^arn:aws:iam::aws:policy\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,128}$/;

export function createState(region: Region): IamState {
  const roles = region.store.table<RoleRecord>('iam/roles');
  const policies = region.store.table<PolicyRecord>('iam/policies');
  return {
    region,
    roles,
    policies,
    now: () => new Date(region.clock.now()),
    roleArn: ({ path, name }) => `arn:aws:iam::${region.identity.accountId}:role${path}${name}`,
    role(name = '') {
      const role = roles.get(name.toLowerCase());
      if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`);
      return role;
    },
    policy(arn = '') {
      const policy = policies.get(arn);
      if (policy) return policy;
      if (AWS_MANAGED.test(arn))
        throw invalidInput(`The content of AWS managed policies (${arn}) is not kept in the local region`);
      throw noSuchEntity(`Policy ${arn} was not found.`);
    },
    save: (role) => roles.put(role.name.toLowerCase(), role),
  };
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** AROA: a role, ANPA: a managed policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
export function drawId(prefix: 'AROA' | 'ANPA'): string {
  return prefix + Array.from({ length: 17 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
