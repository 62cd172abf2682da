import type { Region } from '../../region.ts';
import type { Table } from '../../store/store.ts';

export type ParameterKind = 'String' | 'StringList' | 'SecureString';

export interface ParameterVersion {
  readonly version: number;
  readonly type: ParameterKind;
  readonly value: string;
  readonly changedAt: Date;
}
export interface ParameterRecord {
  readonly name: string;
  readonly description?: string | undefined;
  readonly allowedPattern?: string | undefined;
  readonly dataType: string;
  readonly tier: 'Standard' | 'Advanced';
  readonly tags: Readonly<Record<string, string>>;
  /** Oldest first; never empty. */
  readonly versions: readonly ParameterVersion[];
}
export interface SsmState {
  readonly region: Region;
  /** By name. */
  readonly parameters: Table<ParameterRecord>;
  arnOf(name: string): string;
}

export function createState(region: Region): SsmState {
  const { accountId, region: regionName, partition } = region.identity;
  return {
    region,
    parameters: region.store.table<ParameterRecord>('ssm/parameters'),
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html: one slash in between
    arnOf: (name) =>
      `arn:${partition}:ssm:${regionName}:${accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`,
  };
}

export const latest = ({ versions }: ParameterRecord): ParameterVersion => versions.at(-1)!;
