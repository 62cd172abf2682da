import { gone, orMissing } from '../engine/failure.ts';
import { resourceType, type Context } from './resource-type.ts';

interface Properties {
  readonly VpcId: string;
  readonly InternetGatewayId: string;
}

async function isAttached(
  { region }: Pick<Context<Properties>, 'region'>,
  { VpcId, InternetGatewayId }: Properties,
): Promise<boolean> {
  const found = await orMissing(
    region.api.ec2.DescribeInternetGateways({ InternetGatewayIds: [InternetGatewayId] }),
  );
  return (found?.InternetGateways?.[0]?.Attachments ?? []).some((attachment) => attachment.VpcId === VpcId);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcgatewayattachment.html */
export const vpcGatewayAttachment = resourceType<Properties>({
  type: 'AWS::EC2::VPCGatewayAttachment',
  properties: ['VpcId', 'InternetGatewayId'],
  async create({ region, properties: { VpcId, InternetGatewayId } }) {
    await region.api.ec2.AttachInternetGateway({ VpcId, InternetGatewayId });
    return `IGW|${VpcId}`;
  },
  async find(context) {
    return (await isAttached(context, context.properties)) ? `IGW|${context.properties.VpcId}` : undefined;
  },
  async sync({ region, properties, before, tried }) {
    const { VpcId, InternetGatewayId } = properties;
    for (const old of [before, ...tried])
      if (old && old.InternetGatewayId !== InternetGatewayId && (await isAttached({ region }, old)))
        await gone(region.api.ec2.DetachInternetGateway({ VpcId, InternetGatewayId: old.InternetGatewayId }));
    if (!(await isAttached({ region }, properties)))
      await region.api.ec2.AttachInternetGateway({ VpcId, InternetGatewayId });
  },
  read: async () => ({ AttachmentType: 'IGW' }),
  async delete({ region, properties: { VpcId, InternetGatewayId } }) {
    if (await isAttached({ region }, { VpcId, InternetGatewayId }))
      await gone(region.api.ec2.DetachInternetGateway({ VpcId, InternetGatewayId }));
  },
});
