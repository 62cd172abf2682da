import { ApiError } from '../../../gateway/api-error.ts';
import { gone } from '../engine/failure.ts';
import { changed, listChanges } from './changes.ts';
import { everythingOut, permissionOf, type Rule } from './ec2-rules.ts';
import { notOthers, ownFilters, syncTags, tagSpecifications } from './ec2.ts';
import { resourceType, type Existing } from './resource-type.ts';

interface Properties {
  readonly GroupDescription: string;
  readonly GroupName?: string;
  readonly VpcId?: string;
  readonly SecurityGroupIngress?: readonly Rule[];
  readonly SecurityGroupEgress?: readonly Rule[];
  readonly Tags?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html */
export const securityGroup = resourceType<Properties>({
  type: 'AWS::EC2::SecurityGroup',
  properties: [
    'GroupDescription',
    'GroupName',
    'VpcId',
    'SecurityGroupIngress',
    'SecurityGroupEgress',
    'Tags',
  ],
  naming: { property: 'GroupName', limit: 255 },
  async create(context) {
    const { GroupDescription, VpcId } = context.properties;
    const { GroupId } = await context.region.api.ec2.CreateSecurityGroup({
      GroupName: context.name,
      Description: GroupDescription,
      VpcId,
      TagSpecifications: tagSpecifications(context, 'security-group'),
    });
    return GroupId!;
  },
  async find(context) {
    const { SecurityGroups = [] } = await context.region.api.ec2.DescribeSecurityGroups({
      Filters: ownFilters(context),
    });
    return notOthers(
      context,
      SecurityGroups.map(({ GroupId }) => GroupId),
    );
  },
  async sync(existing) {
    const { properties, before, tried } = existing;
    if (changed(existing, 'SecurityGroupIngress')) {
      const { added, removed } = listChanges(
        properties.SecurityGroupIngress ?? [],
        before?.SecurityGroupIngress ?? [],
        tried.map((other) => other.SecurityGroupIngress ?? []),
      );
      await bring(existing, 'Ingress', added, removed);
    }
    if (changed(existing, 'SecurityGroupEgress')) {
      const { added, removed } = listChanges(egress(properties), egress(before), tried.map(egress));
      await bring(existing, 'Egress', added, removed);
    }
    await syncTags(existing);
  },
  read: async ({ physicalId, properties }) => ({ GroupId: physicalId, VpcId: properties.VpcId }),
  delete: ({ physicalId, region }) => gone(region.api.ec2.DeleteSecurityGroup({ GroupId: physicalId })),
});

/** Without rules of its own a group lets everything out; a new one does so anyway. */
function egress(properties: Properties | undefined): readonly Rule[] {
  return properties?.SecurityGroupEgress ?? [everythingOut];
}

/** New rules first, so that what stays allowed is allowed all the time; a changed description replaces its rule. */
async function bring(
  { region, physicalId: GroupId }: Existing<Properties>,
  direction: 'Ingress' | 'Egress',
  added: readonly Rule[],
  removed: readonly Rule[],
): Promise<void> {
  const { ec2 } = region.api;
  const reach = (rule: Rule): string => JSON.stringify(permissionOf({ ...rule, Description: '' }));
  const again = new Set(added.map(reach));
  const authorize = (rules: readonly Rule[]) =>
    direction === 'Ingress'
      ? ec2.AuthorizeSecurityGroupIngress({ GroupId, IpPermissions: rules.map(permissionOf) })
      : ec2.AuthorizeSecurityGroupEgress({ GroupId, IpPermissions: rules.map(permissionOf) });
  const revoke = (rules: readonly Rule[]) =>
    direction === 'Ingress'
      ? ec2.RevokeSecurityGroupIngress({ GroupId, IpPermissions: rules.map(permissionOf) })
      : ec2.RevokeSecurityGroupEgress({ GroupId, IpPermissions: rules.map(permissionOf) });
  const described = removed.filter((rule) => again.has(reach(rule)));
  for (const rule of described) await missingIsFine(revoke([rule]));
  if (added.length > 0)
    await duplicateIsFine(authorize(added), async () => {
      for (const rule of added) await duplicateIsFine(authorize([rule]), async () => {});
    });
  for (const rule of removed) if (!again.has(reach(rule))) await missingIsFine(revoke([rule]));
}

async function duplicateIsFine(work: Promise<unknown>, otherwise: () => Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'InvalidPermission.Duplicate')) throw error;
    await otherwise();
  }
}
async function missingIsFine(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'InvalidPermission.NotFound')) throw error;
  }
}
