import type { Target } from '@aws-sdk/client-eventbridge';
import type { Region } from '../../region.ts';
import type { Table } from '../../store/store.ts';

export interface RuleRecord {
  readonly name: string;
  readonly scheduleExpression: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly description?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** From when a rate counts: milliseconds since the epoch. */
  readonly since: number;
  /** By their ids, in the order in which they were put. */
  readonly targets: readonly (Target & { readonly Id: string })[];
}

export interface EventBridgeState {
  readonly region: Region;
  /** Rules of the default bus, by name. */
  readonly rules: Table<RuleRecord>;
  arnOf(name: string): string;
}

export function createState(region: Region): EventBridgeState {
  const { accountId, region: regionName, partition } = region.identity;
  return {
    region,
    rules: region.store.table<RuleRecord>('eventbridge/rules'),
    arnOf: (name) => `arn:${partition}:events:${regionName}:${accountId}:rule/${name}`,
  };
}
