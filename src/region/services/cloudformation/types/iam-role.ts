import { gone, orMissing } from '../engine/failure.ts';
import { changed, isOurs, listChanges, tagChanges } from './changes.ts';
import { resourceType, type Existing } from './resource-type.ts';

interface Inline {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}
interface Properties {
  readonly RoleName?: string;
  readonly Path?: string;
  readonly AssumeRolePolicyDocument: unknown;
  readonly Description?: string;
  readonly MaxSessionDuration?: number;
  readonly ManagedPolicyArns?: readonly string[];
  readonly Policies?: readonly Inline[];
  readonly Tags?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html */
export const role = resourceType<Properties>({
  type: 'AWS::IAM::Role',
  properties: [
    'RoleName',
    'Path',
    'AssumeRolePolicyDocument',
    'Description',
    'MaxSessionDuration',
    'ManagedPolicyArns',
    'Policies',
    'Tags',
  ],
  naming: { property: 'RoleName', limit: 64 },
  async create({ region, name, properties, tags }) {
    await region.api.iam.CreateRole({
      RoleName: name,
      Path: properties.Path,
      AssumeRolePolicyDocument: text(properties.AssumeRolePolicyDocument),
      Description: properties.Description,
      MaxSessionDuration: properties.MaxSessionDuration,
      Tags: tags.map(({ Key, Value }) => ({ Key, Value })),
    });
    return name;
  },
  async find({ region, name, tags }) {
    const found = await orMissing(region.api.iam.GetRole({ RoleName: name }));
    return isOurs(tags, found?.Role?.Tags) ? name : undefined;
  },
  async sync(existing) {
    const { region, physicalId: RoleName, properties, before } = existing;
    const { iam } = region.api;
    if (before && changed(existing, 'AssumeRolePolicyDocument'))
      await iam.UpdateAssumeRolePolicy({
        RoleName,
        PolicyDocument: text(properties.AssumeRolePolicyDocument),
      });
    if (before && changed(existing, 'Description', 'MaxSessionDuration'))
      await iam.UpdateRole({
        RoleName,
        Description: properties.Description ?? '',
        MaxSessionDuration: properties.MaxSessionDuration ?? 3600,
      });
    await syncPolicies(existing);
    const { put, remove } = tagChanges(existing);
    if (put.length > 0) await iam.TagRole({ RoleName, Tags: [...put] });
    if (remove.length > 0) await iam.UntagRole({ RoleName, TagKeys: [...remove] });
  },
  async read({ region, physicalId: RoleName }) {
    const { Role } = await region.api.iam.GetRole({ RoleName });
    return { Arn: Role?.Arn, RoleId: Role?.RoleId };
  },
  async delete({ region, physicalId: RoleName }) {
    const { iam } = region.api;
    const attached = await orMissing(iam.ListAttachedRolePolicies({ RoleName }));
    for (const { PolicyArn } of attached?.AttachedPolicies ?? [])
      await gone(iam.DetachRolePolicy({ RoleName, PolicyArn }));
    const inline = await orMissing(iam.ListRolePolicies({ RoleName }));
    for (const PolicyName of inline?.PolicyNames ?? [])
      await gone(iam.DeleteRolePolicy({ RoleName, PolicyName }));
    await gone(iam.DeleteRole({ RoleName }));
  },
});

async function syncPolicies({
  region,
  physicalId: RoleName,
  properties,
  before,
  tried,
}: Existing<Properties>): Promise<void> {
  const { iam } = region.api;
  const managed = listChanges(
    properties.ManagedPolicyArns ?? [],
    before?.ManagedPolicyArns ?? [],
    tried.map((other) => other.ManagedPolicyArns ?? []),
  );
  for (const PolicyArn of managed.added) await iam.AttachRolePolicy({ RoleName, PolicyArn });
  for (const PolicyArn of managed.removed) await gone(iam.DetachRolePolicy({ RoleName, PolicyArn }));
  const inline = listChanges(
    properties.Policies ?? [],
    before?.Policies ?? [],
    tried.map((other) => other.Policies ?? []),
  );
  const names = new Set((properties.Policies ?? []).map(({ PolicyName }) => PolicyName));
  for (const { PolicyName, PolicyDocument } of inline.added)
    await iam.PutRolePolicy({ RoleName, PolicyName, PolicyDocument: text(PolicyDocument) });
  for (const { PolicyName } of inline.removed)
    if (!names.has(PolicyName)) await gone(iam.DeleteRolePolicy({ RoleName, PolicyName }));
}

function text(document: unknown): string {
  return typeof document === 'string' ? document : JSON.stringify(document);
}
