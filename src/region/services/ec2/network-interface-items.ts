import type { NetworkInterface, NetworkInterfaceAssociation } from '@aws-sdk/client-ec2';
import type { AddressRecord, InterfaceRecord, Requester } from './records.ts';
import type { Ec2 } from './state.ts';
import { tagList } from './tags.ts';
import { privateName, publicName } from './zones.ts';

const described = new WeakMap<
  InterfaceRecord,
  { readonly address: AddressRecord | undefined; readonly item: NetworkInterface }
>();

/** An interface's answer follows from its record and its Elastic IP: it is made anew when one of them was written. */
export function interfaceItem(ec2: Ec2, record: InterfaceRecord): NetworkInterface {
  const [address] = ec2.by.addressOfInterface.get(record.id);
  const known = described.get(record);
  if (known && known.address === address) return known.item;
  const item = make(ec2, record, address);
  described.set(record, { address, item });
  return item;
}

function make(ec2: Ec2, record: InterfaceRecord, address: AddressRecord | undefined): NetworkInterface {
  const { accountId, region } = ec2.region.identity;
  const { privateAddress, requester } = record;
  const association = associationOf(region, accountId, record, address);
  const shown = association ? { Association: association } : {};
  const dnsName = privateName(region, privateAddress);
  return {
    NetworkInterfaceId: record.id,
    VpcId: record.vpcId,
    SubnetId: record.subnetId,
    AvailabilityZone: record.zone,
    OwnerId: accountId,
    Description: record.description,
    InterfaceType: record.interfaceType,
    MacAddress: record.macAddress,
    PrivateIpAddress: privateAddress,
    PrivateDnsName: dnsName,
    PrivateIpAddresses: [
      { Primary: true, PrivateIpAddress: privateAddress, PrivateDnsName: dnsName, ...shown },
    ],
    Ipv6Addresses: [],
    ...shown,
    Groups: record.groupIds.map((id) => ({
      GroupId: id,
      GroupName: ec2.tables['security-group'].get(id)?.name,
    })),
    SourceDestCheck: record.sourceDestCheck,
    RequesterManaged: requester !== undefined,
    ...(requester ? { RequesterId: REQUESTERS[requester] } : {}),
    Status: requester ? 'in-use' : 'available',
    ...(requester
      ? {
          Attachment: {
            AttachmentId: record.id.replace('eni-', 'eni-attach-'),
            AttachTime: record.createdAt,
            DeleteOnTermination: false,
            DeviceIndex: 1,
            InstanceOwnerId: REQUESTERS[requester],
            Status: 'attached',
          },
        }
      : {}),
    TagSet: tagList(record.tags),
  };
}

/** Whose the other end is; AWS shows `amazon-…` aliases of its service accounts. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html */
const REQUESTERS: Readonly<Record<Requester, string>> = {
  ecs: 'amazon-aws',
  elasticloadbalancing: 'amazon-elb',
  ec2: 'amazon-aws',
  elasticfilesystem: 'amazon-efs',
};

/** An automatic address is `amazon`'s; an Elastic IP the account's. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterfaceAssociation.html */
function associationOf(
  region: string,
  accountId: string,
  record: InterfaceRecord,
  address: AddressRecord | undefined,
): NetworkInterfaceAssociation | undefined {
  if (address?.association)
    return {
      AllocationId: address.id,
      AssociationId: address.association.id,
      IpOwnerId: accountId,
      PublicIp: address.address,
      PublicDnsName: publicName(region, address.address),
    };
  if (!record.publicAddress) return undefined;
  return {
    IpOwnerId: 'amazon',
    PublicIp: record.publicAddress,
    PublicDnsName: publicName(region, record.publicAddress),
  };
}
