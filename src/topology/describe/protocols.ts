import type { Protocol } from '../model.ts';

const NAMES: Readonly<Record<string, Protocol>> = {
  '-1': 'all',
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
};

/** `6` and `tcp` are one protocol, which the graph knows by its name. */
export const protocolFrom = (protocol = '-1'): Protocol => NAMES[protocol] ?? protocol;

/** Only these have ports; for any other protocol a range says nothing. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
export const hasPorts = (protocol: Protocol): boolean => protocol === 'tcp' || protocol === 'udp';
export const isIcmp = (protocol: Protocol): boolean => protocol === 'icmp';
