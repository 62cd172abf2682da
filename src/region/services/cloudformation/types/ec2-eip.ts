import { gone, orMissing } from '../engine/failure.ts';
import { notOthers, ownFilters, syncTags, tagSpecifications } from './ec2.ts';
import { resourceType, type Existing } from './resource-type.ts';

interface Properties {
  readonly Domain?: 'vpc';
  readonly Tags?: unknown;
}

async function allocationOf({ region, physicalId }: Existing<Properties>): Promise<string | undefined> {
  const found = await orMissing(region.api.ec2.DescribeAddresses({ PublicIps: [physicalId] }));
  return found?.Addresses?.[0]?.AllocationId;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-eip.html */
export const elasticIp = resourceType<Properties>({
  type: 'AWS::EC2::EIP',
  properties: ['Domain', 'Tags'],
  async create(context) {
    const { PublicIp } = await context.region.api.ec2.AllocateAddress({
      Domain: 'vpc',
      TagSpecifications: tagSpecifications(context, 'elastic-ip'),
    });
    return PublicIp!;
  },
  async find(context) {
    const { Addresses = [] } = await context.region.api.ec2.DescribeAddresses({
      Filters: ownFilters(context),
    });
    return notOthers(
      context,
      Addresses.map(({ PublicIp }) => PublicIp),
    );
  },
  async sync(existing) {
    const allocation = existing.before ? await allocationOf(existing) : undefined;
    if (allocation !== undefined) await syncTags(existing, allocation);
  },
  read: async (existing) => ({
    PublicIp: existing.physicalId,
    AllocationId: await allocationOf(existing),
  }),
  async delete(existing) {
    const allocation = await allocationOf(existing);
    if (allocation !== undefined)
      await gone(existing.region.api.ec2.ReleaseAddress({ AllocationId: allocation }));
  },
});
