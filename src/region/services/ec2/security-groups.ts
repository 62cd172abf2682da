import type { SecurityGroup } from '@aws-sdk/client-ec2';
import { ApiError } from '../../gateway/api-error.ts';
import { invalid, invalidValue, missing } from './errors.ts';
import { find } from './find.ts';
import { newId } from './ids.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { describe, paginate, type Listing } from './pages.ts';
import type { RuleRecord, SecurityGroupRecord, Tags } from './records.ts';
import { fold, permissionFilters } from './security-group-permissions.ts';
import type { Ec2 } from './state.ts';
import { tagList, tagsFor } from './tags.ts';

const described = new WeakMap<
  SecurityGroupRecord,
  { readonly rules: readonly RuleRecord[]; readonly item: SecurityGroup }
>();

/** A group's answer follows from its record and its rules: it is made anew when one of them was written. */
export function groupItem(ec2: Ec2, record: SecurityGroupRecord): SecurityGroup {
  const rules = ec2.by.rulesOfGroup.get(record.id);
  const known = described.get(record);
  if (known && known.rules === rules) return known.item;
  const item = make(ec2, record, rules);
  described.set(record, { rules, item });
  return item;
}

function make(ec2: Ec2, record: SecurityGroupRecord, rules: readonly RuleRecord[]): SecurityGroup {
  const { region, accountId } = ec2.region.identity;
  return {
    GroupId: record.id,
    GroupName: record.name,
    Description: record.description,
    OwnerId: accountId,
    VpcId: record.vpcId,
    SecurityGroupArn: `arn:aws:ec2:${region}:${accountId}:security-group/${record.id}`,
    IpPermissions: fold(
      rules.filter(({ egress }) => !egress),
      accountId,
    ),
    IpPermissionsEgress: fold(
      rules.filter(({ egress }) => egress),
      accountId,
    ),
    Tags: tagList(record.tags),
  };
}

const listing: Listing<'security-group', SecurityGroup> = {
  kind: 'security-group',
  item: groupItem,
  filters: {
    'group-id': (group) => group.GroupId,
    'group-name': (group) => group.GroupName,
    description: (group) => group.Description,
    'owner-id': (group) => group.OwnerId,
    'vpc-id': (group) => group.VpcId,
    ...permissionFilters('ip-permission', (group) => group.IpPermissions),
    ...permissionFilters('egress.ip-permission', (group) => group.IpPermissionsEgress),
  },
};

export function securityGroups(ec2: Ec2): Ec2Handlers {
  return {
    CreateSecurityGroup: operation(
      ['GroupName', 'Description', 'VpcId', 'TagSpecifications'],
      ({ GroupName, Description, VpcId, TagSpecifications }) => {
        const name = checkedName(GroupName);
        const description = checkedDescription(Description);
        const vpcId = VpcId ? find(ec2, 'vpc', VpcId).id : defaultVpcId(ec2);
        // Without regard to case. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
        if (ec2.by.groupsOfVpc.get(vpcId).some((each) => each.name.toLowerCase() === name.toLowerCase()))
          throw new ApiError(
            'InvalidGroup.Duplicate',
            `The security group '${name}' already exists for VPC '${vpcId}'`,
          );
        const tags = tagsFor('security-group', TagSpecifications);
        const group = makeGroup(ec2, { vpcId, name, description, tags }, false);
        const { SecurityGroupArn } = groupItem(ec2, group);
        return { GroupId: group.id, SecurityGroupArn, Tags: tagList(tags) };
      },
    ),
    DescribeSecurityGroups: operation(
      ['GroupIds', 'GroupNames', 'Filters', 'MaxResults', 'NextToken'],
      (input) => {
        const names = input.GroupNames ?? [];
        if (names.length === 0) {
          const { items: SecurityGroups, ...rest } = describe(ec2, listing, input.GroupIds, input);
          return { SecurityGroups, ...rest };
        }
        const { items } = describe(ec2, listing, input.GroupIds, { Filters: input.Filters });
        const unknown = names.find((name) => !items.some(({ GroupName }) => GroupName === name));
        if (unknown !== undefined)
          throw new ApiError('InvalidGroup.NotFound', `The security group '${unknown}' does not exist`);
        const named = items.filter(({ GroupName = '' }) => names.includes(GroupName));
        const { items: SecurityGroups, ...rest } = paginate(named, input);
        return { SecurityGroups, ...rest };
      },
    ),
    DeleteSecurityGroup: operation(['GroupId', 'GroupName'], ({ GroupId, GroupName }) => {
      const group = GroupId || !GroupName ? find(ec2, 'security-group', GroupId) : namedGroup(ec2, GroupName);
      deleteGroup(ec2, group);
      return { Return: true, GroupId: group.id };
    }),
  };
}

