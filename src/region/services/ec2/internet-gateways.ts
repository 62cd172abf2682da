import type { InternetGateway } from '@aws-sdk/client-ec2';
import { ApiError } from '../../gateway/api-error.ts';
import { inUse } from './errors.ts';
import { find } from './find.ts';
import { newId } from './ids.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { describe, type Listing } from './pages.ts';
import type { InternetGatewayRecord } from './records.ts';
import type { Ec2 } from './state.ts';
import { tagList, tagsFor } from './tags.ts';

export function gatewayItem(ec2: Ec2, record: InternetGatewayRecord): InternetGateway {
  return {
    InternetGatewayId: record.id,
    OwnerId: ec2.region.identity.accountId,
    // An attached internet gateway says `available`. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGatewayAttachment.html
    Attachments: record.vpcId ? [{ VpcId: record.vpcId, State: 'available' as 'attached' }] : [],
    Tags: tagList(record.tags),
  };
}

const listing: Listing<'internet-gateway', InternetGateway> = {
  kind: 'internet-gateway',
  item: gatewayItem,
  filters: {
    'internet-gateway-id': (gateway) => gateway.InternetGatewayId,
    'owner-id': (gateway) => gateway.OwnerId,
    'attachment.vpc-id': (gateway) => gateway.Attachments?.map(({ VpcId }) => VpcId),
    'attachment.state': (gateway) => gateway.Attachments?.map(({ State }) => State),
  },
};

export function internetGateways(ec2: Ec2): Ec2Handlers {
  const table = ec2.tables['internet-gateway'];
  return {
    CreateInternetGateway: operation(['TagSpecifications'], (input) => {
      const gateway = { id: newId('igw'), tags: tagsFor('internet-gateway', input.TagSpecifications) };
      table.put(gateway.id, gateway);
      return { InternetGateway: gatewayItem(ec2, gateway) };
    }),
    DescribeInternetGateways: operation(
      ['InternetGatewayIds', 'Filters', 'MaxResults', 'NextToken'],
      (input) => {
        const { items, ...rest } = describe(ec2, listing, input.InternetGatewayIds, input);
        return { InternetGateways: items, ...rest };
      },
    ),
    // One gateway a VPC, one VPC a gateway. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    AttachInternetGateway: operation(['InternetGatewayId', 'VpcId'], ({ InternetGatewayId, VpcId }) => {
      const gateway = find(ec2, 'internet-gateway', InternetGatewayId);
      const vpc = find(ec2, 'vpc', VpcId);
      if (gateway.vpcId)
        throw new ApiError(
          'Resource.AlreadyAssociated',
          `resource ${gateway.id} is already attached to network ${gateway.vpcId}`,
        );
      if (attachedGateway(ec2, vpc.id))
        throw new ApiError(
          'Resource.AlreadyAssociated',
          `Network ${vpc.id} already has an internet gateway attached`,
        );
      table.patch(gateway.id, { vpcId: vpc.id });
      return {};
    }),
    DetachInternetGateway: operation(['InternetGatewayId', 'VpcId'], ({ InternetGatewayId, VpcId }) => {
      const { id, tags, vpcId } = find(ec2, 'internet-gateway', InternetGatewayId);
      const vpc = find(ec2, 'vpc', VpcId);
      if (vpcId !== vpc.id)
        throw new ApiError('Gateway.NotAttached', `resource ${id} is not attached to network ${vpc.id}`);
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html
      if (hasPublicAddresses(ec2, vpc.id))
        throw new ApiError(
          'DependencyViolation',
          `Network ${vpc.id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
        );
      table.put(id, { id, tags });
      return {};
    }),
    DeleteInternetGateway: operation(['InternetGatewayId'], ({ InternetGatewayId }) => {
      const { id, vpcId } = find(ec2, 'internet-gateway', InternetGatewayId);
      if (vpcId) throw inUse('internetGateway', id);
      table.delete(id);
      return {};
    }),
  };
}

export function attachedGateway(ec2: Ec2, vpcId: string): InternetGatewayRecord | undefined {
  for (const gateway of ec2.tables['internet-gateway'].values()) if (gateway.vpcId === vpcId) return gateway;
  return undefined;
}

function hasPublicAddresses(ec2: Ec2, vpcId: string): boolean {
  for (const eni of ec2.tables['network-interface'].values())
    if (eni.vpcId === vpcId && (eni.publicAddress || ec2.by.addressOfInterface.has(eni.id))) return true;
  return false;
}
