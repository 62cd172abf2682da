import type { NetworkInterface } from '@aws-sdk/client-ec2';
import { ApiError } from '../../gateway/api-error.ts';
import { invalidValue, notEnacted, notPermitted } from './errors.ts';
import { find } from './find.ts';
import { checkedGroups, makeInterface } from './interface-making.ts';
import { interfaceItem } from './network-interface-items.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { describe, type Listing } from './pages.ts';
import type { InterfaceRecord } from './records.ts';
import { defaultGroup } from './security-groups.ts';
import type { Ec2 } from './state.ts';
import { tagsFor } from './tags.ts';

const listing: Listing<'network-interface', NetworkInterface> = {
  kind: 'network-interface',
  item: interfaceItem,
  filters: {
    'network-interface-id': (eni) => eni.NetworkInterfaceId,
    'addresses.association.owner-id': (eni) => eni.Association?.IpOwnerId,
    'addresses.association.public-ip': (eni) => eni.Association?.PublicIp,
    'addresses.primary': (eni) => eni.PrivateIpAddresses?.map(({ Primary }) => Primary),
    'addresses.private-ip-address': (eni) => eni.PrivateIpAddresses?.map((each) => each.PrivateIpAddress),
    'association.allocation-id': (eni) => eni.Association?.AllocationId,
    'association.association-id': (eni) => eni.Association?.AssociationId,
    'association.ip-owner-id': (eni) => eni.Association?.IpOwnerId,
    'association.public-dns-name': (eni) => eni.Association?.PublicDnsName,
    'association.public-ip': (eni) => eni.Association?.PublicIp,
    'attachment.attach-time': (eni) => eni.Attachment?.AttachTime?.toISOString(),
    'attachment.attachment-id': (eni) => eni.Attachment?.AttachmentId,
    'attachment.delete-on-termination': (eni) => eni.Attachment?.DeleteOnTermination,
    'attachment.device-index': (eni) => eni.Attachment?.DeviceIndex,
    'attachment.instance-id': (eni) => eni.Attachment?.InstanceId,
    'attachment.instance-owner-id': (eni) => eni.Attachment?.InstanceOwnerId,
    'attachment.status': (eni) => eni.Attachment?.Status,
    'availability-zone': (eni) => eni.AvailabilityZone,
    description: (eni) => eni.Description,
    'group-id': (eni) => eni.Groups?.map(({ GroupId }) => GroupId),
    'group-name': (eni) => eni.Groups?.map(({ GroupName }) => GroupName),
    'interface-type': (eni) => eni.InterfaceType,
    'ipv6-addresses.ipv6-address': () => undefined,
    'mac-address': (eni) => eni.MacAddress,
    'owner-id': (eni) => eni.OwnerId,
    'private-dns-name': (eni) => eni.PrivateDnsName,
    'private-ip-address': (eni) => eni.PrivateIpAddress,
    'requester-id': (eni) => eni.RequesterId,
    'requester-managed': (eni) => eni.RequesterManaged,
    'source-dest-check': (eni) => eni.SourceDestCheck,
    status: (eni) => eni.Status,
    'subnet-id': (eni) => eni.SubnetId,
    'vpc-id': (eni) => eni.VpcId,
  },
};

export function networkInterfaces(ec2: Ec2): Ec2Handlers {
  const table = ec2.tables['network-interface'];
  return {
    CreateNetworkInterface: operation(
      [
        'SubnetId',
        'Groups',
        'Description',
        'PrivateIpAddress',
        'PrivateIpAddresses',
        'InterfaceType',
        'TagSpecifications',
        'ClientToken',
      ],
      (input) => {
        const subnet = find(ec2, 'subnet', input.SubnetId);
        const type = input.InterfaceType;
        if (type && type !== ('interface' as typeof type)) throw notEnacted(`InterfaceType ${type}`);
        const [first, second] = input.PrivateIpAddresses ?? [];
        if (second) throw notEnacted(`Secondary address ${second.PrivateIpAddress}`);
        const wanted = input.PrivateIpAddress ?? first?.PrivateIpAddress;
        const groupIds =
          input.Groups && input.Groups.length > 0
            ? checkedGroups(ec2, subnet.vpcId, input.Groups)
            : [defaultGroup(ec2, subnet.vpcId).id];
        const eni = makeInterface(ec2, subnet, {
          tags: tagsFor('network-interface', input.TagSpecifications),
          groupIds,
          description: input.Description ?? '',
          interfaceType: 'interface',
          ...(wanted ? { privateAddress: wanted } : {}),
        });
        return {
          ClientToken: input.ClientToken,
          NetworkInterface: { ...interfaceItem(ec2, eni), Status: 'pending' as 'available' },
        };
      },
    ),
    DescribeNetworkInterfaces: operation(
      ['NetworkInterfaceIds', 'Filters', 'MaxResults', 'NextToken'],
      (input) => {
        const { items, ...rest } = describe(ec2, listing, input.NetworkInterfaceIds, input);
        return { NetworkInterfaces: items, ...rest };
      },
    ),
    DeleteNetworkInterface: operation(['NetworkInterfaceId'], ({ NetworkInterfaceId }) => {
      const eni = find(ec2, 'network-interface', NetworkInterfaceId);
      if (eni.requester)
        throw new ApiError(
          'InvalidNetworkInterface.InUse',
          `Network interface '${eni.id}' is currently in use.`,
        );
      table.delete(eni.id);
      for (const address of ec2.by.addressOfInterface.get(eni.id)) {
        const { association: _gone, ...free } = address;
        ec2.tables['elastic-ip'].put(address.id, free);
      }
      return {};
    }),
    ModifyNetworkInterfaceAttribute: operation(
      ['NetworkInterfaceId', 'Groups', 'Description', 'SourceDestCheck'],
      (input) => {
        const eni = find(ec2, 'network-interface', input.NetworkInterfaceId);
        own(eni);
        const groups = input.Groups ?? [];
        const { Value: check } = input.SourceDestCheck ?? {};
        const { Value: description } = input.Description ?? {};
        table.patch(eni.id, {
          ...(groups.length > 0 ? { groupIds: checkedGroups(ec2, eni.vpcId, groups) } : {}),
          ...(check === undefined ? {} : { sourceDestCheck: check }),
          ...(description === undefined ? {} : { description }),
        });
        return {};
      },
    ),
    DescribeNetworkInterfaceAttribute: operation(['NetworkInterfaceId', 'Attribute'], (input) => {
      const eni = interfaceItem(ec2, find(ec2, 'network-interface', input.NetworkInterfaceId));
      const { NetworkInterfaceId } = eni;
      switch (input.Attribute) {
        case 'description':
          return { NetworkInterfaceId, Description: { Value: eni.Description } };
        case 'groupSet':
          return { NetworkInterfaceId, Groups: eni.Groups };
        case 'sourceDestCheck':
          return { NetworkInterfaceId, SourceDestCheck: { Value: eni.SourceDestCheck } };
        case 'attachment':
          return { NetworkInterfaceId, Attachment: eni.Attachment };
        default:
          throw invalidValue('attribute', input.Attribute, 'Unknown attribute.');
      }
    }),
  };
}

/** What a service made is the service's to change. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html */
function own(eni: InterfaceRecord): void {
  if (eni.requester) throw notPermitted('You do not have permission to access the specified resource.');
}