/** On an interface, or named by another group: it stays. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html */
function deleteGroup(ec2: Ec2, group: SecurityGroupRecord): void {
  const { id, name } = group;
  if (name === 'default')
    throw new ApiError(
      'CannotDelete',
      `the specified group: "${id}" name: "default" cannot be deleted by a user`,
    );
  const named = ec2.by.rulesNamingGroup.get(id).some(({ groupId }) => groupId !== id);
  if (named || ec2.by.interfacesOfGroup.has(id))
    throw new ApiError('DependencyViolation', `resource ${id} has a dependent object`);
  removeGroup(ec2, group);
}

export function removeGroup(ec2: Ec2, { id }: SecurityGroupRecord): void {
  const rules = ec2.by.rulesOfGroup.get(id);
  ec2.tables['security-group'].delete(id);
  for (const rule of rules) ec2.tables['security-group-rule'].delete(rule.id);
}

/**
 * A new group lets everything out and nothing in; the default one lets its own members in as well.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
function makeGroup(
  ec2: Ec2,
  given: { readonly vpcId: string; readonly name: string; readonly description: string; readonly tags: Tags },
  fromItself: boolean,
): SecurityGroupRecord {
  const group: SecurityGroupRecord = { id: newId('sg'), ...given };
  const rule = (egress: boolean, peer: RuleRecord['peer']) => {
    const all = { protocol: '-1', from: -1, to: -1, tags: {} };
    const id = newId('sgr');
    ec2.tables['security-group-rule'].put(id, { id, groupId: group.id, egress, peer, ...all });
  };
  if (fromItself) rule(false, { kind: 'group', groupId: group.id });
  rule(true, { kind: 'cidr', cidr: '0.0.0.0/0' });
  ec2.tables['security-group'].put(group.id, group);
  return group;
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html */
export function makeDefaultGroup(ec2: Ec2, vpcId: string): void {
  makeGroup(ec2, { vpcId, name: 'default', description: 'default VPC security group', tags: {} }, true);
}

export function defaultGroup(ec2: Ec2, vpcId: string): SecurityGroupRecord {
  const group = ec2.by.groupsOfVpc.get(vpcId).find(({ name }) => name === 'default');
  if (!group) throw new Error(`VPC ${vpcId} has no default security group`);
  return group;
}

/** A name alone means a group of the default VPC. */
export function namedGroup(ec2: Ec2, name: string): SecurityGroupRecord {
  const group = ec2.by.groupsOfVpc.get(defaultVpcId(ec2)).find((each) => each.name === name);
  if (group) return group;
  throw new ApiError('InvalidGroup.NotFound', `The security group '${name}' does not exist`);
}

function defaultVpcId(ec2: Ec2): string {
  for (const { id, isDefault } of ec2.tables.vpc.values()) if (isDefault) return id;
  throw new ApiError('VPCIdNotSpecified', 'No default VPC for this user');
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
const TEXT = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

function checkedName(given: string | undefined): string {
  const name = given?.trimEnd();
  if (!name) throw missing('groupName');
  if (name.toLowerCase() === 'default')
    throw new ApiError('InvalidGroup.Reserved', `The security group '${name}' is reserved`);
  if (name.startsWith('sg-'))
    throw invalid(`Invalid value '${name}' for groupName. Group names may not be in the format sg-*.`);
  if (!TEXT.test(name))
    throw invalidValue(
      'groupName',
      name,
      'Up to 255 characters: a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*',
    );
  return name;
}

function checkedDescription(description: string | undefined): string {
  if (!description) throw missing('groupDescription');
  if (!TEXT.test(description))
    throw invalidValue(
      'groupDescription',
      description,
      'Up to 255 characters: a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*',
    );
  return description;
}
