import { gone } from '../engine/failure.ts';
import { notOthers, ownFilters, syncTags, tagSpecifications } from './ec2.ts';
import { resourceType } from './resource-type.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-internetgateway.html */
export const internetGateway = resourceType<{ readonly Tags?: unknown }>({
  type: 'AWS::EC2::InternetGateway',
  properties: ['Tags'],
  async create(context) {
    const { InternetGateway } = await context.region.api.ec2.CreateInternetGateway({
      TagSpecifications: tagSpecifications(context, 'internet-gateway'),
    });
    return InternetGateway!.InternetGatewayId!;
  },
  async find(context) {
    const { InternetGateways = [] } = await context.region.api.ec2.DescribeInternetGateways({
      Filters: ownFilters(context),
    });
    return notOthers(
      context,
      InternetGateways.map(({ InternetGatewayId }) => InternetGatewayId),
    );
  },
  sync: (existing) => syncTags(existing),
  delete: ({ physicalId, region }) =>
    gone(region.api.ec2.DeleteInternetGateway({ InternetGatewayId: physicalId })),
});
