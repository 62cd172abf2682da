import type { DnsConfig, DnsRecord } from '@aws-sdk/client-servicediscovery';
import { ApiError } from '../../gateway/api-error.ts';

const invalid = (message: string): ApiError => new ApiError('InvalidInput', message);

/** The sets of record types of one service. https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html */
const allowedTypes = new Set(['A', 'AAAA', 'A,AAAA', 'SRV', 'CNAME', 'A,SRV', 'AAAA,SRV', 'A,AAAA,SRV']);

/** The configuration with its defaults, or an error. https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsRecord.html */
export function checkDns(config: DnsConfig | undefined, customHealth: boolean): DnsConfig | undefined {
  if (!config) return undefined;
  const records = config.DnsRecords ?? [];
  const types = records.map(({ Type }) => Type ?? '').sort();
  if (new Set(types).size !== types.length || !allowedTypes.has(types.join()))
    throw invalid(`DNS record types ${types.join(', ') || '(none)'} cannot be combined in one service.`);
  for (const record of records) checkTtl(record);
  // https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html: MULTIVALUE when none is given
  const routing = config.RoutingPolicy ?? 'MULTIVALUE';
  if (types.includes('CNAME') && (routing !== 'WEIGHTED' || customHealth))
    throw invalid('CNAME records need the routing policy WEIGHTED and no health check.');
  return { ...config, RoutingPolicy: routing };
}

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsRecord.html */
function checkTtl({ Type, TTL }: DnsRecord): void {
  if (TTL === undefined || !Number.isInteger(TTL) || TTL < 0 || TTL > 2_147_483_647)
    throw invalid(`TTL ${TTL} of the ${Type} record is not within 0 to 2147483647.`);
}
