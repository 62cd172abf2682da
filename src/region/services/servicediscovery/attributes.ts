import { isIPv4, isIPv6 } from 'node:net';
import { ApiError } from '../../gateway/api-error.ts';
import type { ServiceRecord } from './state.ts';

const invalid = (message: string): ApiError => new ApiError('InvalidInput', message);

/** What an instance must say of itself. https://docs.aws.amazon.com/cloud-map/latest/api/API_RegisterInstance.html */
export function checkAttributes(
  service: ServiceRecord,
  id: string,
  attributes: Readonly<Record<string, string>>,
  initialStatus: string | undefined,
): void {
  if (!/^[0-9a-zA-Z_/:.@-]{1,64}$/.test(id)) throw invalid(`Instance ID ${id} is not valid.`);
  const { AWS_INSTANCE_IPV4: v4, AWS_INSTANCE_IPV6: v6, AWS_INSTANCE_PORT: port } = attributes;
  if (attributes['AWS_ALIAS_DNS_NAME'] ?? attributes['AWS_EC2_INSTANCE_ID'])
    throw invalid('not enacted by this region: AWS_ALIAS_DNS_NAME and AWS_EC2_INSTANCE_ID');
  if (v4 !== undefined && !isIPv4(v4)) throw invalid(`AWS_INSTANCE_IPV4 ${v4} is not an IPv4 address.`);
  if (v6 !== undefined && !isIPv6(v6)) throw invalid(`AWS_INSTANCE_IPV6 ${v6} is not an IPv6 address.`);
  if (port !== undefined && !(Number.isInteger(Number(port)) && Number(port) >= 0 && Number(port) <= 65_535))
    throw invalid(`AWS_INSTANCE_PORT ${port} is not a port.`);
  if (initialStatus !== undefined && !service.customHealth)
    throw invalid('AWS_INIT_HEALTH_STATUS needs a service with HealthCheckCustomConfig.');
  const types = new Set(service.dns?.DnsRecords?.map(({ Type }) => Type));
  const need = (missing: boolean, names: string) => {
    if (missing) throw invalid(`The attribute ${names} is required for the service's DNS records.`);
  };
  need(types.has('A') && !v4, 'AWS_INSTANCE_IPV4');
  need(types.has('AAAA') && !v6, 'AWS_INSTANCE_IPV6');
  need(types.has('SRV') && !v4 && !v6, 'AWS_INSTANCE_IPV4');
  need(types.has('SRV') && port === undefined, 'AWS_INSTANCE_PORT');
  need(types.has('CNAME') && !attributes['AWS_INSTANCE_CNAME'], 'AWS_INSTANCE_CNAME');
  checkCustom(Object.entries(attributes).filter(([key]) => !key.startsWith('AWS_')));
}

/** 30 of one's own, 5,000 characters together. https://docs.aws.amazon.com/cloud-map/latest/api/API_RegisterInstance.html */
function checkCustom(custom: readonly (readonly [string, string])[]): void {
  const length = custom.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (custom.length > 30 || length > 5000)
    throw invalid('At most 30 custom attributes with 5,000 characters in total are allowed.');
  for (const [key, value] of custom)
    if (key.length > 255 || value.length > 1024)
      throw invalid(`The attribute ${key} is longer than 255 characters, or its value than 1,024.`);
}
