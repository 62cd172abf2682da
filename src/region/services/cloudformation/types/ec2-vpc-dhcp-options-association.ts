import { gone, orMissing } from '../engine/failure.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly VpcId: string;
  readonly DhcpOptionsId: string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcdhcpoptionsassociation.html */
export const vpcDhcpOptionsAssociation = resourceType<Properties>({
  type: 'AWS::EC2::VPCDHCPOptionsAssociation',
  properties: ['VpcId', 'DhcpOptionsId'],
  moves: ['DhcpOptionsId'],
  async create({ region, properties: { VpcId, DhcpOptionsId } }) {
    await region.api.ec2.AssociateDhcpOptions({ VpcId, DhcpOptionsId });
    return `${DhcpOptionsId}|${VpcId}`;
  },
  async find({ region, properties: { VpcId, DhcpOptionsId } }) {
    const found = await orMissing(region.api.ec2.DescribeVpcs({ VpcIds: [VpcId] }));
    return found?.Vpcs?.[0]?.DhcpOptionsId === DhcpOptionsId ? `${DhcpOptionsId}|${VpcId}` : undefined;
  },
  async sync({ region, before, properties: { VpcId, DhcpOptionsId } }) {
    if (before) await region.api.ec2.AssociateDhcpOptions({ VpcId, DhcpOptionsId });
    return `${DhcpOptionsId}|${VpcId}`;
  },
  /** Back to the default of the region, unless another set has taken its place. */
  async delete({ region, properties: { VpcId, DhcpOptionsId } }) {
    const found = await orMissing(region.api.ec2.DescribeVpcs({ VpcIds: [VpcId] }));
    if (found?.Vpcs?.[0]?.DhcpOptionsId === DhcpOptionsId)
      await gone(region.api.ec2.AssociateDhcpOptions({ VpcId, DhcpOptionsId: 'default' }));
  },
});
