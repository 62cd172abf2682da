import type { NatGateway } from '@aws-sdk/client-ec2';
import { combination, invalidValue, missing, notEnacted } from './errors.ts';
import { find } from './find.ts';
import { newId } from './ids.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { describe, type Listing } from './pages.ts';
import type { NatGatewayRecord } from './records.ts';
import type { Ec2 } from './state.ts';
import { tagList, tagsFor } from './tags.ts';

export function natItem(_ec2: Ec2, record: NatGatewayRecord): NatGateway {
  return {
    NatGatewayId: record.id,
    VpcId: record.vpcId,
    SubnetId: record.subnetId,
    State: record.state,
    ConnectivityType: record.connectivity,
    CreateTime: record.createdAt,
    ...(record.deletedAt ? { DeleteTime: record.deletedAt } : {}),
    ...(record.failure ? { FailureCode: record.failure.code, FailureMessage: record.failure.message } : {}),
    NatGatewayAddresses: [
      {
        IsPrimary: true,
        AllocationId: record.allocationId,
        PublicIp: record.publicAddress,
        NetworkInterfaceId: record.interfaceId,
        PrivateIp: record.privateAddress,
      },
    ],
    Tags: tagList(record.tags),
  };
}

const listing: Listing<'natgateway', NatGateway> = {
  kind: 'natgateway',
  item: natItem,
  filters: {
    'nat-gateway-id': (gateway) => gateway.NatGatewayId,
    state: (gateway) => gateway.State,
    'subnet-id': (gateway) => gateway.SubnetId,
    'vpc-id': (gateway) => gateway.VpcId,
  },
};

export function natGateways(ec2: Ec2): Ec2Handlers {
  const table = ec2.tables.natgateway;
  return {
    // What goes wrong is said by the gateway's state, not by this call. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
    CreateNatGateway: operation(
      [
        'SubnetId',
        'AllocationId',
        'ConnectivityType',
        'PrivateIpAddress',
        'AvailabilityMode',
        'TagSpecifications',
        'ClientToken',
      ],
      (input) => {
        if (input.AvailabilityMode && input.AvailabilityMode !== 'zonal')
          throw notEnacted(`AvailabilityMode ${input.AvailabilityMode}`);
        const subnet = find(ec2, 'subnet', input.SubnetId);
        const connectivity = input.ConnectivityType ?? 'public';
        if (connectivity !== 'public' && connectivity !== 'private')
          throw invalidValue('connectivityType', connectivity, 'Must be public or private.');
        if (connectivity === 'public' && !input.AllocationId) throw missing('allocationId');
        if (connectivity === 'private' && input.AllocationId)
          throw combination('A private NAT gateway takes no allocationId');
        const address = input.AllocationId ? find(ec2, 'elastic-ip', input.AllocationId) : undefined;
        const record: NatGatewayRecord = {
          id: newId('nat'),
          tags: tagsFor('natgateway', input.TagSpecifications),
          vpcId: subnet.vpcId,
          subnetId: subnet.id,
          connectivity,
          state: 'pending',
          ...(address ? { allocationId: address.id, publicAddress: address.address } : {}),
          ...(input.PrivateIpAddress ? { privateAddress: input.PrivateIpAddress } : {}),
          createdAt: new Date(ec2.region.clock.now()),
        };
        table.put(record.id, record);
        return { ClientToken: input.ClientToken, NatGateway: natItem(ec2, record) };
      },
    ),
    DescribeNatGateways: operation(['NatGatewayIds', 'Filter', 'MaxResults', 'NextToken'], (input) => {
      const { Filter: Filters, MaxResults, NextToken } = input;
      const asked = { Filters, MaxResults, NextToken };
      const { items, ...rest } = describe(ec2, listing, input.NatGatewayIds, asked);
      return { NatGateways: items, ...rest };
    }),
    DeleteNatGateway: operation(['NatGatewayId'], ({ NatGatewayId }) => {
      const { id, state } = find(ec2, 'natgateway', NatGatewayId);
      if (state !== 'deleted' && state !== 'deleting')
        table.patch(id, { state: 'deleting', deletedAt: new Date(ec2.region.clock.now()) });
      return { NatGatewayId: id };
    }),
  };
}
