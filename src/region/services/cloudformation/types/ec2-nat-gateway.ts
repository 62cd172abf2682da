import type { ConnectivityType } from '@aws-sdk/client-ec2';
import { gone, orMissing, ResourceFailure } from '../engine/failure.ts';
import { notOthers, ownFilters, syncTags, tagSpecifications } from './ec2.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly SubnetId: string;
  readonly AllocationId?: string;
  readonly ConnectivityType?: ConnectivityType;
  readonly PrivateIpAddress?: string;
  readonly Tags?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-natgateway.html */
export const natGateway = resourceType<Properties>({
  type: 'AWS::EC2::NatGateway',
  properties: ['SubnetId', 'AllocationId', 'ConnectivityType', 'PrivateIpAddress', 'Tags'],
  async create(context) {
    const { SubnetId, AllocationId, ConnectivityType, PrivateIpAddress } = context.properties;
    const { NatGateway } = await context.region.api.ec2.CreateNatGateway({
      SubnetId,
      AllocationId,
      ConnectivityType,
      PrivateIpAddress,
      ClientToken: context.token,
      TagSpecifications: tagSpecifications(context, 'natgateway'),
    });
    return NatGateway!.NatGatewayId!;
  },
  async find(context) {
    const { NatGateways = [] } = await context.region.api.ec2.DescribeNatGateways({
      Filter: [...ownFilters(context), { Name: 'state', Values: ['pending', 'available', 'failed'] }],
    });
    return notOthers(
      context,
      NatGateways.map(({ NatGatewayId }) => NatGatewayId),
    );
  },
  sync: (existing) => syncTags(existing),
  settle: ({ wait, region, physicalId }) =>
    wait(['ec2'], async () => {
      const { NatGateways } = await region.api.ec2.DescribeNatGateways({ NatGatewayIds: [physicalId] });
      const { State, FailureMessage } = NatGateways?.[0] ?? {};
      if (State === 'failed')
        throw new ResourceFailure(
          `NatGateway ${physicalId} is in state failed: ${FailureMessage}`,
          'NotStabilized',
        );
      return State === 'available' || undefined;
    }).then(() => undefined),
  async read({ region, physicalId }) {
    const { NatGateways } = await region.api.ec2.DescribeNatGateways({ NatGatewayIds: [physicalId] });
    return { EniId: NatGateways?.[0]?.NatGatewayAddresses?.[0]?.NetworkInterfaceId };
  },
  async delete({ wait, region, physicalId }) {
    await gone(region.api.ec2.DeleteNatGateway({ NatGatewayId: physicalId }));
    await wait(['ec2'], async () => {
      const found = await orMissing(region.api.ec2.DescribeNatGateways({ NatGatewayIds: [physicalId] }));
      const state = found?.NatGateways?.[0]?.State;
      return state === undefined || state === 'deleted' || undefined;
    });
  },
});
