import type { Address } from '@aws-sdk/client-ec2';
import { ApiError } from '../../gateway/api-error.ts';
import { combination, invalidValue, notEnacted, notPermitted } from './errors.ts';
import { filterBy, type FilterNames } from './filters.ts';
import { find } from './find.ts';
import { newId } from './ids.ts';
import { attachedGateway } from './internet-gateways.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import type { AddressRecord, InterfaceRecord } from './records.ts';
import type { Ec2 } from './state.ts';
import { tagList, tagsFor } from './tags.ts';

export function addressItem(ec2: Ec2, { id, tags, address, association }: AddressRecord): Address {
  const { accountId, region } = ec2.region.identity;
  return {
    AllocationId: id,
    PublicIp: address,
    Domain: 'vpc',
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: region,
    ...(association
      ? {
          AssociationId: association.id,
          NetworkInterfaceId: association.interfaceId,
          NetworkInterfaceOwnerId: accountId,
          PrivateIpAddress: association.privateAddress,
        }
      : {}),
    Tags: tagList(tags),
  };
}

const filters: FilterNames<Address> = {
  'allocation-id': (address) => address.AllocationId,
  'association-id': (address) => address.AssociationId,
  domain: (address) => address.Domain,
  'instance-id': (address) => address.InstanceId,
  'network-border-group': (address) => address.NetworkBorderGroup,
  'network-interface-id': (address) => address.NetworkInterfaceId,
  'network-interface-owner-id': (address) => address.NetworkInterfaceOwnerId,
  'private-ip-address': (address) => address.PrivateIpAddress,
  'public-ip': (address) => address.PublicIp,
};

export function addresses(ec2: Ec2): Ec2Handlers {
  const table = ec2.tables['elastic-ip'];
  return {
    AllocateAddress: operation(['Domain', 'NetworkBorderGroup', 'TagSpecifications'], (input) => {
      const { region } = ec2.region.identity;
      if (input.Domain && input.Domain !== 'vpc') throw notEnacted(`Domain ${input.Domain}`);
      if (input.NetworkBorderGroup && input.NetworkBorderGroup !== region)
        throw notEnacted(`NetworkBorderGroup ${input.NetworkBorderGroup}`);
      const tags = tagsFor('elastic-ip', input.TagSpecifications);
      const address = ec2.addresses.publicAddress();
      if (!address) throw new ApiError('AddressLimitExceeded', 'No public address is free.');
      const record: AddressRecord = { id: newId('eipalloc'), tags, address };
      table.put(record.id, record);
      const { AllocationId, PublicIp, Domain, PublicIpv4Pool, NetworkBorderGroup } = addressItem(ec2, record);
      return { AllocationId, PublicIp, Domain, PublicIpv4Pool, NetworkBorderGroup };
    }),
    DescribeAddresses: operation(['AllocationIds', 'PublicIps', 'Filters'], (input) => {
      const allocations = (input.AllocationIds ?? []).map((id) => find(ec2, 'elastic-ip', id));
      const named = (input.PublicIps ?? []).map((address) => byAddress(ec2, address));
      const asked = [...allocations, ...named];
      const records = asked.length > 0 ? asked : [...table.values()];
      const keep = filterBy(filters, input.Filters);
      return { Addresses: records.map((record) => addressItem(ec2, record)).filter(keep) };
    }),
    AssociateAddress: operation(
      ['AllocationId', 'PublicIp', 'NetworkInterfaceId', 'PrivateIpAddress', 'AllowReassociation'],
      (input) => {
        const record = addressOf(ec2, input.AllocationId, input.PublicIp);
        const eni = find(ec2, 'network-interface', input.NetworkInterfaceId);
        if (eni.requester) throw notPermitted('You do not have permission to access the specified resource.');
        if (input.PrivateIpAddress && input.PrivateIpAddress !== eni.privateAddress)
          throw invalidValue('privateIpAddress', input.PrivateIpAddress, `${eni.id} does not have it.`);
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
        if (record.association?.interfaceId === eni.id) return { AssociationId: record.association.id };
        if (record.association && !input.AllowReassociation)
          throw new ApiError(
            'Resource.AlreadyAssociated',
            `resource ${record.id} is already associated with associate-id ${record.association.id}`,
          );
        if (ec2.by.addressOfInterface.has(eni.id) && !input.AllowReassociation)
          throw new ApiError(
            'Resource.AlreadyAssociated',
            `resource ${eni.id} is already associated with an Elastic IP address`,
          );
        if (!attachedGateway(ec2, eni.vpcId))
          throw new ApiError(
            'Gateway.NotAttached',
            `Network ${eni.vpcId} is not attached to any internet gateway`,
          );
        return { AssociationId: associate(ec2, record, eni) };
      },
    ),
    // What is free stays free. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateAddress.html
    DisassociateAddress: operation(['AssociationId', 'PublicIp'], ({ AssociationId, PublicIp }) => {
      const record = PublicIp ? byAddress(ec2, PublicIp) : byAssociation(ec2, AssociationId);
      const eni = record.association && ec2.tables['network-interface'].get(record.association.interfaceId);
      if (eni?.requester) throw notPermitted('You do not have permission to access the specified resource.');
      free(ec2, record);
      return {};
    }),
    ReleaseAddress: operation(['AllocationId', 'PublicIp', 'NetworkBorderGroup'], (input) => {
      const record = addressOf(ec2, input.AllocationId, input.PublicIp);
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
      if (record.association)
        throw new ApiError('InvalidIPAddress.InUse', `Address ${record.address} is in use.`);
      table.delete(record.id);
      return {};
    }),
  };
}

/** Moves the address to the interface, whose automatic one is given back. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html */
export function associate(ec2: Ec2, record: AddressRecord, eni: InterfaceRecord): string {
  for (const other of ec2.by.addressOfInterface.get(eni.id)) free(ec2, other);
  const { id, privateAddress } = eni;
  const association = { id: newId('eipassoc'), interfaceId: id, privateAddress };
  ec2.tables['elastic-ip'].patch(record.id, { association });
  const { publicAddress, ...bare } = eni;
  if (publicAddress) ec2.tables['network-interface'].put(id, bare);
  return association.id;
}

export function free(ec2: Ec2, record: AddressRecord): void {
  const { association: _before, ...bare } = record;
  ec2.tables['elastic-ip'].put(record.id, bare);
}

function addressOf(ec2: Ec2, id: string | undefined, address: string | undefined): AddressRecord {
  if (id && address)
    throw combination('You may specify public IP or allocation id, but not both in the same call');
  return address ? byAddress(ec2, address) : find(ec2, 'elastic-ip', id);
}

function byAddress(ec2: Ec2, address: string): AddressRecord {
  for (const record of ec2.tables['elastic-ip'].values()) if (record.address === address) return record;
  throw new ApiError('InvalidAddress.NotFound', `Address '${address}' not found.`);
}

function byAssociation(ec2: Ec2, id: string | undefined): AddressRecord {
  for (const record of ec2.tables['elastic-ip'].values()) if (record.association?.id === id) return record;
  throw new ApiError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`);
}
