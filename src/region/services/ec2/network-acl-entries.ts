import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import { canonicalCidr } from '../../../topology/cidr.ts';
import { invalid, invalidValue, missing } from './errors.ts';
import type { AclEntryRecord } from './records.ts';

/** What none of the rules takes is denied. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
export const implicitEntries: readonly NetworkAclEntry[] = [true, false].map((Egress) => ({
  RuleNumber: 32767,
  Egress,
  Protocol: '-1',
  RuleAction: 'deny',
  CidrBlock: '0.0.0.0/0',
}));

export function entryItem(entry: AclEntryRecord): NetworkAclEntry {
  return {
    RuleNumber: entry.number,
    Egress: entry.egress,
    Protocol: entry.protocol,
    RuleAction: entry.action,
    CidrBlock: entry.cidr,
    ...(entry.ports ? { PortRange: { From: entry.ports.from, To: entry.ports.to } } : {}),
    ...(entry.icmp ? { IcmpTypeCode: { Type: entry.icmp.type, Code: entry.icmp.code } } : {}),
  };
}

const NUMBERS: Readonly<Record<string, string>> = { all: '-1', tcp: '6', udp: '17', icmp: '1' };

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html */
export function entryFrom(input: NetworkAclEntry): AclEntryRecord {
  const number = input.RuleNumber;
  if (number === undefined) throw missing('ruleNumber');
  if (!Number.isInteger(number) || number < 1 || number > 32766)
    throw invalidValue('ruleNumber', number, 'Must be between 1 and 32766.');
  if (!input.CidrBlock) throw missing('cidrBlock');
  const cidr = canonicalCidr(input.CidrBlock);
  if (!cidr) throw invalidValue('cidrBlock', input.CidrBlock, 'This is not a valid CIDR block.');
  const action = input.RuleAction;
  if (action !== 'allow' && action !== 'deny')
    throw invalidValue('ruleAction', action, 'Must be allow or deny.');
  if (!input.Protocol) throw missing('protocol');
  const protocol = NUMBERS[input.Protocol.toLowerCase()] ?? input.Protocol;
  if (!/^(-1|[0-9]{1,3})$/.test(protocol) || Number(protocol) > 255)
    throw invalidValue('protocol', input.Protocol, 'Unknown protocol.');
  const base = { number, egress: input.Egress ?? false, action, protocol, cidr };
  if (protocol === '6' || protocol === '17') return { ...base, ports: portsOf(input) };
  if (protocol === '1') return { ...base, icmp: icmpOf(input) };
  // Ports of any other protocol are taken and mean nothing.
  return base;
}

function portsOf({ PortRange }: NetworkAclEntry): { from: number; to: number } {
  const { From: from, To: to } = PortRange ?? {};
  if (from === undefined || to === undefined) throw missing('portRange');
  if (from < 0 || to > 65535 || from > to) throw invalid(`Invalid port range (${from}-${to})`);
  return { from, to };
}

function icmpOf({ IcmpTypeCode }: NetworkAclEntry): { type: number; code: number } {
  const { Type: type, Code: code } = IcmpTypeCode ?? {};
  if (type === undefined || code === undefined) throw missing('icmpTypeCode');
  if (type < -1 || type > 255 || code < -1 || code > 255)
    throw invalid(`Invalid ICMP type and code (${type}, ${code})`);
  return { type, code };
}
