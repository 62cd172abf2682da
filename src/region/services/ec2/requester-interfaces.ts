import type { Internal } from '../../region.ts';
import { ApiError } from '../../gateway/api-error.ts';
import { find } from './find.ts';
import { checkedGroups, makeInterface } from './interface-making.ts';
import type { Ec2 } from './state.ts';

type Inside = Internal['ec2'];

/** Interfaces that services make on a customer's behalf. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html */
export function requesterInterfaces(
  ec2: Ec2,
): Pick<Inside, 'createRequesterInterface' | 'deleteRequesterInterface' | 'setRequesterInterfaceGroups'> {
  return {
    createRequesterInterface({
      subnetId,
      groupIds,
      description,
      requester,
      assignPublicIp,
      privateAddress: wanted,
    }) {
      const subnet = find(ec2, 'subnet', subnetId);
      const groups = checkedGroups(ec2, subnet.vpcId, groupIds);
      const publicAddress = assignPublicIp ? ec2.addresses.publicAddress() : undefined;
      if (assignPublicIp && !publicAddress)
        throw new ApiError('AddressLimitExceeded', 'No public address is free.');
      const { id, privateAddress, macAddress } = makeInterface(ec2, subnet, {
        tags: {},
        groupIds: groups,
        description,
        requester,
        interfaceType: 'interface',
        ...(publicAddress ? { publicAddress } : {}),
        ...(wanted ? { privateAddress: wanted } : {}),
      });
      return { id, privateAddress, ...(publicAddress ? { publicAddress } : {}), macAddress };
    },
    setRequesterInterfaceGroups(id, groupIds) {
      const { vpcId } = find(ec2, 'network-interface', id);
      ec2.tables['network-interface'].patch(id, { groupIds: checkedGroups(ec2, vpcId, groupIds) });
    },
    deleteRequesterInterface: (id) => void ec2.tables['network-interface'].delete(id),
  };
}
