import { isRecord } from '../../topology/from-template/values.ts';
import type { Declared } from '../../topology/system.ts';

/** The type of one record of a Cloud Map service, and where it is written. */
export interface RecordType {
  readonly type: string;
  readonly property: readonly (string | number)[];
}

/**
 * Empty where they are not all known.
 * https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html
 */
export function recordTypesOf({ properties }: Declared): readonly RecordType[] {
  const config = properties['DnsConfig'];
  const records: unknown = isRecord(config) ? config['DnsRecords'] : undefined;
  if (!Array.isArray(records)) return [];
  const types = records.flatMap((record: unknown, index): RecordType[] => {
    const type = isRecord(record) ? record['Type'] : undefined;
    return typeof type === 'string' ? [{ type, property: ['DnsConfig', 'DnsRecords', index, 'Type'] }] : [];
  });
  return types.length === records.length ? types : [];
}
