import type { NetworkInterface as Described } from '@aws-sdk/client-ec2';
import type { NetworkInterface, NotModelled } from '../model.ts';

export function interfaceFrom(eni: Described, left: NotModelled[]): readonly NetworkInterface[] {
  const id = eni.NetworkInterfaceId ?? '';
  const privateAddress = eni.PrivateIpAddress;
  for (const { Ipv6Address } of eni.Ipv6Addresses ?? [])
    left.push({ id, what: `IPv6 address ${Ipv6Address}` });
  for (const { PrivateIpAddress, Primary } of eni.PrivateIpAddresses ?? [])
    if (Primary === false) left.push({ id, what: `secondary address ${PrivateIpAddress}` });
  if (!privateAddress) {
    left.push({ id, what: 'interface without an IPv4 address' });
    return [];
  }
  const publicAddress = eni.Association?.PublicIp;
  return [
    {
      id,
      vpcId: eni.VpcId ?? '',
      subnetId: eni.SubnetId ?? '',
      zone: eni.AvailabilityZone ?? '',
      privateAddress,
      ...(publicAddress ? { publicAddress } : {}),
      groupIds: (eni.Groups ?? []).map(({ GroupId = '' }) => GroupId),
      description: eni.Description ?? '',
      sourceDestCheck: eni.SourceDestCheck ?? true,
    },
  ];
}
